{#
  What the codebook says, as lists of rows, for models whose SQL follows from it. Each macro asks
  the seeds while a model is compiled, and gives an empty list while the project is only parsed.
  dbt cannot see a reference inside a macro's query: a model names its seeds in `-- depends_on`.
#}

{% macro query_rows(sql) %}
    {% set rows = [] %}
    {% if execute %}
        {% for row in run_query(sql).rows %}{% do rows.append(row.dict()) %}{% endfor %}
    {% endif %}
    {{ return(rows) }}
{% endmacro %}

{# The attributes that put a respondent in a group: role, domain, … in the codebook's order. #}
{% macro group_attributes() %}
    {{ return(query_rows(
        "select attribute_id from " ~ ref('attributes') ~ " where kind = 'group'"
    ) | map(attribute='attribute_id') | list) }}
{% endmacro %}

{# Every item that some wave asks, with its column in the wide table. #}
{% macro all_items() %}
    {{ return(query_rows(
        "select distinct item_id, lower(item_id) as item_column, position
        from " ~ ref('items') ~ " join " ~ ref('item_versions') ~ " using (item_id)
        order by position, item_id"
    )) }}
{% endmacro %}

{# The items that one wave asks, with their theme and their column in the wide table. #}
{% macro items_of_wave(wave_id) %}
    {{ return(query_rows(
        "select item_id, lower(item_id) as item_column, theme_id
        from " ~ ref('item_versions') ~ " join " ~ ref('items') ~ " using (item_id)
        where wave_id = '" ~ wave_id ~ "' order by position, item_id"
    )) }}
{% endmacro %}

{# The favourable answers to each item that a wave asks, by item; none where a scale has none. #}
{% macro favourable_answers(wave_id) %}
    {% set answers = {} %}
    {% for row in query_rows(
        "select item_id, answer, is_favourable
        from " ~ ref('stg_item_answers') ~ " where wave_id = '" ~ wave_id ~ "' order by item_id, answer"
    ) %}
        {% do answers.setdefault(row.item_id, []).extend([row.answer] if row.is_favourable else []) %}
    {% endfor %}
    {{ return(answers) }}
{% endmacro %}

{# The passes of the count, the main one first: each cube with the attributes of its break-downs. #}
{% macro cubes() %}
    {% set cubes = {} %}
    {% for row in query_rows(
        "select cube, attribute_1, attribute_2 from " ~ ref('breakdowns') ~ " order by position"
    ) %}
        {% set attributes = cubes.setdefault(row.cube, []) %}
        {% for attribute in [row.attribute_1, row.attribute_2] if attribute and attribute not in attributes %}
            {% do attributes.append(attribute) %}
        {% endfor %}
    {% endfor %}
    {{ return(cubes) }}
{% endmacro %}

{# The column of the wide table that holds a respondent's profile in a cube. #}
{% macro profile_column(cube) %}{{ return('profile_' ~ cube) }}{% endmacro %}
