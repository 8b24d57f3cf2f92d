{{ config(materialized="view") }}

-- The groups that an omnibus test of their break-down compares.
select
    means.wave_id,
    means.subject_id,
    means.measure,
    means.breakdown,
    means.group_code,
    means.respondents,
    means.mean,
    means.mean_unweighted,
    means.variance_unweighted,
    if(means.variance > {{ rounding_variance('means.mean', 'means.effective_n') }}, means.variance, 0) as variance,
    means.subject_number,
    means.is_favourable,
    means.group_number,
from {{ ref('int_means') }} as means
left join {{ ref('int_hidden_groups') }} as hidden
    on {{ is_hidden('hidden', "split_part(means.measure, '_', 1)", 'means.subject_id', 'means', 'means.group_code') }}
where
    means.side = 'group'
    and means.measure in ('item_score', 'theme_score')
    and means.breakdown <> 'total'
    and hidden.reason is null
