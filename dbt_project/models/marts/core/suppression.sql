{%- set marts = [
    'item_results', 'item_distributions', 'theme_results', 'response', 'group_differences', 'theme_differences',
    'trends', 'benchmarks', 'theme_reliability', 'relations', 'drivers', 'driver_attributes', 'driver_models',
    'finding_verdicts', 'finding_evidence',
] -%}
with counted as (
{% for mart in marts %}
    select
        wave_id,
        '{{ 'findings' if mart == 'finding_verdicts' else mart }}' as mart,
        count(*) as rows_all,
        count(*) filter (is_suppressed) as rows_hidden,
    from {{ ref(mart) }}
    group by all
    {{ "union all" if not loop.last }}
{%- endfor %}
),

-- Of marts that tell groups themselves; what is hidden elsewhere follows from them.
small as (

    select
        wave_id,
        case kind when 'item' then 'item_results' when 'theme' then 'theme_results' else kind end as mart,
        count(*) as groups,
    from {{ ref('int_hidden_groups') }}
    where reason = 'too few' and kind <> 'shared_theme' and group_code <> 'rest'
    group by all

)

select
    wave_id,
    counted.mart,
    counted.rows_all,
    counted.rows_hidden,
    case when counted.mart in ('item_results', 'theme_results', 'response') then
        coalesce(small.groups, 0)
    end as rows_under_minimum,
    rows_hidden - rows_under_minimum as rows_for_others,
from counted
left join small using (wave_id, mart)
