-- depends_on: {{ ref('stg_profiles') }}
-- depends_on: {{ ref('stg_post_strata') }}
-- depends_on: {{ ref('breakdowns') }}
with profiles as (

    select profiles.*, weights.population_weight, weights.weight_scale, weights.weight_square_scale
    from {{ ref('stg_profiles') }} as profiles
    inner join (
        select distinct wave_id, post_stratum, population_weight, weight_scale, weight_square_scale
        from {{ ref('stg_post_strata') }}
    ) as weights using (wave_id, post_stratum)

),

memberships as (
{% for breakdown in query_rows("select * from " ~ ref('breakdowns') ~ " order by position") %}
{%- set attributes = [] -%}
{%- for attribute in [breakdown.attribute_1, breakdown.attribute_2] if attribute %}{% do attributes.append(quoted(attribute)) %}{% endfor %}
select
    wave_id,
    profile_id,
    stratum,
    post_stratum,
    population_weight,
    weight_scale,
    weight_square_scale,
    '{{ breakdown.breakdown }}' as breakdown,
    {{ attributes | join(" || '|' || ") if attributes else "'all'" }} as group_code,
from profiles
where
    cube = '{{ breakdown.cube }}'
    {%- for attribute in attributes %}
    and {{ attribute }} is not null
    {%- endfor %}
{{ "union all" if not loop.last }}
{% endfor %}
)

-- Small whole numbers, so that what follows groups and joins by them and not by texts.
select
    *,
    dense_rank() over (order by wave_id, breakdown, group_code)::integer as group_number,
    dense_rank() over (order by wave_id, post_stratum)::integer as post_stratum_number,
from memberships
