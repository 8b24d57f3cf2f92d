{# Whether figures of so many respondents are hidden, and why; the query has the `survey` seed in it. #}
{% macro suppression(respondents) -%}
    {{ hidden_if(respondents ~ ' < survey.minimum_group_size') }}
{%- endmacro %}

{# Whether a row is hidden, and why: in the same words whether it is small or would give a small one away. #}
{% macro hidden_if(condition) -%}
    coalesce({{ condition }}, false) as is_suppressed,
    case when is_suppressed then format(
        'fewer than {} respondents, here or in a group that this would give away', survey.minimum_group_size
    ) end as suppression_reason,
{%- endmacro %}

{# A published figure: itself, or NULL where the group is hidden. #}
{% macro shown(column) -%}
    case when not is_suppressed then {{ column }} end as {{ column }}
{%- endmacro %}

{# Join condition: a group, or `rest`, that is hidden for a subject. #}
{% macro is_hidden(hidden, kind, subject_id, of, group_code) -%}
    {{ hidden }}.kind = {{ kind }}
    and {{ hidden }}.subject_id = {{ subject_id }}
    and {{ hidden }}.wave_id = {{ of }}.wave_id
    and {{ hidden }}.breakdown = {{ of }}.breakdown
    and {{ hidden }}.group_code = {{ group_code }}
{%- endmacro %}
