# Everything a newcomer needs: `make demo` shows what whorl does, `make test` checks it all.
# PYTHON chooses the interpreter, VENV where its environment goes.
PYTHON ?= python3
VENV ?= .venv
# The stamps hold absolute state of an environment, so a moved or half-made one is made anew.
BIN := $(VENV)/bin
CORE := $(wildcard src/whorl/_core/*.py src/whorl/_core/*.pxd src/whorl/_core/*.h)

.PHONY: demo test check bench bench-full install dev clean

demo: install
	@$(BIN)/python examples/demo.py

test: dev check
	$(BIN)/python -m pytest $(ARGS)

check: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The loop beside its peers: under five minutes, or everything. ARGS goes to the runner.
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(ARGS)

bench-full: $(VENV)/.bench
	$(BIN)/python -m benchmarks --full $(ARGS)

install: $(VENV)/.installed
dev: $(VENV)/.dev

$(VENV)/.created:
	$(PYTHON) -m venv --clear --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet pip
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml setup.py $(CORE)
	@echo "Building whorl for $$($(BIN)/python --version); the first time takes a minute."
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@

clean:
	rm -rf .venv* build dist src/*.egg-info src/whorl/_core/*.c src/whorl/_core/*.so .pytest_cache .mypy_cache .ruff_cache
