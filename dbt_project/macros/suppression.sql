{# Whether a group of so many respondents is hidden, and why; the query has the `survey` seed in it. #}
{% macro suppression(respondents) -%}
    {{ respondents }} < survey.minimum_group_size as is_suppressed,
    case when is_suppressed then format('fewer than {} respondents', survey.minimum_group_size) end
        as suppression_reason,
{%- endmacro %}

{# A published figure: itself, or NULL where the group is hidden. #}
{% macro shown(column) -%}
    case when not is_suppressed then {{ column }} end as {{ column }}
{%- endmacro %}
