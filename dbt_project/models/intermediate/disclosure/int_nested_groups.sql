-- Two attributes that a wave reads from one column: if each group of the one lies in one group of the
-- other, they are nested, as organisations in ministries.
with codes as (

    select wave_id, source_column, code, attribute_id, group_code
    from {{ ref('attribute_columns') }}
    inner join {{ ref('attribute_codes') }} using (wave_id, attribute_id)
    inner join (select distinct attribute_1 as attribute_id from {{ ref('breakdowns') }}) using (attribute_id)

),

pairs as (

    select distinct
        codes.wave_id,
        codes.attribute_id,
        codes.group_code,
        holders.attribute_id as within_attribute_id,
        holders.group_code as within_group_code,
    from codes
    inner join codes as holders using (wave_id, source_column, code)
    where codes.attribute_id <> holders.attribute_id

),

nested as (

    select wave_id, attribute_id, within_attribute_id
    from pairs
    group by all
    having
        count(*) = count(distinct group_code)
        -- Of two that are alike, one holds the other.
        and (count(*), attribute_id) > (count(distinct within_group_code), within_attribute_id)

)

select *
from pairs
inner join nested using (wave_id, attribute_id, within_attribute_id)
