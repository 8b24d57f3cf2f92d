{#
  The variance that one stratum adds, Taylor linearised, from sums of residuals by post-stratum:
  (1 − f) · n/(n − 1) · Σ_post-strata (Σz² − (Σz)²/n_post-stratum).
  Without post-stratification a stratum is its own post-stratum, which is the ordinary formula.
  A stratum with one respondent counts (1 − f) · Σz², as R's lonely.psu = "adjust".
#}
{% macro stratum_variance(residual_sum, residual_square_sum) %}
    (1 - sampling_fraction) * case
        when stratum_respondents = 1 then sum({{ residual_square_sum }})
        else stratum_respondents / (stratum_respondents - 1)
            * sum({{ residual_square_sum }} - pow({{ residual_sum }}, 2) / post_stratum_respondents)
    end
{% endmacro %}

{#
  The covariance that one stratum adds to the means of two groups that share nobody, or of a group
  with itself. Of a respondent, only one of the two residuals is not 0.
#}
{% macro stratum_covariance(own, other) %}
    (1 - {{ own }}.sampling_fraction) * case
        when {{ own }}.stratum_respondents = 1
            then sum(if({{ own }}.group_code = {{ other }}.group_code, {{ own }}.residual_square_sum, 0))
        else {{ own }}.stratum_respondents / ({{ own }}.stratum_respondents - 1) * sum(
            if({{ own }}.group_code = {{ other }}.group_code, {{ own }}.residual_square_sum, 0)
            - {{ own }}.residual_sum * {{ other }}.residual_sum / {{ own }}.post_stratum_respondents
        )
    end
{% endmacro %}

{# The sums of values and weights that every mean, variance and test is made of. #}
{% macro moment_sums() %}
    sum(respondents)::bigint as respondents,
    sum(respondents * value) as value_sum,
    sum(respondents * value * value) as value_square_sum,
    sum(weight_sum) as weight_sum,
    sum(weight_sum * value) as weighted_value_sum,
    sum(weight_sum * value * value) as weighted_value_square_sum,
    sum(weight_square_sum) as weight_square_sum,
    sum(weight_square_sum * value) as weight_square_value_sum,
    sum(weight_square_sum * value * value) as weight_square_value_square_sum,
{% endmacro %}

{#
  Sums of a group's linearised residuals, z = w (x − mean) / Σw, from its moments and its mean: of
  z, and of z². A respondent outside the group has 0.
#}
{% macro residual_sum(moments, means) -%}
    ({{ moments }}.weighted_value_sum - {{ means }}.mean * {{ moments }}.weight_sum) / {{ means }}.weight_sum
{%- endmacro %}

{% macro residual_square_sum(moments, means) -%}
    (
        {{ moments }}.weight_square_value_square_sum
        - 2 * {{ means }}.mean * {{ moments }}.weight_square_value_sum
        + pow({{ means }}.mean, 2) * {{ moments }}.weight_square_sum
    ) / pow({{ means }}.weight_sum, 2)
{%- endmacro %}
