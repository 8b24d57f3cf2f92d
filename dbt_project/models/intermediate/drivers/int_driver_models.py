"""One linear model for each wave and theme; what is computed is in `orchestration.statistics.driver_models`."""

from orchestration.statistics.driver_models import Attribute, driver_models


def model(dbt, session):
    """A row for each model, with its attributes and coefficients as lists; of changed waves only."""
    versions = dbt.ref("int_wave_sources").project("wave_id, wave_version")
    if dbt.is_incremental:
        versions = versions.except_(session.table(str(dbt.this)).project("wave_id, wave_version"))
    waves = dict(versions.fetchall())
    terms = dbt.ref("int_driver_terms").order("position")
    ((minimum,),) = dbt.ref("survey").project("minimum_group_size").fetchall()
    return driver_models(
        # In one order, so that sums are the same on every run.
        dbt.ref("int_driver_cells")
        .filter(f"list_contains({list(waves)}::varchar[], wave_id)")
        .order("wave_id, theme_id, post_stratum, group_codes")
        .to_arrow_table(),
        [
            Attribute(*row)
            for row in terms.project("attribute_id, reference_group, group_codes").fetchall()
        ],
        minimum,
        waves,
    )
