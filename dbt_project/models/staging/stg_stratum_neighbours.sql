-- Strata that lie in one group of an attribute that is read from their column, as agencies of a ministry.
with codes as (

    select wave_id, source_column, code, attribute_id, group_code
    from {{ ref('attribute_columns') }}
    inner join {{ ref('attribute_codes') }} using (wave_id, attribute_id)

),

holders as (

    select strata.wave_id, strata.group_code as stratum, held.attribute_id, held.group_code
    from codes as strata
    inner join codes as held using (wave_id, source_column, code)
    where strata.attribute_id = 'stratum' and held.attribute_id <> 'stratum'

)

select distinct own.wave_id, own.stratum, other.stratum as neighbour
from holders as own
inner join holders as other using (wave_id, attribute_id, group_code)
where own.stratum <> other.stratum
