"""Expectations: what Great Expectations holds the data against, one suite a layer.

    survey ─ declarations ─ delivery (with plausibility), staging, marts (with figures)
                                                      └ running ─ results ─ data_docs
                                                            └ validation ─ data_source

What belongs here: the suites as plain data, the DuckDB data source that Great Expectations runs them
on, the run itself and its Data Docs. What does not: Dagster and dbt, which ask for a suite and show
its results. Great Expectations takes seconds to import: only `validation` and `data_source` do so,
and `running` imports them when a suite is run.
"""
