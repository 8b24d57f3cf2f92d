# Everything is made in .venv from the hashed lock; nothing else on the machine is touched.
PYTHON ?= python3.11
BIN := .venv/bin
INSTALLED := .venv/.installed
SPARK := .venv-spark

.PHONY: run test lint bench ui superset spark lock clean

run: $(INSTALLED)  ## load the sample waves, model, audit and publish them
	$(BIN)/vakwerk run seeds/waves

test: $(INSTALLED)  ## run every test
	$(BIN)/pytest --numprocesses 2 --dist loadfile

lint: $(INSTALLED)  ## check style, types and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 0 dbt_project/models dbt_project/tests

bench: $(INSTALLED)  ## measure everything side by side, and write docs/performance.md; takes an hour of a quiet machine
	$(BIN)/python -m benchmarks

ui: $(INSTALLED)  ## Dagster's pages on http://127.0.0.1:3000
	$(BIN)/vakwerk ui

superset: $(INSTALLED)  ## the dashboard in Apache Superset, on http://127.0.0.1:8088
	$(MAKE) -C integrations/superset environment
	integrations/superset/.venv/bin/python integrations/superset/start.py

spark: $(SPARK)/.installed  ## an environment with Spark beside it (docs/spark.md); Java is the machine's

lock: $(INSTALLED)  ## resolve the dependencies anew; the lock names no index
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-strip-extras --no-header --no-annotate --quiet --output-file requirements.lock
	sed -nE 's/^([a-zA-Z0-9].*==[^ ;]+( ;.*[^\ ])?).*/\1/p' requirements.lock > $(SPARK).constraints
	$(BIN)/uv pip compile pyproject.toml --extra spark --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-strip-extras --no-header --no-annotate --quiet --constraints $(SPARK).constraints \
		--output-file requirements-spark.lock
	rm $(SPARK).constraints

clean:  ## take the environment away; data stay
	rm -rf .venv $(SPARK)

$(INSTALLED): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(SPARK)/.installed: requirements-spark.lock pyproject.toml
	test -x $(BIN)/uv || $(MAKE) $(INSTALLED)
	test -x $(SPARK)/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $(SPARK)
	$(BIN)/uv pip install --quiet --python $(SPARK)/bin/python --require-hashes -r requirements-spark.lock
	$(BIN)/uv pip install --quiet --python $(SPARK)/bin/python --no-deps --no-build-isolation --editable .
	touch $@
