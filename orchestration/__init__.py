"""Orchestration: everything that moves a wave from its delivery to the published marts.

Dagster's concepts have a module each (assets, checks, jobs, sensors, schedules, resources); the
work itself is plain Python in `deliveries`, `publishing` and `simulation`, which import no Dagster.
"""
