{{ config(materialized='view') }}

select
    terms.attribute_id,
    terms.position,
    terms.reference_group,
    list(members.group_code order by members.position) as group_codes,
from {{ ref('driver_terms') }} as terms
inner join {{ ref('groups') }} as members using (attribute_id)
group by all
