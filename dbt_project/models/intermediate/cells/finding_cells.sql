-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('int_finding_claims') }}
{% for claim in claims_to_count() %}
select
    '{{ claim.wave_id }}' as wave_id,
    '{{ claim.wave_version }}' as wave_version,
    '{{ claim.finding_id }}' as finding_id,
    '{{ claim.breakdown }}' as breakdown,
    group_code,
    stratum,
    post_stratum,
    count(*)::bigint as respondents,
    {%- for name, expression in value_sums().items() %}
    sum({{ expression }})::double as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ answer_products(claim) if claim.kind == 'tension' else score_differences(claim) }} as valued
where value is not null
group by group_code, stratum, post_stratum
{{ "union all" if not loop.last }}
{% else %}
{{ no_claims() }}
{% endfor %}
