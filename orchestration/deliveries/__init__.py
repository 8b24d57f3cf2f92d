"""Deliveries: a wave's file on its way from the sender to `raw.wave_<id>` in the warehouse.

    landing ─ accept ─┬─ refused: rejected/, with a report; nothing else changes
                      └─ accepted/<wave>.duckdb ─ load ─ archive/ and warehouse, in one transaction

A delivery is a file and, where its sender wrote one, a manifest (`arriving`, `manifest`). `door` accepts
or refuses it (`examining`, `checking_*`; `rejecting`, `report*`), `loading` puts an accepted one into the warehouse, `landing` says
what waits, `warehouse` what is loaded. Plain Python and DuckDB: no Dagster, no dbt, no Great
Expectations, and nothing here knows a survey or a wave but by its codebook.
"""
