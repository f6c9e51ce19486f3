"""Who watches the gates now, and what one shift tells the next."""
