-- depends_on: {{ ref('attributes') }}
-- depends_on: {{ ref('attribute_columns') }}
-- depends_on: {{ ref('attribute_codes') }}
-- depends_on: {{ ref('population_margins') }}
{% for wave in query_rows("select wave_id from " ~ ref('stg_waves') ~ " order by wave_id") %}
select
    '{{ wave.wave_id }}' as wave_id,
    {{ background_columns(wave.wave_id) }}
from {{ raw_wave(wave.wave_id) }}
{{ "union all" if not loop.last }}
{% endfor %}
