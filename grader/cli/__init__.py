"""The command line: one module for each command; options and arguments come in, calls of the packages go out."""
