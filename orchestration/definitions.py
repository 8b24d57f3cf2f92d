"""Dagster's way in: every definition of the warehouse, made when Dagster asks for them.

Nothing happens at import. The dbt manifest is made in advance, by `vakwerk prepare`, which every
`vakwerk` and `make` command calls.
"""

from __future__ import annotations

import json
import os

import dagster as dg

from orchestration.assets import build_assets, rejected_deliveries
from orchestration.checks import build_checks
from orchestration.codebook import Codebook
from orchestration.deliveries.private import make_private
from orchestration.jobs import REFRESH
from orchestration.partitions import wave_partitions
from orchestration.preparation import manifest_file
from orchestration.resources import dbt_resource
from orchestration.schedules import nightly_refresh
from orchestration.sensors import failure_sensor, landing_sensor
from orchestration.settings import Settings
from orchestration.turns import TURN, turn_resource


def build_definitions(settings: Settings) -> dg.Definitions:
    """The definitions of one warehouse. Raises PreparationError where its manifest is missing."""
    manifest = json.loads(manifest_file(settings).read_text(encoding="utf-8"))
    partitions = wave_partitions(Codebook(settings.codebook))
    return dg.Definitions(
        assets=[*build_assets(settings, manifest, partitions), rejected_deliveries()],
        asset_checks=build_checks(settings),
        jobs=[REFRESH],
        schedules=[nightly_refresh(settings, partitions)],
        sensors=[landing_sensor(settings), failure_sensor(settings)],
        resources={"dbt": dbt_resource(settings), TURN: turn_resource(settings)},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the warehouse that the environment names."""
    settings = Settings.from_environment()
    # dbt reads its paths from the environment, and Dagster hands it this process's.
    os.environ.update(settings.environment)
    # Dagster's own programs may have been started by hand.
    make_private()
    return build_definitions(settings)
