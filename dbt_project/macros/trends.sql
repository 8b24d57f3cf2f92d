{#
  Theme scores of two waves on the items that both ask: counted for each wave of each pair, again when
  that wave changed or the items that they share.
#}

{% macro trend_sides_to_build() %}
    {{ return(query_rows(
        "with sides as (
            select wave_id as trend_wave_id, unnest([wave_id, previous_wave_id]) as wave_id
            from " ~ ref('int_wave_pairs') ~ "
        ),
        shared as (
            select wave_id as trend_wave_id, left(md5(string_agg(item_id, ',' order by item_id)), 8) as items
            from " ~ ref('int_trend_items') ~ " group by wave_id
        )
        select trend_wave_id, wave_id, concat(waves.wave_version, '-', shared.items) as wave_version
        from sides join shared using (trend_wave_id) join " ~ ref('stg_waves') ~ " as waves using (wave_id)" ~ (
            " where (trend_wave_id, wave_id, concat(waves.wave_version, '-', shared.items)) not in (
                select distinct trend_wave_id, wave_id, wave_version from " ~ this ~ "
            )"
            if is_incremental() else ""
        ) ~ " order by trend_wave_id, wave_id"
    )) }}
{% endmacro %}

{# Before an incremental run: a pair of which a wave is gone leaves the model too. #}
{% macro drop_withdrawn_pairs() %}
    {% if is_incremental() %}
        delete from {{ this }} where trend_wave_id not in (select wave_id from {{ ref('int_wave_pairs') }})
    {% else %}
        select 1
    {% endif %}
{% endmacro %}

{# The items of each theme that a wave shares with the one before it, with their column in the wide table. #}
{% macro shared_items(wave_id) %}
    {{ return(query_rows(
        "select theme_id, item_id, lower(item_id) as item_column from " ~ ref('int_trend_items')
        ~ " where wave_id = '" ~ wave_id ~ "' order by theme_id, item_id"
    )) }}
{% endmacro %}
