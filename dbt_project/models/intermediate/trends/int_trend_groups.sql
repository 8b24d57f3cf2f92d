-- Which groups of a wave and of the one before it make one line. Only organisations change what they are.
with attributes as (

    select
        groups.attribute_id,
        bool_or(organisations.organisation_code is not null) as is_organisation,
    from {{ ref('groups') }} as groups
    left join {{ ref('organisations') }} as organisations on groups.group_code = organisations.organisation_code
    group by all

),

breakdowns as (

    select
        breakdowns.breakdown,
        coalesce(first.is_organisation, false) as is_first_organisation,
        coalesce(second.is_organisation, false) as is_second_organisation,
        unnest(
            if(is_first_organisation or is_second_organisation, ['as_it_was', 'as_it_is_now'], ['same_groups'])
        ) as basis,
    from {{ ref('breakdowns') }} as breakdowns
    left join attributes as first on breakdowns.attribute_1 = first.attribute_id
    left join attributes as second on breakdowns.attribute_2 = second.attribute_id

),

sides as (

    select wave_id, 'now' as side, wave_id as source_wave_id from {{ ref('int_wave_pairs') }}
    union all
    select wave_id, 'before', previous_wave_id from {{ ref('int_wave_pairs') }}

),

groups as (

    select
        sides.*,
        breakdowns.*,
        groups.group_number,
        groups.group_code,
        split_part(groups.group_code, '|', 1) as first_code,
        nullif(split_part(groups.group_code, '|', 2), '') as second_code,
    from sides
    inner join {{ ref('int_groups') }} as groups on sides.source_wave_id = groups.wave_id
    inner join breakdowns using (breakdown)

)

select
    groups.wave_id,
    groups.side,
    groups.source_wave_id,
    groups.basis,
    groups.breakdown,
    groups.group_number,
    groups.group_code,
    concat_ws('|', coalesce(first.line_code, first_code), coalesce(second.line_code, second_code)) as line_code,
    coalesce(broken_first.note, broken_second.note) as broken_note,
from groups
{%- for part in ['first', 'second'] %}
left join {{ ref('int_organisation_events') }} as {{ part }}
    on groups.is_{{ part }}_organisation
    and groups.wave_id = {{ part }}.wave_id
    and groups.basis = {{ part }}.basis
    and groups.{{ part }}_code = {{ part }}.organisation_code
left join {{ ref('int_broken_lines') }} as broken_{{ part }}
    on groups.is_{{ part }}_organisation
    and groups.wave_id = broken_{{ part }}.wave_id
    and groups.basis = broken_{{ part }}.basis
    and coalesce({{ part }}.line_code, groups.{{ part }}_code) = broken_{{ part }}.line_code
{%- endfor %}
