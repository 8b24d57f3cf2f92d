-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_weightings') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('breakdowns') }}
{% for wave in waves_to_build() %}
{{ count_cells(
    wave,
    weight_sums=counted_weight_sums(wave.wave_id),
    subject=(items_of_wave(wave.wave_id) | length) ~ " as items_asked",
    keys=['items_answered'],
    from_clause=answered_counts(wave, items_of_wave(wave.wave_id)),
) }}
{{ "union all" if not loop.last }}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
