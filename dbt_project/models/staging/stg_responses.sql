-- depends_on: {{ ref('attributes') }}
-- depends_on: {{ ref('attribute_columns') }}
-- depends_on: {{ ref('attribute_codes') }}
-- depends_on: {{ ref('population_margins') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
-- depends_on: {{ ref('answer_codes') }}
-- depends_on: {{ ref('scales') }}
-- depends_on: {{ ref('breakdowns') }}
-- depends_on: {{ ref('stg_profiles') }}
-- depends_on: {{ ref('stg_post_strata') }}
-- depends_on: {{ ref('stg_raked_weights') }}
{{ config(on_schema_change='append_new_columns') }}

{% for wave in waves_to_build() %}
{{ responses_of_wave(wave) }}
{{ "union all" if not loop.last }}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
