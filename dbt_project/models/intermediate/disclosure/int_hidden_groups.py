"""Which groups are hidden, for each subject of each wave; how is in `orchestration.disclosure`."""

from orchestration.disclosure.waves import hidden_in_waves


def model(dbt, _session):
    """A row for each group that is hidden."""
    dbt.config(materialized="table")
    ((minimum,),) = dbt.ref("survey").project("minimum_group_size").fetchall()
    return hidden_in_waves(
        dbt.ref("int_subject_counts")
        .order("wave_id, kind, subject_id, trend_wave_id, breakdown, group_code")
        .to_arrow_table(),
        dbt.ref("breakdowns")
        .order("position")
        .project("breakdown, attribute_1, attribute_2")
        .fetchall(),
        dbt.ref("int_nested_groups")
        .project("wave_id, attribute_id, within_attribute_id, group_code, within_group_code")
        .order("all")
        .fetchall(),
        dbt.ref("int_group_weights")
        .project("wave_id, breakdown, group_code, lowest_weight, highest_weight")
        .order("all")
        .fetchall(),
        minimum,
    )
