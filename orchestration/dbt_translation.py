"""How dbt's resources look in Dagster: their groups and partitions, and every test as an asset check.

What belongs here: the translator. What does not: running dbt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject


class VakwerkTranslator(DagsterDbtTranslator):
    """Groups by layer, and wave partitions for what is built wave by wave."""

    def __init__(self, partitions: dg.PartitionsDefinition) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_source_tests_as_checks=True,
                # Loading a wave writes all tables of raw: to Dagster they are one asset.
                enable_duplicate_source_asset_keys=True,
            )
        )
        self.partitions = partitions

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The table that a model or seed makes; a mart may be named as a seed is, in its own schema."""
        if dbt_resource_props["resource_type"] in ("model", "seed"):
            return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["alias"]])
        return super().get_asset_key(dbt_resource_props)

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The asset of a model or seed; an incremental model is incremental by wave."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["config"].get("materialized") == "incremental":
            spec = spec.replace_attributes(partitions_def=self.partitions)
        return spec

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer, which is also the schema."""
        schema: str | None = dbt_resource_props.get("schema")
        return schema
