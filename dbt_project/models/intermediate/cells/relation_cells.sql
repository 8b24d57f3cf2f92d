-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_weightings') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('themes') }}
{%- set counts = [] %}
{%- for wave in waves_to_build() %}
{%- set themes = items_of_wave(wave.wave_id) | groupby('theme_id') %}
{%- set pairs = related_themes(themes | map('first') | list) %}
{%- do counts.append(relation_counts(wave, pairs, themes)) if pairs %}
{%- endfor %}
{{ counts | join('\nunion all\n') }}
{%- if not counts %}
{{ no_cells({
    'wave_id': 'string', 'wave_version': 'string', 'pressure_theme_id': 'string', 'craft_theme_id': 'string',
    'stratum': 'string', 'post_stratum': 'string', 'pressure_score': 'double', 'craft_score': 'double',
    'respondents': 'bigint', 'weight_sum': 'bigint', 'weight_square_sum': 'bigint',
}) }}
{%- endif %}
