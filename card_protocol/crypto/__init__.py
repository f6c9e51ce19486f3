"""Keys that do not print, and the arithmetic on them: AES, CMAC, key derivation, signatures."""
