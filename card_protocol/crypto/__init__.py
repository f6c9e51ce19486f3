"""Keys, CMAC and key diversification; the only place that touches key bytes."""
