{#
  95 % intervals. Each macro gives one bound: sign is '-' or '+'.
  Mean: Student's t. Share: logit transformed, as R's svyciprop(method = "logit"). Share of an
  unweighted, unstratified sample, or of a group that is wholly on one side: Wilson's score interval.
#}

{% macro t_bound(sign) %}
    mean {{ sign }} t_quantile * standard_error
{% endmacro %}

{% macro logit_bound(sign) %}
    1 / (1 + exp(-(
        ln(mean / (1 - mean))
        {{ sign }} t_quantile * standard_error / (mean * (1 - mean))
    )))
{% endmacro %}

{% macro wilson_bound(sign, n) %}
    {%- set z2 = "3.841458820694124" -%}
    (
        mean + {{ z2 }} / (2 * {{ n }})
        {{ sign }} sqrt({{ z2 }} * (mean * (1 - mean) + {{ z2 }} / (4 * {{ n }})) / {{ n }})
    ) / (1 + {{ z2 }} / {{ n }})
{% endmacro %}
