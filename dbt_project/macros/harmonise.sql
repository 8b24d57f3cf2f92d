{#
  From delivered codes to the codebook's: the columns of one wave's raw table as expressions.
  A code that the codebook does not know becomes NULL, which the tests on staging refuse.
#}

{#
  The background of a respondent: key, stratum, delivered weight, the role by which the population
  is known (NULL in a survey without roles), its cell in the crossing of the margins by which the
  population is known (NULL in a wave without margins), and every group attribute.
#}
{% macro background_columns(wave_id) %}
    {% set delivered = {} %}
    {% for attribute_id, rows in query_rows(
        "select attribute_id, kind, source_column, code, group_code
        from " ~ ref('attribute_columns') ~ "
        join " ~ ref('attributes') ~ " using (attribute_id)
        left join " ~ ref('attribute_codes') ~ " using (wave_id, attribute_id)
        where wave_id = '" ~ wave_id ~ "'
        order by attribute_id, code"
    ) | groupby('attribute_id') %}
        {% set cases = [] %}
        {% for row in rows if row.code is not none %}
            {% do cases.append('when ' ~ literal(row.code) ~ ' then ' ~ literal(row.group_code)) %}
        {% endfor %}
        {% set column = quoted(rows[0].source_column) %}
        {% do delivered.update({
            attribute_id if rows[0].kind == 'group' else rows[0].kind:
                'case ' ~ column ~ ' ' ~ cases | join(' ') ~ ' end' if cases else column
        }) %}
    {% endfor %}
    {% set margins = query_rows(
        "select distinct attribute_id from " ~ ref('population_margins')
        ~ " where wave_id = '" ~ wave_id ~ "' order by attribute_id"
    ) %}
    {{ delivered.get('respondent') }} as respondent_key,
    {{ delivered.get('stratum', "'all'") }} as stratum,
    try_cast({{ delivered.get('weight', 'null') }} as double) as delivered_weight,
    ({{ delivered.get('role', 'null') }})::string as population_role,
    {% set margin_groups = [] %}
    {%- for margin in margins %}
    {%- do margin_groups.append("coalesce((" ~ delivered.get(margin.attribute_id, 'null') ~ ")::string, '')") %}
    {%- endfor %}
    {{- list_of(margin_groups) if margins else no_list() }} as margin_cell,
    {%- for attribute in group_attributes() %}
    ({{ delivered.get(attribute, 'null') }})::string as {{ quoted(attribute) }},
    {%- endfor %}
{% endmacro %}

{#
  The answers of a respondent: one small integer an item. A blank is -1; an item delivered the other
  way round is turned here and nowhere else; an item that the wave does not ask is NULL.
#}
{% macro answer_columns(wave_id) %}
    {% set asked = {} %}
    {% for item_id, rows in query_rows(
        "with turns as (
            select scale_id, min(answer) + max(answer) as turn
            from " ~ ref('scales') ~ " where meaning = 'answer' group by scale_id
        )
        select
            item_id, source_column, code,
            case when is_reversed and meaning = 'answer' then turn - answer else answer end as answer
        from " ~ ref('item_versions') ~ "
        join " ~ ref('answer_codes') ~ " using (code_list)
        join " ~ ref('scales') ~ " using (scale_id, answer)
        left join turns using (scale_id)
        where wave_id = '" ~ wave_id ~ "'
        order by item_id, code"
    ) | groupby('item_id') %}
        {% set cases = [] %}
        {% for row in rows %}{% do cases.append('when ' ~ literal(row.code) ~ ' then ' ~ row.answer) %}{% endfor %}
        {% do asked.update({
            item_id: "case coalesce(" ~ quoted(rows[0].source_column) ~ ", '') when '' then -1 " ~ cases | join(' ') ~ " end"
        }) %}
    {% endfor %}
    {%- for item in all_items() %}
    ({{ asked.get(item.item_id, 'null') }})::tinyint as {{ quoted(item.item_column) }}{{ "," if not loop.last }}
    {%- endfor %}
{% endmacro %}
