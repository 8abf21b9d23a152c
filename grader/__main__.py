"""`python -m grader` is `grade`."""

from __future__ import annotations

from grader.cli.main import main

main()
