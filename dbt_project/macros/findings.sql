{#
  Levels of the claims. docs/findings.md says why: fifty claims are judged at once, and chance may
  confirm at most one in twenty of a wave in which there is nothing to find.
#}
{% macro finding_level() %}0.01{% endmacro %}
{% macro equivalence_level() %}0.05{% endmacro %}

{# Of so many items at least must groups agree; and among so many people (Tastle and Wierman). #}
{% macro agreeing_items() %}0.8{% endmacro %}
{% macro agreement_floor() %}0.5{% endmacro %}

{# The claims about what respondents show within themselves, on each wave that is to be counted. #}
{% macro claims_to_count() %}
    {{ return(versions_to_build(ref('int_finding_claims'), ['wave_id'])) }}
{% endmacro %}

{# Respondents with the difference of their scores on two sets of items, NULL unless they answered half of each. #}
{% macro score_differences(claim) %}
(
    select
        'all' as group_code, stratum, post_stratum, weight,
        {{ theme_score(columns_as_items(claim.own_columns)) }} - {{ theme_score(columns_as_items(claim.other_columns)) }} as value
    from {{ ref('stg_responses') }}
    where {{ is_of_wave(claim.wave_id) }}
)
{% endmacro %}

{% macro columns_as_items(columns) %}
    {% set items = [] %}
    {% for column in columns.split('|') %}{% do items.append({'item_column': column}) %}{% endfor %}
    {{ return(items) }}
{% endmacro %}

{#
  Respondents with the product of their standardised answers to two items: its mean in a group is the
  weighted correlation, and its error that of no correlation, as the means' own errors cancel there.
#}
{% macro answer_products(claim) %}
(
    select
        group_code, stratum, post_stratum, weight,
        (own - own_mean) / nullif(sqrt(own_square_mean - own_mean * own_mean), 0)
            * (other - other_mean) / nullif(sqrt(other_square_mean - other_mean * other_mean), 0) as value
    from (
        select
            *,
            {%- for answer in ['own', 'other'] %}
            sum(weight * {{ answer }}) over in_group / sum(weight) over in_group as {{ answer }}_mean,
            sum(weight * {{ answer }} * {{ answer }}) over in_group / sum(weight) over in_group as {{ answer }}_square_mean{{ "," if not loop.last }}
            {%- endfor %}
        from (
            select
                {{ quoted(claim.attribute) if claim.breakdown != 'total' else "'all'" }} as group_code, stratum, post_stratum, weight::double as weight,
                {{ quoted(claim.own_columns) }}::double as own, {{ quoted(claim.other_columns) }}::double as other
            from {{ ref('stg_responses') }}
            where {{ is_of_wave(claim.wave_id) }} and least({{ quoted(claim.own_columns) }}, {{ quoted(claim.other_columns) }}) >= 0
        ) as answers
        where group_code is not null
        window in_group as (partition by group_code)
    ) as moments
)
{% endmacro %}

{# The columns of the model, for where no claim is to be counted. #}
{% macro no_claims() %}
    {%- set columns = {} -%}
    {%- for column in ['wave_id', 'wave_version', 'finding_id', 'breakdown', 'group_code', 'stratum', 'post_stratum'] -%}
    {%- do columns.update({column: 'string'}) -%}
    {%- endfor -%}
    {%- do columns.update({'respondents': 'bigint'}) -%}
    {%- for column in value_sums() %}{% do columns.update({column: 'double'}) %}{% endfor -%}
    {{ no_cells(columns) }}
{% endmacro %}

{# The sums of a value from which its mean and error follow, besides the number of respondents. #}
{% macro value_sums() %}
    {{ return({
        'value_sum': 'value',
        'value_square_sum': 'value * value',
        'weight_sum': 'weight',
        'weighted_value_sum': 'weight * value',
        'weighted_value_square_sum': 'weight * value * value',
        'weight_square_sum': 'pow(weight, 2)',
        'weight_square_value_sum': 'pow(weight, 2) * value',
        'weight_square_value_square_sum': 'pow(weight, 2) * value * value',
    }) }}
{% endmacro %}
