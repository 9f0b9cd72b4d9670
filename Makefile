# Everything a reader, learner, instructor or maintainer types. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2
WORKERS ?= 1
# What our tools and pytest's plugins import each other by; what was set before stays in force.
TOOLS := PYTHONPATH=$(CURDIR)/tools$${PYTHONPATH:+:$$PYTHONPATH}


.PHONY: help book test lab data stale execute verify quick-references links mutate studies worker bench figures lint lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "This course needs Python 3.11 to 3.13, and $(PYTHON) is %d.%d: make PYTHON=python3.12 ..." % v)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

book: $(READY) ## Build the HTML book
	@$(BIN)/python tools/build_book.py

test: $(READY) lint ## Run every check in the quick profile
	$(TOOLS) $(BIN)/python -m pytest -p remember -p no:nbval -n $(JOBS) --dist loadgroup --no-loadscope-reorder
	$(TOOLS) $(BIN)/python -m pytest notebooks -p lessons --nbval --nbval-current-env --nbval-cell-timeout=300 -n $(JOBS) --dist loadscope --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/zizmor --offline --quiet .github/workflows

lab: $(READY) ## Open the notebooks in Jupyter Lab
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

data: $(READY) ## Fetch every data set into the cache, or check the ones that are here
	$(BIN)/python tools/fetch_data.py

stale: $(READY) ## Say which stored results are stale, and which definition changed
	$(BIN)/python tools/provenance.py stale

execute: $(READY) ## Run the stale notebooks in the full profile and store their outputs
	$(BIN)/python tools/run_notebooks.py execute

verify: $(READY) ## Run all notebooks in full and check their gates (SINCE=REV: changed ones and two others)
	GRU_COURSE_PROFILE=full $(BIN)/python -m pytest tests -m full --timeout=1800
	$(BIN)/python tools/run_notebooks.py verify $(if $(SINCE),--changed-since $(SINCE) --rotate 2)

quick-references: $(READY) ## Keep what the quick profile prints, for the tests to compare
	$(BIN)/python tools/run_notebooks.py quick

links: $(READY) ## Ask every external address of the book whether it still answers
	$(BIN)/jupyter-book build . --all --builder linkcheck --path-output _build/links

mutate: $(READY) ## Put faults into a copy on purpose, and see each caught by its test
	$(BIN)/python tools/mutate.py

studies: $(READY) ## Run the studies that are stale, or ALL=1; on LOCAL=2 cores, on SCHEDULER=tcp://... (needs the real data)
	$(BIN)/python tools/run_studies.py $(if $(ALL),--all) $(if $(LOCAL),--local $(LOCAL)) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

worker: $(READY) ## Compute for the studies of SCHEDULER=tcp://... in WORKERS=1 processes with a core each
	PYTHONPATH=tools $(BIN)/dask worker $(SCHEDULER) --nworkers $(WORKERS) --nthreads 1 --resources training=1 --preload piece_worker

bench: $(READY) ## Time the sources' program and ours in turn, store the result (needs the real data and a quiet machine)
	GRU_COURSE_PROGRESS=off $(BIN)/python benchmarks/imdb.py

figures: $(READY) ## Draw the figures of the chapters again
	$(BIN)/python tools/draw_figures.py

.PHONY: fuzz
INPUTS ?= 100000
fuzz: $(READY) ## Feed every parser INPUTS=100000 generated files, sound and damaged, and print how many it read
	FUZZ_EXAMPLES=$(INPUTS) $(BIN)/python -m pytest tests/fuzz -p no:nbval -n $(JOBS) --timeout=10800

lock: ## Turn the ranges of pyproject.toml into requirements.txt (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --all-extras --upgrade --quiet pyproject.toml --output-file requirements.txt

clean: ## Remove what was built, keep .venv
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
