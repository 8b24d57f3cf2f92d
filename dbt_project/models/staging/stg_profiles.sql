-- depends_on: {{ ref('attributes') }}
-- depends_on: {{ ref('breakdowns') }}
{{ config(materialized='table') }}

with backgrounds as (

    select backgrounds.*, post_strata.post_stratum
    from {{ ref('stg_backgrounds') }} as backgrounds
    inner join {{ ref('stg_post_strata') }} as post_strata
        on backgrounds.wave_id = post_strata.wave_id
        and backgrounds.stratum = post_strata.stratum
        and backgrounds.population_role is not distinct from post_strata.role

),

profiles as (
    {% for cube, attributes in cubes().items() %}
    select distinct
        wave_id,
        '{{ cube }}' as cube,
        stratum,
        post_stratum,
        {%- for attribute in group_attributes() %}
        {{ quoted(attribute) if attribute in attributes else 'null::varchar' }} as {{ quoted(attribute) }},
        {%- endfor %}
    from backgrounds
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    -- Dense within a wave, so that the count can group by a small whole number.
    row_number() over (partition by wave_id order by cube, profiles)::integer as profile_id,
    profiles.*,
from profiles
