-- The groups of an attribute add up to everyone in the model: of small ones that are too few together,
-- the next smallest is hidden too. The reference stands in every row of its attribute.
with groups as (

    select wave_id, theme_id, attribute_id, group_code, respondents, false as is_reference
    from {{ ref('int_drivers') }}
    union
    select wave_id, theme_id, attribute_id, reference_group, reference_respondents, true
    from {{ ref('int_drivers') }}

),

ordered as (

    select
        groups.*,
        respondents < survey.minimum_group_size as is_small,
        sum(if(is_small, respondents, 0)) over attribute as small_respondents,
        row_number() over (attribute order by is_small, respondents, group_code) as place,
        survey.minimum_group_size,
    from groups
    cross join {{ ref('survey') }} as survey
    window attribute as (partition by wave_id, theme_id, attribute_id)

),

hidden as (

    select
        *,
        is_small
        or (place = 1 and small_respondents > 0 and small_respondents < minimum_group_size) as is_hidden,
    from ordered

)

select
    wave_id,
    theme_id,
    attribute_id,
    group_code,
    is_hidden or bool_or(is_hidden and is_reference) over (partition by wave_id, theme_id, attribute_id) as is_hidden,
from hidden
