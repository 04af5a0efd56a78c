# make chat    install what is missing, index corpus/, serve the page   (PORT=8000 CORPUS=folder)
# make test    run the tests                                            (PYTEST_ARGS="-k readme")
# make check   lint, format, types, import contracts
# make lock    write constraints-hashes.txt anew: the same versions, with the hash of every file that may be installed
# make supply  check what is installed, look for unsafe calls, write build/bom.json (CycloneDX) and build/licences.md
# make clean   remove what the others made: the environment, the index, caches
#
# No target needs another first. PYTHON=python3.12 picks the interpreter; PIP_ARGS goes to pip, such as
# PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu" for torch without CUDA.

PYTHON ?= python3
PIP_ARGS ?=
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WHERE = $(if $(CORPUS),--corpus $(CORPUS))

.PHONY: chat test check lock supply clean
.DELETE_ON_ERROR:

chat: $(VENV)/.stamp-run
	$(BIN)/profile-rag ingest $(WHERE)
	$(BIN)/profile-rag chat $(WHERE) $(if $(PORT),--port $(PORT))

test: $(VENV)/.stamp-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.stamp-check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tools stand apart, so that the bill lists what the program needs and not them.
TOOLS := $(VENV)/tools

lock: $(TOOLS)/.stamp
	$(TOOLS)/bin/uv pip compile pyproject.toml --all-extras --constraint constraints.txt --universal \
	  --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --quiet \
	  --custom-compile-command "make lock" --output-file constraints-hashes.txt $(UV_ARGS)

supply: $(VENV)/.stamp-run $(TOOLS)/.stamp
	$(PIP) check
	$(TOOLS)/bin/bandit --quiet --recursive src --configfile pyproject.toml
	@mkdir -p build
	$(TOOLS)/bin/cyclonedx-py environment --output-reproducible --output-file build/bom.json $(BIN)/python
	$(TOOLS)/bin/pip-licenses --python $(BIN)/python --format markdown --with-urls --output-file build/licences.md

clean:
	rm -rf $(VENV) .profile_rag build dist src/*.egg-info .coverage
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +

# A stamp bears the time of the install it stands for, so a second run installs nothing.
$(VENV)/.stamp-run: EXTRAS :=
$(VENV)/.stamp-test: EXTRAS := [test]
$(VENV)/.stamp-check: EXTRAS := [test,dev]
$(VENV)/.stamp-run $(VENV)/.stamp-test $(VENV)/.stamp-check: pyproject.toml constraints.txt | $(VENV)/.stamp-venv
	$(PIP) install $(PIP_ARGS) --constraint constraints.txt --editable '.$(EXTRAS)'
	@touch $@

$(TOOLS)/.stamp: pyproject.toml | $(VENV)/.stamp-venv
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip --disable-pip-version-check install $(PIP_ARGS) --upgrade pip  # one that knows --group
	$(TOOLS)/bin/python -m pip --disable-pip-version-check install $(PIP_ARGS) --group supply
	@touch $@

$(VENV)/.stamp-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON): Python 3.11 or newer is needed. Name one with PYTHON=, such as make chat PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON): the venv module is missing. Install it (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install $(PIP_ARGS) --upgrade pip setuptools
	@touch $@
