-- A line is hidden with any of its groups, in either wave: what is shown of it is what they add up to.
select distinct
    groups.wave_id,
    if(hidden.kind = 'item', 'item', 'theme') as kind,
    hidden.subject_id,
    groups.breakdown,
    groups.basis,
    groups.line_code,
from {{ ref('int_trend_groups') }} as groups
inner join {{ ref('int_hidden_groups') }} as hidden
    on groups.source_wave_id = hidden.wave_id
    and groups.breakdown = hidden.breakdown
    and groups.group_code = hidden.group_code
where hidden.kind = 'item' or (hidden.kind = 'shared_theme' and hidden.trend_wave_id = groups.wave_id)
