"""Statistics on pages: a question, a chart, the table that it draws, and where each row leads."""
