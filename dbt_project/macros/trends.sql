{#
  Theme scores of two waves on the items that both ask: counted for each pair of waves, again when
  either of them changed.
#}

{% macro wave_pairs_to_build() %}
    {{ return(query_rows(
        "select pairs.wave_id, pairs.previous_wave_id, concat(waves.wave_version, '-', previous.wave_version) as pair_version
        from " ~ ref('int_wave_pairs') ~ " as pairs
        join " ~ ref('stg_waves') ~ " as waves on pairs.wave_id = waves.wave_id
        join " ~ ref('stg_waves') ~ " as previous on pairs.previous_wave_id = previous.wave_id" ~ (
            " where (pairs.wave_id, pair_version) not in (select distinct trend_wave_id, wave_version from " ~ this ~ ")"
            if is_incremental() else ""
        ) ~ " order by pairs.wave_id"
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

{# What the model selects where no pair is to be counted: nothing, with its columns. #}
{% macro no_pairs() %}
    {%- if is_incremental() %}
    select * from {{ this }} where false
    {%- else %}
    select
        null::varchar as wave_id,
        null::varchar as wave_version,
        null::varchar as trend_wave_id,
        null::varchar as theme_id,
        null::integer as profile_id,
        null::integer as score_sum,
        null::integer as items_answered,
        null::bigint as respondents,
        null::bigint as weight_sum,
        null::bigint as weight_square_sum,
    where false
    {%- endif %}
{% endmacro %}
