{{ config(materialized='table') }}

with respondents as (

    select wave_id, count(*) as respondents, max(delivered_weight) as largest_delivered_weight
    from {{ ref('stg_backgrounds') }}
    group by all

)

select
    *,
    case
        when largest_delivered_weight is not null then 'delivered'
        when wave_id in (select wave_id from {{ ref('population') }}) then 'population'
        when wave_id in (select wave_id from {{ ref('population_margins') }}) then 'margins'
        else 'none'
    end as weighting,
from respondents
