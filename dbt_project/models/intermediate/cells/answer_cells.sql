-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_weightings') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('breakdowns') }}
{% for wave in waves_to_build() %}
{%- set outer_loop = loop -%}
{%- set weight_sums = counted_weight_sums(wave.wave_id) -%}
{% for answers in answers_of_wave(wave) %}
{{ count_cells(
    wave,
    weight_sums=weight_sums,
    subject=answers.subject ~ ' as item_id',
    subject_columns=answers.subject_columns,
    keys=['answer'],
    from_clause=answers.relation,
    counted_cubes=answers.cubes,
) }}
{{ "union all" if not (outer_loop.last and loop.last) }}
{% endfor %}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
