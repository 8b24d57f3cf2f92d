{# The two weight sums of respondents as the cells keep them: whole numbers, in the wave's scales. #}
{% macro whole_weight_sums() -%}
    sum(weight)::bigint as weight_sum,
    sum(weight_square)::bigint as weight_square_sum
{%- endmacro %}

{#
  The same of the cells of a wave: NULL where the weights come from the population, for then the number of
  respondents says both (`exact_weights`), and adding them up would take longer than counting.
#}
{% macro counted_weight_sums(wave_id) -%}
    {%- set counted = query_rows(
        "select wave_id from " ~ ref('stg_weightings')
        ~ " where weighting in ('delivered', 'margins') and wave_id = '" ~ wave_id ~ "'"
    ) -%}
    {%- if counted -%}
    {{ whole_weight_sums() }}
    {%- else -%}
    null::bigint as weight_sum,
    null::bigint as weight_square_sum
    {%- endif -%}
{%- endmacro %}

{#
  The two weight sums of cells, unrounded. A weight from the population is the same for a whole
  post-stratum, so the number of respondents says its sums exactly; delivered and raked weights were
  counted as whole numbers. The query has `cells` and `groups`; `total` and `any_of` aggregate them,
  if at all.
#}
{% macro exact_weights(total='', any_of='') -%}
    {%- set weight = any_of ~ '(groups.population_weight)' -%}
    {%- set scale = any_of ~ '(groups.weight_scale)' -%}
    {%- set square_scale = any_of ~ '(groups.weight_square_scale)' -%}
    coalesce({{ total }}(cells.respondents) * {{ weight }}, {{ total }}(cells.weight_sum) / {{ scale }}) as weight_sum,
    coalesce(
        {{ total }}(cells.respondents) * pow({{ weight }}, 2),
        {{ total }}(cells.weight_square_sum) / {{ square_scale }}
    ) as weight_square_sum
{%- endmacro %}
