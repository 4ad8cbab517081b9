"""The ``whorl`` command, against the interpreter's own command line."""
