{#
  Per respondent of a wave: the sum of a theme's valid answers and how many there are, if at least
  half; where `favourable` has the favourable answers by item, also how many of them are favourable.
#}
{% macro theme_scores(wave, items, favourable={}) %}
(
    select *
    from (
        select
            *,
            {% for item in items %}if({{ quoted(item.item_column) }} >= 0, {{ quoted(item.item_column) }}, 0)::integer{{ " + " if not loop.last }}{% endfor %} as score_sum,
            {%- if favourable %}
            {% for item in items %}({{ quoted(item.item_column) }} in ({{ favourable[item.item_id] | join(', ') or 'null' }}))::integer{{ " + " if not loop.last }}{% endfor %} as favourable_answered,
            {%- endif %}
            {% for item in items %}({{ quoted(item.item_column) }} >= 0)::integer{{ " + " if not loop.last }}{% endfor %} as items_answered
        from {{ ref('stg_responses') }}
        where {{ is_of_wave(wave.wave_id) }}
    ) as scores
    where items_answered * 2 >= {{ items | length }}
)
{% endmacro %}

{# Per respondent of a wave: how many of the items asked were not left blank, whatever was answered. #}
{% macro answered_counts(wave, items) %}
(
    select
        *,
        {% for item in items %}({{ quoted(item.item_column) }} <> -1)::integer{{ " + " if not loop.last }}{% endfor %} as items_answered
    from {{ ref('stg_responses') }}
    where {{ is_of_wave(wave.wave_id) }}
)
{% endmacro %}

{# A respondent's theme score: the mean of the valid items, if at least half; NULL otherwise. #}
{% macro theme_score(items) -%}
    {%- set answered = [] -%}
    {%- set scores = [] -%}
    {%- for item in items -%}
        {%- do answered.append("(" ~ quoted(item.item_column) ~ " >= 0)::integer") -%}
        {%- do scores.append("greatest(" ~ quoted(item.item_column) ~ ", 0)::integer") -%}
    {%- endfor -%}
    case when ({{ answered | join(' + ') }}) * 2 >= {{ items | length }}
        then ({{ scores | join(' + ') }}) / ({{ answered | join(' + ') }})
    end
{%- endmacro %}
