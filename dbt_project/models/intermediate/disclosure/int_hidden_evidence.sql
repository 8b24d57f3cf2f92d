-- A contrast is hidden with any group that it names, or that it counts; a rest is everyone but the others.
with members as (

    select
        members.*,
        members.term = 'b' and members.reference_code = 'rest' as is_rest,
        hidden.reason is not null as is_hidden,
        rest.reason is not null as is_rest_hidden,
    from {{ ref('int_finding_members') }} as members
    left join {{ ref('int_hidden_groups') }} as hidden
        on {{ is_hidden('hidden', "split_part(members.measure, '_', 1)", 'members.subject_id', 'members', 'members.member_code') }}
    left join {{ ref('int_hidden_groups') }} as rest
        on {{ is_hidden('rest', "split_part(members.measure, '_', 1)", 'members.subject_id', 'members', "'rest'") }}

)

select
    wave_id,
    finding_id,
    measure,
    subject_id,
    group_code,
    reference_code,
    bool_or(if(is_rest, is_rest_hidden, is_hidden)) as is_hidden,
from members
group by all
