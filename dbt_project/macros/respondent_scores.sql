{# Per respondent of a wave: the sum of a theme's valid answers and how many there are, if at least half. #}
{% macro theme_scores(wave, items) %}
(
    select
        *,
        {% for item in items %}if({{ quoted(item.item_column) }} >= 0, {{ quoted(item.item_column) }}, 0)::integer{{ " + " if not loop.last }}{% endfor %} as score_sum,
        {% for item in items %}({{ quoted(item.item_column) }} >= 0)::integer{{ " + " if not loop.last }}{% endfor %} as items_answered,
    from {{ ref('stg_responses') }}
    where wave_id = '{{ wave.wave_id }}' and items_answered * 2 >= {{ items | length }}
)
{% endmacro %}

{# Per respondent of a wave: how many of the items asked were not left blank, whatever was answered. #}
{% macro answered_counts(wave, items) %}
(
    select
        *,
        {% for item in items %}({{ quoted(item.item_column) }} <> -1)::integer{{ " + " if not loop.last }}{% endfor %} as items_answered,
    from {{ ref('stg_responses') }}
    where wave_id = '{{ wave.wave_id }}'
)
{% endmacro %}
