"""Dagster jobs: the refresh, from a wave's delivery to the publication.

It runs in one process: a process for each step would import dbt and Dagster again, which takes
longer than the steps themselves.
"""

import dagster as dg

# The delivery in the landing folder that a run is for, by its place there; empty: none of them.
DELIVERY_TAG = "vakwerk/delivery"

# The step of dbt.
MODELS = "models"
# The one step after the publication.
MIRRORING = "published__postgres"

STEPS = {
    "deliveries__accepted": "taking deliveries in",
    "check_delivery": "checking deliveries",
    "raw__waves": "loading waves",
    MODELS: "building and testing models",
    "check_staging": "checking the staged waves",
    "check_marts": "checking the marts",
    "published__marts": "publishing",
    MIRRORING: "mirroring to Postgres",
}

REFRESH = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    # A run whose process died is done again from its first step: each finds what is done already.
    tags={"dagster/retry_strategy": "ALL_STEPS"},
    description="Check, load, model, audit and publish one wave or a range of waves; readers see the old marts until the last step.",
)
