-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_weightings') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('stg_item_answers') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('breakdowns') }}
{% for wave in waves_to_build() %}
{%- set outer_loop = loop -%}
{%- set weight_sums = counted_weight_sums(wave.wave_id) -%}
{% for theme_id, items in items_of_wave(wave.wave_id) | groupby('theme_id') %}
{{ count_cells(
    wave,
    weight_sums=weight_sums,
    subject="'" ~ theme_id ~ "' as theme_id",
    keys=['score_sum', 'items_answered', 'favourable_answered'],
    from_clause=theme_scores(wave, items, favourable_answers(wave.wave_id)),
) }}
{{ "union all" if not (outer_loop.last and loop.last) }}
{% endfor %}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
