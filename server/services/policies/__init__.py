"""What gateways are told: rules and cards compiled, versioned, signed, sent."""
