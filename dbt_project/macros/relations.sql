{#
  What two values of one respondent need: the count by both theme scores, for relations, and by all
  background attributes of the driver models at once.
#}

{# The pairs of themes to relate in a wave, of those that it asks: each pressure with each craft. #}
{% macro related_themes(themes) %}
    {{ return(query_rows(
        "select pressures.theme_id as pressure_theme_id, crafts.theme_id as craft_theme_id
        from " ~ ref('themes') ~ " as pressures join " ~ ref('themes') ~ " as crafts
            on pressures.relation_side = 'pressure' and crafts.relation_side = 'craft'
        order by all"
    ) | selectattr('pressure_theme_id', 'in', themes) | selectattr('craft_theme_id', 'in', themes) | list) }}
{% endmacro %}

{# The attributes of the driver models, in the order in which they enter. #}
{% macro driver_attributes() %}
    {{ return(query_rows(
        "select attribute_id from " ~ ref('driver_terms') ~ " order by position"
    ) | map(attribute='attribute_id') | list) }}
{% endmacro %}

{#
  The respondents of a wave, with these columns and a score on each theme (`score_<theme>`). A relation of
  its own (`with`), so that each score is computed once however often it is read.
#}
{% macro scores_of_wave(wave, columns, themes) -%}
    select
        stratum, post_stratum, weight, weight_square,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        {%- for theme_id, items in themes %}
        {{ theme_score(items) }} as {{ score_column(theme_id) }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_responses') }}
    where {{ is_of_wave(wave.wave_id) }}
{%- endmacro %}

{% macro score_column(theme_id) %}{{ return(quoted('score_' ~ theme_id)) }}{% endmacro %}

{# The respondents of a wave with a score on both themes of a pair, counted by stratum and both scores. #}
{% macro relation_counts(wave, pairs, themes) %}
(
    with scores as (

        {{ scores_of_wave(wave, [], themes) }}

    )
    {% for pair in pairs %}
    {%- set pressure, craft = score_column(pair.pressure_theme_id), score_column(pair.craft_theme_id) %}
    select
        '{{ wave.wave_id }}' as wave_id,
        '{{ wave.wave_version }}' as wave_version,
        '{{ pair.pressure_theme_id }}' as pressure_theme_id,
        '{{ pair.craft_theme_id }}' as craft_theme_id,
        stratum,
        post_stratum,
        {{ pressure }} as pressure_score,
        {{ craft }} as craft_score,
        count(*)::bigint as respondents,
        {{ counted_weight_sums(wave.wave_id) }}
    from scores
    where {{ pressure }} is not null and {{ craft }} is not null
    group by stratum, post_stratum, {{ pressure }}, {{ craft }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
    -- Fractions are added up from these rows: the same order gives the same last digits in every build.
    order by pressure_theme_id, craft_theme_id, stratum, post_stratum, pressure_score, craft_score
)
{% endmacro %}

{#
  The respondents of a wave with a score on a theme, by stratum and all attributes of the models,
  with the sums that a linear model of the score and its error need.
#}
{% macro driver_counts(wave, themes) %}
{%- set attributes = [] -%}
{%- for attribute in driver_attributes() %}{% do attributes.append(quoted(attribute)) %}{% endfor -%}
{%- set weight_sums = counted_weight_sums(wave.wave_id) -%}
(
    with scores as (

        {{ scores_of_wave(wave, attributes, themes) }}

    ),

    counted as (
        {% for theme_id, items in themes %}
        select
            '{{ theme_id }}' as theme_id, stratum, post_stratum, {{ attributes | join(', ') }},
            {{ score_column(theme_id) }} as value,
            count(*)::bigint as respondents,
            {{ weight_sums }}
        from scores
        where {{ score_column(theme_id) }} is not null
        group by stratum, post_stratum, {{ attributes | join(', ') }}, {{ score_column(theme_id) }}
        {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    weighted as (

        select
            cells.theme_id, cells.stratum, cells.post_stratum, cells.value, cells.respondents,
            {{ attributes | join(', ') }},
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
        theme_id,
        stratum,
        post_stratum,
        {{ list_of(attributes) }} as group_codes,
        sum(respondents)::bigint as respondents,
        {{ sum_of_fractions('weight_sum') }} as weight_sum,
        {{ sum_of_fractions('weight_square_sum') }} as weight_square_sum,
        {{ sum_of_fractions('weight_sum * value') }} as weighted_value_sum,
        {{ sum_of_fractions('weight_sum * (value * value)') }} as weighted_value_square_sum,
        {{ sum_of_fractions('weight_square_sum * value') }} as weight_square_value_sum,
        {{ sum_of_fractions('weight_square_sum * (value * value)') }} as weight_square_value_square_sum
    from weighted
    group by theme_id, stratum, post_stratum, {{ attributes | join(', ') }}
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
