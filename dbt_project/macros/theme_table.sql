{# A theme's items by one break-down, with labels: wide and friendly, for people who write SQL. #}
{% macro theme_table(theme_name, breakdown) %}
with results as (

    select results.*
    from {{ ref('item_results') }} as results
    inner join {{ ref('dim_themes') }} as themes using (theme_id)
    where themes.theme_name = '{{ theme_name }}' and results.breakdown = '{{ breakdown }}'

),

distributions as (

    select
        wave_id,
        item_id,
        breakdown,
        group_code,
        {%- for answer in range(1, 6) %}
        sum(share) filter (answer = {{ answer }}) as share_{{ answer }},
        {%- endfor %}
    from {{ ref('item_distributions') }}
    where breakdown = '{{ breakdown }}'
    group by all

)

select
    results.wave_id,
    waves.label_en as wave,
    waves.is_synthetic,
    results.item_id,
    items.label_nl as item_nl,
    items.label_en as item_en,
    results.group_code,
    labels.label_nl as group_nl,
    labels.label_en as group_en,
    results.respondents,
    results.mean,
    results.standard_error,
    results.ci_low,
    results.ci_high,
    results.favourable_share,
    results.favourable_ci_low,
    results.favourable_ci_high,
    {%- for answer in range(1, 6) %}
    distributions.share_{{ answer }},
    {%- endfor %}
    results.rank_in_theme,
    results.is_suppressed,
    results.suppression_reason,
    against_rest.difference as difference_from_rest,
    against_rest.p_holm as p_holm_from_rest,
    against_rest.verdict as verdict_from_rest,
    against_previous.difference as difference_from_previous,
    against_previous.p_holm as p_holm_from_previous,
    against_previous.verdict as verdict_from_previous,
from results
inner join distributions using (wave_id, item_id, breakdown, group_code)
inner join {{ ref('dim_waves') }} as waves using (wave_id)
inner join {{ ref('dim_items') }} as items using (item_id)
inner join {{ ref('dim_groups') }} as labels using (breakdown, group_code)
left join {{ ref('group_differences') }} as against_rest
    on results.wave_id = against_rest.wave_id
    and results.item_id = against_rest.item_id
    and results.breakdown = against_rest.breakdown
    and results.group_code = against_rest.group_code
    and against_rest.reference_code = 'rest'
left join {{ ref('trends') }} as against_previous
    on results.wave_id = against_previous.wave_id
    and results.item_id = against_previous.item_id
    and results.breakdown = against_previous.breakdown
    and results.group_code = against_previous.group_code
    and against_previous.basis <> 'as_it_was'
order by results.wave_id, items.position, labels.position
{% endmacro %}
