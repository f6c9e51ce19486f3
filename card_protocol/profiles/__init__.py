"""What is on a card: applications, files and the conversations that use them."""
