with figures as (

    select
        wave_id,
        revision,
        count(*) filter (change in ('moved', 'stayed')) as figures_compared,
        count(*) filter (change = 'moved') as figures_moved,
        count(*) filter (change = 'appeared') as figures_appeared,
        count(*) filter (change = 'disappeared') as figures_disappeared,
    from {{ ref('int_figure_changes') }}
    group by all

)

select
    deliveries.wave_id,
    deliveries.revision,
    deliveries.purpose,
    deliveries.loaded_at,
    deliveries.sha256,
    deliveries.format,
    deliveries.row_count,
    deliveries.rows_in,
    deliveries.rows_out,
    deliveries.rows_altered,
    deliveries.columns_in,
    deliveries.columns_out,
    figures.figures_compared,
    figures.figures_moved,
    figures.figures_appeared,
    figures.figures_disappeared,
from {{ ref('stg_deliveries') }} as deliveries
-- A wave that left the codebook is in no table.
inner join {{ ref('stg_waves') }} as waves using (wave_id)
left join figures
    on deliveries.wave_id = figures.wave_id and deliveries.revision = figures.revision
