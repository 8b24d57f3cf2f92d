"""Statistics: what the models need and SQL has not, as functions that dbt and DuckDB call.

    functions ─ raking                     scalar functions in SQL, registered by a dbt-duckdb plugin
    driver_models ─ survey_regression      linear models, called by a dbt Python model

What belongs here: pure functions on numbers, checked against other programs. What does not: any
survey, and what SQL can say itself.
"""
