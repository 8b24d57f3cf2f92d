"""Erasure: one respondent of one wave is forgotten, in every file of the home but the tombstone.

What belongs here: whom to forget (`person`), what is removed (`files`, `reports`, `rows`), in which
order (`forgetting`), what is said of it (`certificate`), and what remains (`traces`). What does not:
keeping people out of later deliveries (`tombstones`), and the refresh (`orchestration.erasing`).
"""
