-- depends_on: {{ ref('stg_responses') }}
-- depends_on: {{ ref('stg_waves') }}
-- depends_on: {{ ref('weight_bounds') }}
{% for wave in waves_to_build() %}
select
    '{{ wave.wave_id }}' as wave_id,
    '{{ wave.wave_version }}' as wave_version,
    count(*)::bigint as respondents,
    min(weight) as smallest_weight,
    percentile_cont(0.25) within group (order by weight) as weight_quartile_1,
    percentile_cont(0.5) within group (order by weight) as median_weight,
    percentile_cont(0.75) within group (order by weight) as weight_quartile_3,
    max(weight) as largest_weight,
    {{ whole_weight_sums() }},
    -- Rounding may put a weight that a bound holds back just beyond it.
    count(*) filter (where weight / mean_weight < smallest_ratio - 1e-9 or weight / mean_weight > largest_ratio + 1e-9)
        as out_of_bounds_respondents
from (
    select wave_id, weight, weight_square, avg(weight) over () as mean_weight
    from {{ ref('stg_responses') }}
    where {{ is_of_wave(wave.wave_id) }}
) as weights
left join {{ ref('weight_bounds') }} using (wave_id)
{{ "union all" if not loop.last }}
{% else %}
{{ nothing_to_build() }}
{% endfor %}
