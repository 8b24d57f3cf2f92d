select
    wave_id,
    deliveries.revision,
    deliveries.purpose,
    deliveries.loaded_at,
    deliveries.sha256,
    deliveries.format,
    deliveries.row_count,
    differences.rows_in,
    differences.rows_out,
    differences.rows_altered,
    array_to_string(list_sort(differences.columns_in), ', ') as columns_in,
    array_to_string(list_sort(differences.columns_out), ', ') as columns_out,
from {{ source('raw', 'deliveries') }} as deliveries
left join {{ source('raw', 'differences') }} as differences using (wave_id, revision)
