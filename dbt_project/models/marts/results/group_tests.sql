-- One family a wave, theme and break-down; of the theme scores, one a wave and break-down.
with tests as (

    select
        tests.*,
        coalesce(items.theme_id, tests.subject_id) as theme_id,
        items.item_id,
        concat_ws('|', tests.wave_id, coalesce(items.theme_id, 'themes'), tests.measure, tests.breakdown, 'all')
            as family,
    from {{ ref('int_omnibus_tests') }} as tests
    left join {{ ref('items') }} as items on tests.subject_id = items.item_id

)

select
    wave_id,
    theme_id,
    coalesce(item_id, 'score') as item_id,
    breakdown,
    groups,
    respondents,
    wald_f,
    numerator_degrees_of_freedom,
    denominator_degrees_of_freedom,
    p_value,
    p_holm,
    p_bh,
    family,
    family_size,
    welch_f,
    welch_denominator_degrees_of_freedom,
    welch_p_value,
    case
        when p_value is null then 'too few'
        when p_holm < 0.05 then 'groups differ'
        else 'no difference shown'
    end as verdict,
from {{ adjusted('tests') }}
