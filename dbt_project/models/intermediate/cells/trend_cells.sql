-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_weightings') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('breakdowns') }}
-- depends_on: {{ ref('int_wave_pairs') }}
-- depends_on: {{ ref('int_trend_items') }}
-- depends_on: {{ ref('int_trend_sides') }}
-- One expression: dbt compares two columns by a join, of every old row of a wave with every new one.
{{ config(
    unique_key='(trend_wave_id, wave_id)',
    partition_by=['trend_wave_id', 'wave_id'] if target.type == 'spark' else none,
    pre_hook="{{ drop_withdrawn_pairs() }}",
) }}
-- Cells of two waves: which of them was counted when is for the cells of a single wave to say.
{%- set counts = [] %}
{%- for side in trend_sides_to_build() %}
{%- set weight_sums = counted_weight_sums(side.wave_id) %}
{%- for theme_id, items in shared_items(side.trend_wave_id) | groupby('theme_id') %}
{%- do counts.append(count_cells(
    side,
    weight_sums=weight_sums,
    subject="'" ~ side.trend_wave_id ~ "' as trend_wave_id, '" ~ theme_id ~ "' as theme_id",
    keys=['score_sum', 'items_answered'],
    from_clause=theme_scores(side, items),
    is_told=false,
)) %}
{%- endfor %}
{%- endfor %}
{%- if counts %}
{{ counts | join('\nunion all\n') }}
{%- else %}
{{ no_cells({
    'wave_id': 'string',
    'wave_version': 'string',
    'trend_wave_id': 'string',
    'theme_id': 'string',
    'profile_id': 'integer',
    'score_sum': 'integer',
    'items_answered': 'integer',
    'respondents': 'bigint',
    'weight_sum': 'bigint',
    'weight_square_sum': 'bigint',
}, keys=['trend_wave_id', 'wave_id']) }}
{%- endif %}
