-- Named items against the others of their theme. Whatever the answers to two items have to do with each
-- other, the error of their difference is at most the sum of their errors: that is the error taken here.
with contrasts as (

    select contrasts.*, findings.kind
    from {{ ref('int_finding_contrasts') }} as contrasts
    inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
    where findings.subjects = 'theme_items'

),

others as (

    select wave_id, finding_id, group_code, reference_code, difference, standard_error, respondents,
        degrees_of_freedom, subject_id as reference_id,
    from contrasts
    where not is_named and kind not like 'among%'
    union all
    -- The average of the others, with the average of their errors.
    select wave_id, finding_id, group_code, reference_code, avg(difference),
        if(count(standard_error) = count(*), avg(standard_error), null), min(respondents),
        min(degrees_of_freedom), 'others',
    from contrasts
    where not is_named and kind like 'among%'
    group by wave_id, finding_id, group_code, reference_code

)

select
    named.wave_id,
    named.finding_id,
    named.measure,
    named.subject_id,
    others.reference_id,
    named.group_code,
    named.reference_code,
    named.difference - others.difference as difference,
    least(named.respondents, others.respondents) as respondents,
    named.standard_error + others.standard_error as standard_error,
    least(named.degrees_of_freedom, others.degrees_of_freedom) as degrees_of_freedom,
from contrasts as named
inner join others using (wave_id, finding_id, group_code, reference_code)
where named.is_named
