-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('breakdowns') }}
-- depends_on: {{ ref('int_wave_pairs') }}
-- depends_on: {{ ref('int_trend_items') }}
{{ config(unique_key='trend_wave_id', pre_hook="{{ drop_withdrawn_pairs() }}") }}
{%- set counts = [] %}
{%- for pair in wave_pairs_to_build() %}
{%- for theme_id, items in shared_items(pair.wave_id) | groupby('theme_id') %}
{%- for wave_id in [pair.wave_id, pair.previous_wave_id] %}
{%- set wave = {'wave_id': wave_id, 'wave_version': pair.pair_version} %}
{%- do counts.append(count_cells(
    wave,
    subject="'" ~ pair.wave_id ~ "' as trend_wave_id, '" ~ theme_id ~ "' as theme_id",
    keys=['score_sum', 'items_answered'],
    from_clause=theme_scores(wave, items),
)) %}
{%- endfor %}
{%- endfor %}
{%- endfor %}
{{ counts | join('\nunion all\n') }}
{%- if not counts %}
{{ no_pairs() }}
{%- endif %}
