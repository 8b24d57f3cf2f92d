-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('breakdowns') }}
{% for wave in waves_to_build() %}
{%- set outer_loop = loop -%}
{% for item in items_of_wave(wave.wave_id) %}
{{ count_cells(
    wave,
    subject="'" ~ item.item_id ~ "' as item_id",
    keys=['answer'],
    from_clause="(select *, " ~ quoted(item.item_column) ~ " as answer from " ~ ref('stg_responses') ~ " where wave_id = '" ~ wave.wave_id ~ "')",
) }}
{{ "union all" if not (outer_loop.last and loop.last) }}
{% endfor %}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
