{#
  Where the dialects of the two engines differ. DuckDB builds everything; Spark may do the models that
  read all respondents (docs/spark.md), from the same files. So those keep to what both understand:
  no comma after the last column, no alias in `where`, `string` for texts.
#}

{# A column by its name, whatever that is. #}
{% macro quoted(name) %}
    {% set mark = '`' if target.type == 'spark' else '"' %}
    {{ return(mark ~ name | replace(mark, mark * 2) ~ mark) }}
{% endmacro %}

{% macro literal(text) %}{{ return("'" ~ text | replace("'", "''") ~ "'") }}{% endmacro %}

{# A list of these expressions, which are texts. #}
{% macro list_of(expressions) -%}
    {{ 'array(' if target.type == 'spark' else '[' }}{{ expressions | join(', ') }}{{ ')' if target.type == 'spark' else ']' }}
{%- endmacro %}

{% macro no_list() %}{{ 'null::array<string>' if target.type == 'spark' else 'null::varchar[]' }}{% endmacro %}

{# A sum of fractions. DuckDB's is compensated (Kahan), lest the order of adding shows. #}
{% macro sum_of_fractions(expression) %}{{ 'sum' if target.type == 'spark' else 'fsum' }}({{ expression }}){% endmacro %}

{#
  Condition: a row of the wide table is of this wave. Spark finds the folder of a wave by its id; DuckDB
  compares texts row by row, but a whole number only where a block of rows has more than one.
#}
{% macro is_of_wave(wave_id) -%}
    {{ 'wave_id = ' ~ literal(wave_id) if target.type == 'spark' else 'wave_number = ' ~ wave_number(wave_id) }}
{%- endmacro %}

{#
  The answers of a wave as relations with a column `answer`, to be counted one after the other, with the
  item and the cubes of each. DuckDB reads a column at a time, and groups by one profile and the answer
  in a small table without hashing; Spark reads all of them once, and makes them long.
#}
{% macro answers_of_wave(wave) %}
    {% set items = items_of_wave(wave.wave_id) %}
    {% set responses = ref('stg_responses') ~ ' where ' ~ is_of_wave(wave.wave_id) %}
    {% set all_cubes = cubes() | list %}
    {% set answers = [] %}
    {% if target.type == 'spark' %}
        {% set columns = [] %}
        {% for item in items %}{% do columns.append(quoted(item.item_column) ~ ' as ' ~ quoted(item.item_id)) %}{% endfor %}
        {% do answers.append({
            'subject': 'item_id',
            'subject_columns': ['item_id'],
            'cubes': all_cubes,
            'relation': '(select * from ' ~ responses ~ ') unpivot (answer for item_id in (' ~ columns | join(', ') ~ '))',
        }) %}
    {% else %}
        {% for item in items %}{% for cube in all_cubes %}
            {% do answers.append({
                'subject': literal(item.item_id),
                'subject_columns': [],
                'cubes': [cube],
                'relation': '(select ' ~ profile_column(cube) ~ ', weight, weight_square, '
                    ~ quoted(item.item_column) ~ ' as answer from ' ~ responses ~ ')',
            }) %}
        {% endfor %}{% endfor %}
    {% endif %}
    {{ return(answers) }}
{% endmacro %}
