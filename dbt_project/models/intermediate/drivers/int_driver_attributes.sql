with tests as (

    select
        wave_id,
        theme_id,
        respondents,
        degrees_of_freedom as denominator_degrees_of_freedom,
        unnest(attributes, recursive := true),
        concat_ws('|', wave_id, theme_id, 'drivers') as family,
    from {{ ref('int_driver_models') }}

)

select *
from {{ adjusted('tests') }}
