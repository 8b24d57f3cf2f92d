-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_weightings') }}
-- depends_on: {{ ref('stg_post_strata') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('driver_terms') }}
{%- set counts = [] %}
{%- for wave in waves_to_build() if driver_attributes() %}
{%- do counts.append(driver_counts(wave, items_of_wave(wave.wave_id) | groupby('theme_id'))) %}
{%- endfor %}
{{ counts | join('\nunion all\n') }}
{%- if not counts %}
{{ no_cells({
    'wave_id': 'string', 'wave_version': 'string', 'theme_id': 'string',
    'stratum': 'string', 'post_stratum': 'string', 'group_codes': 'string[]',
    'respondents': 'bigint', 'weight_sum': 'double', 'weight_square_sum': 'double',
    'weighted_value_sum': 'double', 'weighted_value_square_sum': 'double',
    'weight_square_value_sum': 'double', 'weight_square_value_square_sum': 'double',
}) }}
{%- endif %}
