# `make serve` and `make test` do all set-up themselves; the rest is for those who work on the code.
# Needs Python 3.11 to 3.13. Nothing here needs root, and once the packages are there, no network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: help serve test check lint types imports format index bench cluster audit sbom dist test-dist site pictures clean

help:            ## List the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; say which: make PYTHON=python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(READY)

index: $(READY)  ## Index the sample corpus in seeds/.
	$(BIN)/searchapp index seeds

serve: $(READY)  ## Index the sample corpus if nothing is indexed yet, and serve it.
	@test -s index/current || $(BIN)/searchapp index seeds
	@echo "Serving on http://$(HOST):$(PORT)/ (Ctrl+C stops)"
	$(BIN)/searchapp serve --host $(HOST) --port $(PORT)

test: $(READY)   ## Run the tests, shared by two processes.
	$(BIN)/python -m pytest -n 2

check: lint types imports test  ## All that CI runs.

lint: $(READY)   ## Style and common mistakes.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)  ## Types, strictly.
	$(BIN)/mypy

imports: $(READY)  ## The floors of the architecture.
	$(BIN)/lint-imports

format: $(READY)  ## Put the code into shape.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## The benchmarks; they need the data named in benchmarks/README.md.
	$(BIN)/python -m benchmarks.segmentation
	$(BIN)/python -m benchmarks.search
	$(BIN)/python -m benchmarks.indexing

cluster: $(READY)  ## An OpenSearch cluster of three nodes until Ctrl+C; needs Java 17 to 23 and Maven.
	$(BIN)/python -m cluster

audit: $(READY)  ## Look what is installed up among known vulnerabilities; needs the network.
	@mkdir -p build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[audit]'
	$(BIN)/python -m pip freeze --exclude-editable > build/installed.txt
	@# --strict: a package that the database can't be asked about is a failure, and not safe. What
	@# failed is said last; before it may stand the way through the program that failed.
	@$(BIN)/pip-audit --strict --disable-pip --no-deps --progress-spinner off \
	    --requirement build/installed.txt $(AUDIT) 2> build/audit.log \
	  || { tail -n 1 build/audit.log >&2; echo "make audit: a package is vulnerable, or could not be" \
	    "looked up; the line above says which (all of it: build/audit.log). Where one database can't be" \
	    "asked, another may: make audit AUDIT='--vulnerability-service osv'" >&2; exit 1; }
	@tail -n 1 build/audit.log

sbom: $(READY)   ## Say what an installation consists of, in build/sbom.json.
	$(BIN)/python -m sbom build/sbom.json

dist: $(READY)   ## The wheel and the sdist into dist/, checked; the same files make the same bytes.
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/python -m twine check --strict dist/*

test-dist: $(READY)  ## Install both on each Python that is here, with all extras, and try them (network).
	EVERY_PYTHON=1 $(BIN)/python -m pytest tests/distribution

site: $(READY)   ## The documentation, in Vietnamese and English, as static pages in site/.
	$(BIN)/python -m website

pictures: $(READY)  ## The pictures of the documentation, taken anew; needs Chromium.
	PICTURES=write $(BIN)/python -m pytest tests/browser/test_pictures.py

clean:           ## Remove what was built, but no index.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist site *.egg-info
