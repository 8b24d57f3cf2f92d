{#
  Levels of the claims. docs/findings.md says why: fifty claims are judged at once, and chance may
  confirm at most one in twenty of a wave in which there is nothing to find.
#}
{% macro finding_level() %}0.01{% endmacro %}
{% macro equivalence_level() %}0.05{% endmacro %}

{# Of so many items at least must groups agree; and among so many people (Tastle and Wierman). #}
{% macro agreeing_items() %}0.8{% endmacro %}
{% macro agreement_floor() %}0.5{% endmacro %}

{#
  The claims about what respondents show within themselves, on each wave that is to be counted: items
  of both sides as columns of the wide table, joined by `|`. A wave's version counts the claims too.
#}
{% macro claims_to_count() %}
    {{ return(query_rows(
        "with claims as (
            select
                waves.wave_id, waves.wave_version, findings.finding_id, findings.kind, findings.attribute,
                coalesce(breakdowns.breakdown, 'total') as breakdown,
                string_agg(lower(item_id), '|' order by items.position, item_id) filter (case findings.kind
                    when 'valence_higher' then valence in string_split(group_a, '|')
                    when 'theme_higher' then items.theme_id in string_split(group_a, '|')
                    else item_id = string_split(item_ids, '|')[1]
                end) as own_columns,
                string_agg(lower(item_id), '|' order by items.position, item_id) filter (case findings.kind
                    when 'valence_higher' then valence in string_split(group_b, '|')
                    when 'theme_higher' then items.theme_id in string_split(group_b, '|')
                    else item_id = string_split(item_ids, '|')[2]
                end) as other_columns
            from " ~ ref('stg_waves') ~ " as waves
            join " ~ ref('item_versions') ~ " as versions on waves.wave_id = versions.wave_id
            join " ~ ref('items') ~ " as items using (item_id)
            join " ~ ref('findings') ~ " as findings
                on items.theme_id in string_split(findings.theme_id, '|')
                and findings.kind in ('valence_higher', 'theme_higher', 'tension')
            left join " ~ ref('breakdowns') ~ " as breakdowns
                on findings.kind = 'tension'
                and findings.attribute = breakdowns.attribute_1
                and breakdowns.attribute_2 is null
            group by all
        ),
        versions as (
            select * replace (
                left(md5(concat(wave_version, string_agg(format('{}', claims), '|' order by finding_id) over (partition by wave_id))), 12)
                as wave_version
            )
            from claims
            where own_columns is not null and other_columns is not null
        )
        select * from versions" ~ (
            " where (wave_id, wave_version) not in (select distinct wave_id, wave_version from " ~ this ~ ")"
            if is_incremental() else ""
        ) ~ " order by wave_id, finding_id"
    )) }}
{% endmacro %}

{# Respondents with the difference of their scores on two sets of items, NULL unless they answered half of each. #}
{% macro score_differences(claim) %}
(
    select
        'all' as group_code, stratum, post_stratum, weight,
        {{ theme_score(columns_as_items(claim.own_columns)) }} - {{ theme_score(columns_as_items(claim.other_columns)) }} as value,
    from {{ ref('stg_responses') }}
    where wave_id = '{{ claim.wave_id }}'
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
        {%- for answer in ['own', 'other'] %}
        sum(weight * {{ answer }}) over in_group / sum(weight) over in_group as {{ answer }}_mean,
        sqrt(sum(weight * {{ answer }} * {{ answer }}) over in_group / sum(weight) over in_group - pow({{ answer }}_mean, 2)) as {{ answer }}_deviation,
        {%- endfor %}
        (own - own_mean) / nullif(own_deviation, 0) * (other - other_mean) / nullif(other_deviation, 0) as value,
    from (
        select
            {{ quoted(claim.attribute) if claim.breakdown != 'total' else "'all'" }} as group_code, stratum, post_stratum, weight::double as weight,
            {{ quoted(claim.own_columns) }}::double as own, {{ quoted(claim.other_columns) }}::double as other,
        from {{ ref('stg_responses') }}
        where wave_id = '{{ claim.wave_id }}' and least({{ quoted(claim.own_columns) }}, {{ quoted(claim.other_columns) }}) >= 0 and group_code is not null
    )
    window in_group as (partition by group_code)
)
{% endmacro %}

{# What the model selects where no claim is to be counted: nothing, with its columns. #}
{% macro no_claims() %}
    {%- if is_incremental() %}
    select * from {{ this }} where false
    {%- else %}
    select
        {%- for column in ['wave_id', 'wave_version', 'finding_id', 'breakdown', 'group_code', 'stratum', 'post_stratum'] %}
        null::varchar as {{ column }},
        {%- endfor %}
        null::bigint as respondents,
        {%- for column in value_sums() %}
        null::double as {{ column }},
        {%- endfor %}
    where false
    {%- endif %}
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
