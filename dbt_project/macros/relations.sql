{#
  What two values of one respondent need: the count by both theme scores, for relations, and by all
  background attributes of the driver models at once.
#}

{# The pairs of themes to relate in a wave: each pressure that it asks with each craft. #}
{% macro related_themes(items) %}
    {% set themes = items | groupby('theme_id') %}
    {% set sides = {} %}
    {% for row in query_rows("select theme_id, relation_side from " ~ ref('themes')) %}
        {% do sides.update({row.theme_id: row.relation_side}) %}
    {% endfor %}
    {% set pairs = [] %}
    {% for pressure_id, pressure_items in themes if sides[pressure_id] == 'pressure' %}
        {% for craft_id, craft_items in themes if sides[craft_id] == 'craft' %}
            {% do pairs.append({
                'pressure': {'theme_id': pressure_id, 'items': pressure_items},
                'craft': {'theme_id': craft_id, 'items': craft_items},
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(pairs) }}
{% endmacro %}

{# The attributes of the driver models, in the order in which they enter. #}
{% macro driver_attributes() %}
    {{ return(query_rows(
        "select attribute_id from " ~ ref('driver_terms') ~ " order by position"
    ) | map(attribute='attribute_id') | list) }}
{% endmacro %}

{# The respondents of a wave with a score on both themes, counted by stratum and both scores. #}
{% macro relation_count(wave, pressure, craft) %}
select
    '{{ wave.wave_id }}' as wave_id,
    '{{ wave.wave_version }}' as wave_version,
    '{{ pressure.theme_id }}' as pressure_theme_id,
    '{{ craft.theme_id }}' as craft_theme_id,
    stratum,
    post_stratum,
    pressure_score,
    craft_score,
    count(*)::bigint as respondents,
    {{ whole_weight_sums() }}
from (
    select
        stratum, post_stratum, weight, weight_square,
        {{ theme_score(pressure['items']) }} as pressure_score,
        {{ theme_score(craft['items']) }} as craft_score
    from {{ ref('stg_responses') }}
    where wave_id = '{{ wave.wave_id }}'
) as scores
where pressure_score is not null and craft_score is not null
group by stratum, post_stratum, pressure_score, craft_score
{% endmacro %}

{#
  The respondents of a wave with a score on a theme, by stratum and all attributes of the models,
  with the sums that a linear model of the score and its error need.
#}
{% macro driver_count(wave, theme_id, items) %}
{%- set attributes = [] -%}
{%- for attribute in driver_attributes() %}{% do attributes.append(quoted(attribute)) %}{% endfor -%}
(
    with scores as (

        select
            stratum, post_stratum, weight, weight_square,
            {{ list_of(attributes) }} as group_codes,
            {{ theme_score(items) }} as value
        from {{ ref('stg_responses') }}
        where wave_id = '{{ wave.wave_id }}'

    ),

    counted as (

        select
            stratum, post_stratum, group_codes, value,
            count(*)::bigint as respondents,
            {{ whole_weight_sums() }}
        from scores
        where value is not null
        group by stratum, post_stratum, group_codes, value

    ),

    weighted as (

        select
            cells.stratum, cells.post_stratum, cells.group_codes, cells.value, cells.respondents,
            {{ exact_weights() }}
        from counted as cells
        inner join (
            select distinct post_stratum, population_weight, weight_scale, weight_square_scale
            from {{ ref('stg_post_strata') }}
            where wave_id = '{{ wave.wave_id }}'
        ) as groups on cells.post_stratum = groups.post_stratum

    )

    select
        '{{ wave.wave_id }}' as wave_id,
        '{{ wave.wave_version }}' as wave_version,
        '{{ theme_id }}' as theme_id,
        stratum,
        post_stratum,
        group_codes,
        sum(respondents)::bigint as respondents,
        {{ sum_of_fractions('weight_sum') }} as weight_sum,
        {{ sum_of_fractions('weight_square_sum') }} as weight_square_sum,
        {{ sum_of_fractions('weight_sum * value') }} as weighted_value_sum,
        {{ sum_of_fractions('weight_sum * (value * value)') }} as weighted_value_square_sum,
        {{ sum_of_fractions('weight_square_sum * value') }} as weight_square_value_sum,
        {{ sum_of_fractions('weight_square_sum * (value * value)') }} as weight_square_value_square_sum
    from weighted
    group by stratum, post_stratum, group_codes
)
{% endmacro %}

{# What names one relation of a wave. #}
{% macro relation_keys() %}wave_id, pressure_theme_id, craft_theme_id{% endmacro %}

{#
  For each score in a relation: the sum of `value` over the rows before it in the order of `score`,
  and half of it over those with that score. Of weights: the mid-rank.
#}
{% macro mid_sums(rows, value, score, within, direction='asc') -%}
(
    select
        {{ within }},
        {{ score }},
        sum(sum({{ value }})) over (partition by {{ within }} order by {{ score }} {{ direction }})
            - sum({{ value }}) / 2 as mid_sum,
    from {{ rows }}
    group by {{ within }}, {{ score }}
)
{%- endmacro %}
