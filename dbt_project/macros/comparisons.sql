{# Join condition: two relations speak of the same measure of the same subject in one break-down. #}
{% macro same_subject(left, right) -%}
    {%- for key in ['wave_id', 'subject_id', 'measure', 'breakdown'] -%}
    {{ left }}.{{ key }} = {{ right }}.{{ key }}{{ " and " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# The variance that two groups share, each counted by its respondents less one. #}
{% macro pooled(variance, reference_variance) -%}
    ((own.respondents - 1) * {{ variance }} + (reference.respondents - 1) * {{ reference_variance }})
        / nullif(own.respondents + reference.respondents - 2, 0)
{%- endmacro %}

{# Means are equivalent if they differ by less than this many pooled standard deviations. #}
{% macro equivalence_margin() %}0.2{% endmacro %}

{#
  p values adjusted over a family, as R's p.adjust: Holm, and Benjamini-Hochberg. A relation with
  `family` and `p_value`, NULL where nothing was tested: that is not counted in the family.
#}
{% macro adjusted(relation) %}
(
    select
        * exclude (place),
        case when p_value is not null then
            least(1, max((family_size - place + 1) * p_value) over upwards)
        end as p_holm,
        case when p_value is not null then
            least(1, min(family_size / place * p_value) over downwards)
        end as p_bh,
    from (
        select
            *,
            row_number() over (partition by family order by p_value nulls last) as place,
            count(p_value) over (partition by family) as family_size,
        from {{ relation }}
    )
    window
        upwards as (partition by family order by place rows unbounded preceding),
        downwards as (partition by family order by place desc rows unbounded preceding)
)
{% endmacro %}

{# The published figures of a difference between two means, hidden where a group is too small. #}
{% macro difference_columns() -%}
    {%- for column in [
        'respondents', 'reference_respondents',
        'difference', 'standard_error', 't', 'degrees_of_freedom', 'p_value', 'p_holm', 'p_bh',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    family,
    family_size,
    {%- for column in [
        'p_equivalent', 'hedges_g', 'hedges_g_low', 'hedges_g_high',
        'welch_t', 'welch_degrees_of_freedom', 'welch_p_value',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
{%- endmacro %}

{# Cohen's h of two shares: their difference on a scale on which every share has the same error. #}
{% macro cohens_h(share, reference_share) -%}
    2 * asin(sqrt(least(1, greatest(0, {{ share }})))) - 2 * asin(sqrt(least(1, greatest(0, {{ reference_share }}))))
{%- endmacro %}
