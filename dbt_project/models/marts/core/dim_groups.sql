with groups as (

    select * from {{ ref('groups') }}

),

combined as (

    select
        breakdowns.breakdown,
        breakdowns.position as breakdown_position,
        breakdowns.label_nl as breakdown_label_nl,
        breakdowns.label_en as breakdown_label_en,
        coalesce(concat_ws('|', first_group.group_code, second_group.group_code), '') as codes,
        concat_ws(' · ', first_group.label_nl, second_group.label_nl) as labels_nl,
        concat_ws(' · ', first_group.label_en, second_group.label_en) as labels_en,
        first_group.position as first_position,
        second_group.position as second_position,
    from {{ ref('breakdowns') }} as breakdowns
    left join groups as first_group on breakdowns.attribute_1 = first_group.attribute_id
    left join groups as second_group on breakdowns.attribute_2 = second_group.attribute_id

)

select
    breakdown,
    breakdown_position,
    breakdown_label_nl,
    breakdown_label_en,
    if(codes = '', 'all', codes) as group_code,
    row_number() over (partition by breakdown order by first_position, second_position)::integer as position,
    if(codes = '', breakdown_label_nl, labels_nl) as label_nl,
    if(codes = '', breakdown_label_en, labels_en) as label_en,
from combined
