with differences as (

    select
        comparisons.*,
        own.respondents,
        reference.respondents as reference_respondents,
        own.mean - reference.mean as difference,
        own.mean_unweighted - reference.mean_unweighted as difference_unweighted,
        own.variance + reference.variance - 2 * covariances.covariance as error_variance,
        case
            when error_variance > {{ rounding_variance('own.mean', 'own.effective_n') }}
                + {{ rounding_variance('reference.mean', 'reference.effective_n') }}
                then sqrt(error_variance)
        end as standard_error,
        -- As R's svyttest: valid answers in both groups, less strata, less one.
        own.respondents + reference.respondents - covariances.strata - 1 as degrees_of_freedom,
        own.variance_unweighted / own.respondents as welch_a,
        reference.variance_unweighted / reference.respondents as welch_b,
        {{ pooled('own.variance_unweighted', 'reference.variance_unweighted') }} as pooled_variance_unweighted,
        sqrt({{ pooled('pow(own.standard_deviation, 2)', 'pow(reference.standard_deviation, 2)') }})
            as pooled_standard_deviation,
        own.mean as group_mean,
        reference.mean as reference_mean,
    -- Each comparison has one row of each; left joins keep this order, and so never meet all pairs of groups.
    from {{ ref('int_comparisons') }} as comparisons
    left join {{ ref('int_means') }} as own
        on own.side = 'group'
        and {{ same_subject('comparisons', 'own') }}
        and comparisons.group_code = own.group_code
    left join {{ ref('int_means') }} as reference
        on reference.side = if(comparisons.kind = 'rest', 'rest', 'group')
        and {{ same_subject('comparisons', 'reference') }}
        and reference.group_code = if(comparisons.kind = 'rest', comparisons.group_code, comparisons.reference_code)
    left join {{ ref('int_comparison_covariances') }} as covariances
        on {{ same_subject('comparisons', 'covariances') }}
        and comparisons.group_code = covariances.group_code
        and comparisons.reference_code = covariances.reference_code

)

select
    * exclude (error_variance, degrees_of_freedom, welch_a, welch_b, pooled_variance_unweighted),
    case when standard_error is not null and degrees_of_freedom > 0 then degrees_of_freedom end as degrees_of_freedom,
    difference / standard_error as t,
    difference_unweighted / nullif(sqrt(welch_a + welch_b), 0) as welch_t,
    pow(welch_a + welch_b, 2)
    / nullif(pow(welch_a, 2) / (respondents - 1) + pow(welch_b, 2) / (reference_respondents - 1), 0)
        as welch_degrees_of_freedom,
    respondents + reference_respondents as both_respondents,
    -- Hedges (1981), with his small-sample correction; its variance as Hedges and Olkin (1985).
    difference_unweighted / nullif(sqrt(pooled_variance_unweighted), 0) * (1 - 3 / (4 * both_respondents - 9))
        as hedges_g,
    sqrt(
        both_respondents / respondents / reference_respondents
        + pow(hedges_g, 2) / 2 / (both_respondents - 3.94)
    ) * 1.959963984540054 as hedges_g_margin,
    hedges_g - hedges_g_margin as hedges_g_low,
    hedges_g + hedges_g_margin as hedges_g_high,
from differences
