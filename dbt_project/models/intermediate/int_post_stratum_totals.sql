-- A score and how much of it is favourable were summed side by side, and are put one below the other.
with numbered as (

    select
        subjects.subject_number,
        subjects.kind,
        groups.group_number,
        strata.post_stratum_number,
        sums.*,
    from {{ ref('int_value_sums') }} as sums
    inner join {{ ref('int_groups') }} as groups using (wave_id, breakdown, group_code)
    inner join {{ ref('int_strata') }} as strata using (wave_id, post_stratum)
    inner join {{ ref('int_subjects') }} as subjects
        on sums.kind = subjects.kind
        and sums.subject_id = subjects.subject_id
        and sums.trend_wave_id is not distinct from subjects.trend_wave_id

)

{% for value in ['score', 'favourable'] %}
select
    subject_number,
    {{ value == 'favourable' }} as is_favourable,
    group_number,
    post_stratum_number,
    respondents,
    weight_sum,
    weight_square_sum,
    {%- for name in sums_of(value) %}
    {{ value }}_{{ name }} as {{ name }},
    {%- endfor %}
from numbered
{{ "union all" if not loop.last else "where kind <> 'shared_theme'" }}
{% endfor %}
