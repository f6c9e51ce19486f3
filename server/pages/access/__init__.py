"""Who may go where and when."""
