{#
  Incremental by wave: a wave is built again, whole, when its version changes, and no other wave is
  touched. A version stands for the delivery and for what the codebook says of the wave.
#}

{% macro waves_to_build(versions=none) %}
    {{ return(query_rows(
        "select wave_id, wave_version from " ~ (versions or ref('stg_waves')) ~ (
            " where (wave_id, wave_version) not in (select distinct wave_id, wave_version from " ~ this ~ ")"
            if is_incremental() else ""
        ) ~ " order by wave_id"
    )) }}
{% endmacro %}

{#
  Whether a row is of a wave that is to be summed again. The waves are named, so that what is read of
  the others is nothing.
#}
{% macro is_of_wave_to_sum() -%}
    {%- if is_incremental() -%}
        wave_id in (
            {%- for wave in waves_to_build(ref('int_wave_sources')) %}'{{ wave.wave_id }}', {% endfor %}null)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Before an incremental run: a wave that is no longer loaded leaves the model too. #}
{% macro drop_withdrawn_waves() %}
    {% if is_incremental() %}
        delete from {{ this }} where wave_id not in (select wave_id from {{ ref('stg_waves') }})
    {% else %}
        select 1
    {% endif %}
{% endmacro %}

{% macro raw_wave(wave_id) %}
    {{ return(api.Relation.create(database=target.database, schema='raw', identifier='wave_' ~ wave_id)) }}
{% endmacro %}

{# What a model selects when every wave in it is up to date. #}
{% macro nothing_to_build() %}
    {% if execute and not is_incremental() %}
        {{ exceptions.raise_compiler_error("No wave is loaded: deliver one first (vakwerk run FILE).") }}
    {% endif %}
    select * from {{ this }} where false
{% endmacro %}

{# What a model of cells selects where the codebook asks nothing of it: no row, with its columns. #}
{% macro no_cells(columns) %}
    {%- if is_incremental() %}
    select * from {{ this }} where false
    {%- else %}
    select
        {%- for name, type in columns.items() %}
        null::{{ type }} as {{ name }},
        {%- endfor %}
    where false
    {%- endif %}
{% endmacro %}
