"""A scanner of QR codes, as the serial port that it is to a computer."""
