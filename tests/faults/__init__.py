"""Faults: work that is disturbed, and what stands after it; shared by the tests and `benchmarks/faults.py`.

What belongs here: the works (`works`), and the faults that are tried on them (`trials`). What does
not: how often each has to hold, which the tests say, and the table, which the benchmark makes.
"""
