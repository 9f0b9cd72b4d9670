# Everything a reader, learner, instructor or maintainer types. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2


.PHONY: help book test lab execute verify links mutate studies bench figures lint lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "This course needs Python 3.11 to 3.13, and $(PYTHON) is %d.%d: make PYTHON=python3.12 ..." % v)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

book: $(READY) ## Build the HTML book
	@# Always from scratch: on a warm build Sphinx does not repeat its warnings, so -W would not see them.
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . --all -n -W --keep-going --quiet
	@echo "Open _build/html/index.html in a browser. No server and no network needed."

test: $(READY) lint ## Run every check in the quick profile
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup
	GRU_COURSE_PROFILE=quick $(BIN)/python -m pytest notebooks --nbval --nbval-current-env --nbval-cell-timeout=300 -n $(JOBS) --dist loadscope

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(READY) ## Open the notebooks in Jupyter Lab
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

execute: $(READY) ## Run all notebooks in the full profile and store their outputs
	$(BIN)/python tools/run_notebooks.py execute

verify: $(READY) ## Run all notebooks in the full profile and check their gates, storing nothing
	GRU_COURSE_PROFILE=full $(BIN)/python -m pytest tests -m full --timeout=1800
	$(BIN)/python tools/run_notebooks.py verify

links: $(READY) ## Ask every external address of the book whether it still answers
	$(BIN)/jupyter-book build . --all --builder linkcheck --path-output _build/links

mutate: $(READY) ## Put faults into a copy on purpose, and see each caught by its test
	$(BIN)/python tools/mutate.py

studies: $(READY) ## Run the long studies and store their results (needs the real data)
	for study in studies/*.py; do $(BIN)/python $$study || exit 1; done

bench: $(READY) ## Time the sources' program and ours in turn, store the result (needs the real data and a quiet machine)
	$(BIN)/python benchmarks/imdb.py

figures: $(READY) ## Draw the figures of the chapters again
	$(BIN)/python tools/draw_figures.py

lock: ## Turn the ranges of pyproject.toml into requirements.txt (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --all-extras --upgrade --quiet pyproject.toml --output-file requirements.txt

clean: ## Remove what was built, keep .venv
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
