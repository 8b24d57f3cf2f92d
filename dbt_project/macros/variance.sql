{#
  Variances, Taylor linearised. `int_strata` has the factors of each post-stratum; Σ goes over
  post-strata, and z is 0 for respondents outside the group.
#}

{# The variance of a sum of residuals: rows have Σz and Σz² of a post-stratum, with its factors. #}
{% macro residual_variance(residual_sum, residual_square_sum) -%}
    sum(square_factor * {{ residual_square_sum }} - product_factor * pow({{ residual_sum }}, 2))
{%- endmacro %}

{# The sums of a value that means and their errors are made of, beside respondents and weights. #}
{% macro sums_of(value) %}
    {{ return({
        'value_sum': 'respondents * ' ~ value,
        'value_square_sum': 'respondents * ' ~ value ~ ' * ' ~ value,
        'weighted_value_sum': 'weight_sum * ' ~ value,
        'weighted_value_square_sum': 'weight_sum * ' ~ value ~ ' * ' ~ value,
        'weight_square_value_sum': 'weight_square_sum * ' ~ value,
        'weight_square_value_square_sum': 'weight_square_sum * ' ~ value ~ ' * ' ~ value,
    }) }}
{% endmacro %}

{# The variance of a mean, the ratio of the totals Σwx and Σw, from theirs. #}
{% macro ratio_variance(value_variance, covariance, weight_variance) -%}
    ({{ value_variance }} - 2 * mean * {{ covariance }} + pow(mean, 2) * {{ weight_variance }}) / pow(weight_sum, 2)
{%- endmacro %}

{#
  What rounding leaves of the variance of a mean when all gave one answer; the least that n people can
  differ is 1/n as much.
#}
{% macro rounding_variance(mean='mean', respondents='effective_n') -%}
    1e-13 * greatest(1, pow({{ mean }}, 2)) / {{ respondents }}
{%- endmacro %}

{# The totals of which those of two groups together are the sum. #}
{% macro additive_totals() %}
    {{ return([
        'respondents', 'value_sum', 'value_square_sum', 'weight_sum', 'weighted_value_sum',
        'weighted_value_square_sum', 'weight_square_sum',
    ]) }}
{% endmacro %}
