"""Help that every other package may use: validated input files, text, child processes, versions."""
