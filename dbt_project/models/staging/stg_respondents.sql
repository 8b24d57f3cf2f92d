-- depends_on: {{ ref('attributes') }}
select
    wave_id,
    respondent_key,
    stratum,
    post_stratum,
    weight,
    {%- for attribute in group_attributes() %}
    {{ quoted(attribute) }},
    {%- endfor %}
from {{ ref('stg_responses') }}
