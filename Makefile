# Everything a reader, learner, instructor or maintainer types. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2
WORKERS ?= 1
# Programs of .venv run in an environment that does not depend on what the reader has exported.
RUN := $(BIN)/python -I tools/machine.py

.PHONY: help book test lab data stale execute verify quick-references links mutate studies worker bench dependencies figures exercises lint lock pytorch deploy pdf slides zip clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A .venv that was copied, moved or half-made, or has lost its Python, is made anew.
ifneq ($(shell $(BIN)/python -I tools/install.py --check 2>/dev/null),here)
.PHONY: $(READY)
endif

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -E -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "This course needs Python 3.11 to 3.13, and $(PYTHON) is %d.%d: make PYTHON=python3.12 ..." % v)'
	@$(PYTHON) -I tools/install.py

book: $(READY) ## Build the HTML book (PYTHON_IN_PAGE=1: exercises run in its pages; needs npm)
	@$(RUN) python tools/build_book.py $(if $(PYTHON_IN_PAGE),--python)

test: $(READY) lint ## Run every check in the quick profile
	$(RUN) python -m pytest -p remember -p no:nbval -n $(JOBS) --dist loadfile --no-loadscope-reorder
	$(RUN) python -m pytest notebooks --nbval --nbval-cell-timeout=300 -n $(JOBS) --no-loadscope-reorder

lint: $(READY)
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports --no-cache --no-logo
	$(RUN) codespell book notebooks src studies tests tools benchmarks *.md *.toml
	$(RUN) proselint --config .proselintrc.json check book/*.md *.md
	$(RUN) zizmor --offline --quiet .github/workflows

lab: $(READY) ## Open the notebooks in Jupyter Lab
	$(RUN) jupyter lab --config=tools/lab_config.py --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

data: $(READY) ## Fetch every data set into the cache, or check the ones that are here
	$(RUN) python tools/fetch_data.py

stale: $(READY) ## Say which stored results are stale, why, and how long they take to run again
	$(RUN) python tools/provenance.py stale

execute: $(READY) ## Run the stale notebooks, or LESSON=NAME, in the full profile and store their outputs
	$(RUN) python tools/run_notebooks.py execute $(LESSON:%=notebooks/%.ipynb)

verify: $(READY) ## Run all notebooks in full and check their bounds (SINCE=REV: changed ones and two others)
	GRU_COURSE_PROFILE=full $(RUN) python -m pytest tests -m full --timeout=1800 -n $(JOBS) --dist loadfile
	$(RUN) python tools/run_notebooks.py verify $(if $(SINCE),--changed-since $(SINCE) --rotate 2)

quick-references: $(READY) ## Keep what changed cells, or LESSON=NAME, print in the quick profile, for the tests to compare
	$(RUN) python tools/run_notebooks.py quick $(LESSON:%=notebooks/%.ipynb)

links: $(READY) ## Ask every external address of the book whether it still answers
	$(RUN) jupyter-book build . --all --builder linkcheck --path-output _build/links

mutate: $(READY) ## Put faults into a copy on purpose, and see each caught by its test
	$(RUN) python tools/mutate.py

studies: $(READY) ## Run the studies that are stale, or ALL=1; on LOCAL=2 cores, on SCHEDULER=tcp://... (needs the real data)
	$(RUN) python tools/run_studies.py $(if $(ALL),--all) $(if $(LOCAL),--local $(LOCAL)) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

worker: $(READY) ## Compute for the studies of SCHEDULER=tcp://... in WORKERS=1 processes with a core each
	$(RUN) dask worker $(SCHEDULER) --nworkers $(WORKERS) --nthreads 1 --resources training=1 --preload piece_worker

bench: $(READY) ## Time the sources' program and ours in turn, store the result (needs the real data and a quiet machine)
	GRU_COURSE_PROGRESS=off $(RUN) python benchmarks/imdb.py

dependencies: $(READY) ## Measure what the course depends on, and write the page (needs a quiet machine)
	$(RUN) python tools/measure_dependencies.py

figures: $(READY) ## Draw the figures of the chapters again
	$(RUN) python tools/draw_figures.py

exercises: $(READY) ## Make handouts, solutions and the exercises of the pages from notebooks/exercises/*.py
	$(RUN) python tools/make_exercises.py

.PHONY: fuzz
INPUTS ?= 100000
fuzz: $(READY) ## Feed every parser INPUTS=100000 generated files, sound and damaged, and print how many it read
	FUZZ_EXAMPLES=$(INPUTS) $(RUN) python -m pytest tests/fuzz -p no:nbval -n $(JOBS) --timeout=10800

lock: ## Turn the ranges of pyproject.toml into requirements.txt (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra lab --extra cluster --extra book --extra test --upgrade --quiet pyproject.toml --output-file requirements.txt

.PHONY: grade
grade: $(READY) ## Grade the notebooks in SUBMISSIONS=FOLDER in a sandbox (EXERCISES="1.1 1.2", EXAM=FOLDER, RESULTS=FOLDER, SECONDS=10)
	@$(RUN) python tools/grade.py '$(SUBMISSIONS)' $(if $(EXERCISES),--exercises $(EXERCISES)) $(if $(RESULTS),--results '$(RESULTS)') $(if $(SECONDS),--seconds $(SECONDS)) $(if $(EXAM),--exam '$(EXAM)')

.PHONY: handout solutions
handout: $(READY) ## Pack the exercises without solutions in dist/ (LESSONS="07 09"; by default all)
	@$(RUN) python tools/make_handout.py handout $(LESSONS)

solutions: $(READY) ## Pack them with solutions
	@$(RUN) python tools/make_handout.py solutions $(LESSONS)

.PHONY: exam
exam: $(READY) ## Make the notebooks of an examination beside its sources in EXAM=FOLDER, outside this folder
	@$(RUN) python tools/exam.py '$(EXAM)'

pytorch: $(READY) ## Install PyTorch, which a few pages can use, beside what is locked
	$(RUN) python -m pip install --no-build-isolation --editable '.[pytorch]'

deploy: $(READY) ## Install what runs a GRU as ONNX and LiteRT, which one lesson can use, beside what is locked
	$(RUN) python -m pip install --no-build-isolation --editable '.[deploy]'

pdf: $(READY) ## Print the book as a PDF (needs Chromium)
	$(RUN) python tools/make_pdf.py

slides: $(READY) ## Make slides for each lesson, with notes for the speaker
	$(RUN) python tools/make_slides.py

zip: $(READY) ## Pack what one takes along: book, PDF if printed, notebooks, wheel, checksums (TAG=v1.2.0: only of this version)
	$(RUN) python tools/make_zip.py $(if $(TAG),--tag '$(TAG)')

clean: ## Remove what was built; .venv and the memory of passed checks, .passes, stay
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
