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
    {% for row in query_rows(
        "select
            attribute_id, kind,
            case when count(code) = 0
                then format('\"{}\"', replace(source_column, '\"', '\"\"'))
                else format(
                    'case \"{}\" {} end',
                    replace(source_column, '\"', '\"\"'),
                    string_agg(format('when ''{}'' then ''{}''', replace(code, '''', ''''''), replace(group_code, '''', '''''')), ' ' order by code)
                )
            end as expression
        from " ~ ref('attribute_columns') ~ "
        join " ~ ref('attributes') ~ " using (attribute_id)
        left join " ~ ref('attribute_codes') ~ " using (wave_id, attribute_id)
        where wave_id = '" ~ wave_id ~ "'
        group by attribute_id, kind, source_column"
    ) %}
        {% do delivered.update({row.attribute_id if row.kind == 'group' else row.kind: row.expression}) %}
    {% endfor %}
    {% set margins = query_rows(
        "select distinct attribute_id from " ~ ref('population_margins')
        ~ " where wave_id = '" ~ wave_id ~ "' order by attribute_id"
    ) %}
    {{ delivered.get('respondent') }} as respondent_key,
    {{ delivered.get('stratum', "'all'") }} as stratum,
    try_cast({{ delivered.get('weight', 'null') }} as double) as delivered_weight,
    ({{ delivered.get('role', 'null') }})::varchar as population_role,
    {% if margins -%}
    [{% for margin in margins %}coalesce(({{ delivered.get(margin.attribute_id, 'null') }})::varchar, ''){{ ", " if not loop.last }}{% endfor %}] as margin_cell,
    {%- else -%}
    null::varchar[] as margin_cell,
    {%- endif %}
    {%- for attribute in group_attributes() %}
    ({{ delivered.get(attribute, 'null') }})::varchar as {{ quoted(attribute) }},
    {%- endfor %}
{% endmacro %}

{#
  The answers of a respondent: one small integer an item. A blank is -1; an item delivered the other
  way round is turned here and nowhere else; an item that the wave does not ask is NULL.
#}
{% macro answer_columns(wave_id) %}
    {% set asked = {} %}
    {% for row in query_rows(
        "with turned as (
            select
                scale_id, answer,
                case when meaning = 'answer'
                    then min(answer) filter (meaning = 'answer') over scale + max(answer) filter (meaning = 'answer') over scale - answer
                    else answer
                end as turned_answer,
            from " ~ ref('scales') ~ "
            window scale as (partition by scale_id)
        )
        select
            item_id,
            format(
                'case coalesce(\"{}\", '''') when '''' then -1 {} end',
                replace(source_column, '\"', '\"\"'),
                string_agg(format('when ''{}'' then {}', replace(code, '''', ''''''), if(is_reversed, turned_answer, answer)), ' ' order by code)
            ) as expression
        from " ~ ref('item_versions') ~ "
        join " ~ ref('answer_codes') ~ " using (code_list)
        join turned using (scale_id, answer)
        where wave_id = '" ~ wave_id ~ "'
        group by item_id, source_column"
    ) %}
        {% do asked.update({row.item_id: row.expression}) %}
    {% endfor %}
    {%- for item in all_items() %}
    ({{ asked.get(item.item_id, 'null') }})::tinyint as {{ quoted(item.item_column) }},
    {%- endfor %}
{% endmacro %}
