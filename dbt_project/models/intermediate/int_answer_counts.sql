select
    cells.wave_id,
    cells.item_id,
    groups.breakdown,
    groups.group_code,
    groups.stratum,
    groups.post_stratum,
    cells.answer,
    sum(cells.respondents)::bigint as respondents,
    {{ exact_weights('sum', 'any_value') }}
from {{ ref('answer_cells') }} as cells
inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)
group by all
