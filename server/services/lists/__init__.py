"""Lists that come from Excel and go there."""
