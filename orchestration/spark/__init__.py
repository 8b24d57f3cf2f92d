"""Spark as the engine of the heavy pass: the models that read all respondents, from the same files.

What belongs here: handing tables over as Parquet, the session, and the run of dbt on it. What does
not: the models (`dbt_project`), and everything else that is built, which DuckDB does. Only `job`
imports pyspark, in a process of its own.
"""
