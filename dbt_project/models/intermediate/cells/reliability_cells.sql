-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
{% for wave in waves_to_build() %}
{%- set outer_loop = loop -%}
{% for theme_id, items in items_of_wave(wave.wave_id) | groupby('theme_id') %}
{%- set columns = items | map(attribute='item_column') | map('string') | list %}
select
    '{{ wave.wave_id }}' as wave_id,
    '{{ wave.wave_version }}' as wave_version,
    '{{ theme_id }}' as theme_id,
    {{ columns | length }} as items,
    count(*) as respondents,
    {% for column in columns %}var_samp({{ quoted(column) }}){{ " + " if not loop.last }}{% endfor %} as item_variances,
    var_samp({% for column in columns %}{{ quoted(column) }}::integer{{ " + " if not loop.last }}{% endfor %}) as score_variance
from {{ ref('stg_responses') }}
where {{ is_of_wave(wave.wave_id) }} and {% for column in columns %}{{ quoted(column) }} >= 0{{ " and " if not loop.last }}{% endfor %}
{{ "union all" if not (outer_loop.last and loop.last) }}
{% endfor %}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
