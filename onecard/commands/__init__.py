"""One module per command; the module's function of the same name is the command."""
