"""The thin edges, each named after its device: the only files that import its library."""
