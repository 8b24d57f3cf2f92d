"""Dagster jobs: the refresh, from a wave's delivery to the publication.

It runs in one process: a process for each step would import dbt and Dagster again, which takes
longer than the steps themselves.
"""

import dagster as dg

REFRESH = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Check, load, model, audit and publish one wave or a range of waves; readers see the old marts until the last step.",
)
