-- depends_on: {{ ref('stg_waves') }}
-- The cells rolled up to groups: all that a mean and its error need of a score, and of how much of it is
-- favourable.
{%- set added = ['respondents', 'weight_sum', 'weight_square_sum'] %}
{%- for value in ['score', 'favourable'] %}
{%- for name in sums_of(value) %}{% do added.append(value ~ '_' ~ name) %}{% endfor %}
{%- endfor %}
-- By profile first: each belongs to several groups, and has several cells.
with profiles as (

    select
        wave_id,
        subject_number,
        profile_id,
        sum(respondents)::bigint as respondents,
        sum(weight_sum) as weight_sum,
        sum(weight_square_sum) as weight_square_sum,
        min(score) as lowest_score,
        max(score) as highest_score,
        {%- for value in ['score', 'favourable'] %}
        {%- for name, expression in sums_of(value).items() %}
        sum({{ expression }}) as {{ value }}_{{ name }},
        {%- endfor %}
        {%- endfor %}
    from {{ ref('int_cell_values') }}
    where score is not null and {{ is_of_wave_to_sum() }}
    group by all

),

sums as (

    select
        profiles.subject_number,
        groups.group_number,
        groups.post_stratum_number,
        min(profiles.lowest_score) as lowest_score,
        max(profiles.highest_score) as highest_score,
        {%- for sum in added %}
        sum(profiles.{{ sum }}){{ '::bigint' if sum == 'respondents' }} as {{ sum }},
        {%- endfor %}
    from profiles
    inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)
    group by all

)

-- Numbers are another run's; names stay.
select
    wave_id,
    sources.wave_version,
    subjects.kind,
    subjects.subject_id,
    subjects.trend_wave_id,
    groups.breakdown,
    groups.group_code,
    strata.post_stratum,
    sums.* exclude (subject_number, group_number, post_stratum_number),
from sums
inner join {{ ref('int_groups') }} as groups using (group_number)
inner join {{ ref('int_wave_sources') }} as sources using (wave_id)
inner join {{ ref('int_subjects') }} as subjects using (subject_number)
inner join {{ ref('int_strata') }} as strata using (wave_id, post_stratum_number)
