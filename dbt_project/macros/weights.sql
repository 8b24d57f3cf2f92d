{#
  The two weight sums of cells, unrounded. A weight from the population is the same for a whole
  post-stratum, so the number of respondents says its sums exactly; delivered weights were counted
  as whole numbers. The query has `cells` and `groups`; `total` and `any_of` aggregate them, if at all.
#}
{% macro exact_weights(total='', any_of='') -%}
    {%- set weight = any_of ~ '(groups.population_weight)' -%}
    {%- set scale = any_of ~ '(groups.weight_scale)' -%}
    coalesce({{ total }}(cells.respondents) * {{ weight }}, {{ total }}(cells.weight_sum) / {{ scale }}) as weight_sum,
    coalesce(
        {{ total }}(cells.respondents) * pow({{ weight }}, 2),
        {{ total }}(cells.weight_square_sum)::double / pow({{ scale }}, 2)
    ) as weight_square_sum,
{%- endmacro %}
