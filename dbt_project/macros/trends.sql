{#
  Theme scores of two waves on the items that both ask: counted for each wave of each pair, again when
  that wave changed or the items that they share.
#}

{% macro trend_sides_to_build() %}
    {{ return(versions_to_build(ref('int_trend_sides'), ['trend_wave_id', 'wave_id'])) }}
{% endmacro %}

{# Before an incremental run: a pair of which a wave is gone leaves the model too. #}
{% macro drop_withdrawn_pairs() %}
    {% if is_incremental() and target.type != 'spark' %}
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
