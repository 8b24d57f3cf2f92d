{# One wave, harmonised, weighted and with its profiles, sorted by them: the wide table's rows. #}
{% macro responses_of_wave(wave) %}
(
    with harmonised as (

        select
            {{ background_columns(wave.wave_id) }}
            {{ answer_columns(wave.wave_id) }}
        from {{ raw_wave(wave.wave_id) }}

    ),

    weighted as (

        select
            harmonised.*,
            post_strata.post_stratum,
            coalesce(delivered_weight, raked.weight, population_weight) as exact_weight,
            round(exact_weight * weight_scale)::bigint as weight,
            round(exact_weight * exact_weight * weight_square_scale)::bigint as weight_square
        from harmonised
        left join {{ ref('stg_post_strata') }} as post_strata
            on post_strata.wave_id = '{{ wave.wave_id }}'
            and harmonised.stratum = post_strata.stratum
            and harmonised.population_role is not distinct from post_strata.role
        left join {{ ref('stg_raked_weights') }} as raked
            on raked.wave_id = '{{ wave.wave_id }}' and harmonised.margin_cell = raked.margin_cell

    )

    select
        '{{ wave.wave_id }}' as wave_id,
        '{{ wave.wave_version }}' as wave_version,
        {{ wave_number(wave.wave_id) }}::bigint as wave_number,
        respondent_key,
        weighted.stratum,
        weighted.post_stratum,
        weighted.weight,
        weight_square,
        {%- for attribute in group_attributes() %}
        weighted.{{ quoted(attribute) }},
        {%- endfor %}
        {%- for cube in cubes() %}
        {{ cube }}.profile_id as {{ profile_column(cube) }},
        {%- endfor %}
        {%- for item in all_items() %}
        {{ quoted(item.item_column) }}{{ "," if not loop.last }}
        {%- endfor %}
    from weighted
    {% for cube, attributes in cubes().items() -%}
    left join {{ ref('stg_profiles') }} as {{ cube }}
        on {{ cube }}.wave_id = '{{ wave.wave_id }}'
        and {{ cube }}.cube = '{{ cube }}'
        and weighted.stratum = {{ cube }}.stratum
        and weighted.post_stratum = {{ cube }}.post_stratum
        {%- for attribute in attributes %}
        and weighted.{{ quoted(attribute) }} is not distinct from {{ cube }}.{{ quoted(attribute) }}
        {%- endfor %}
    {% endfor %}
    order by {{ cubes() | first }}.profile_id
)
{% endmacro %}
