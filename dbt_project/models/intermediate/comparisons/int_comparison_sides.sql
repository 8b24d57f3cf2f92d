{{ config(materialized="view") }}

-- Two rows a comparison: the group counts +1, what it is compared with −1.
select
    *,
    1 as sign,
    'group' as side,
    group_code as side_code,
from {{ ref('int_comparisons') }}
union all
select
    *,
    -1,
    if(kind = 'rest', 'rest', 'group'),
    if(kind = 'rest', group_code, reference_code),
from {{ ref('int_comparisons') }}
