{{ config(materialized="view") }}

-- Both sides of a comparison: a group, and the rest of its break-down.
select 'group' as side, * from {{ ref('int_moments') }}
union all by name
select 'rest' as side, * from {{ ref('int_rest_moments') }}
