{%- set sums = value_sums() %}
with moments as (

    select * from {{ ref('int_moments') }}
    union all by name
    select * exclude (wave_version, finding_id), finding_id as subject_id, 'within_respondents' as measure
    from {{ ref('finding_cells') }}

)

select
    sides.wave_id,
    sides.finding_id,
    subjects.measure,
    subjects.subject_id,
    sides.group_code,
    sides.reference_code,
    sides.term,
    any_value(sides.coefficient * subjects.direction) as coefficient,
    any_value(subjects.baseline * subjects.direction) as baseline,
    moments.stratum,
    moments.post_stratum,
    sum(moments.respondents)::bigint as respondents,
    {%- for name in sums %}
    sum(moments.{{ name }}) as {{ name }},
    {%- endfor %}
from {{ ref('int_finding_sides') }} as sides
inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
inner join {{ ref('int_finding_subjects') }} as subjects using (wave_id, finding_id)
inner join moments
    on sides.wave_id = moments.wave_id
    and subjects.measure = moments.measure
    and subjects.subject_id = moments.subject_id
    and findings.tested_breakdown = moments.breakdown
    and sides.member_code = moments.group_code
group by all
