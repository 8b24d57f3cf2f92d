select
    wave_id,
    subject_id,
    measure,
    breakdown,
    group_code,
    stratum,
    post_stratum,
    {{ moment_sums() }}
from {{ ref('int_measure_values') }}
group by all
