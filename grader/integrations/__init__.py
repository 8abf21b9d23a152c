"""Grading inside other harnesses: their samples come in, and scores in their form go out. Each has a package of its own."""
