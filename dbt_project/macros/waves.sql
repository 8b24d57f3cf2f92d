{#
  Incremental by wave: a wave is built again, whole, when its version changes, and no other wave is
  touched. A version stands for the delivery and for what the codebook says of the wave.
#}

{% macro waves_to_build(versions=none) %}
    {{ return(versions_to_build(versions or ref('stg_waves'), ['wave_id'])) }}
{% endmacro %}

{# The rows of a relation of which the model has no such version yet, by these keys; none of what Spark counts. #}
{% macro versions_to_build(versions, keys) %}
    {{ return([] if is_counted_by_spark() else query_rows(
        "select * from " ~ versions ~ (not_yet_in_model(keys) if is_incremental() else "") ~ " order by all"
    )) }}
{% endmacro %}

{# A wave's id as a whole number of 60 bits, the same in every build. #}
{% macro wave_number(wave_id) %}{{ return(local_md5(wave_id)[:15] | int(base=16)) }}{% endmacro %}

{% macro not_yet_in_model(keys) -%}
    {%- set columns = (keys + ['wave_version']) | join(', ') %} where ({{ columns }}) not in (select distinct {{ columns }} from {{ this }})
{%- endmacro %}

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

{# Before an incremental run: a wave that is no longer loaded leaves the model too; Spark's job removes its files. #}
{% macro drop_withdrawn_waves() %}
    {% if is_incremental() and target.type != 'spark' %}
        delete from {{ this }} where wave_id not in (select wave_id from {{ ref('stg_waves') }})
    {% else %}
        select 1
    {% endif %}
{% endmacro %}

{% macro raw_wave(wave_id) %}
    {{ return(api.Relation.create(database=target.database | default(none), schema='raw', identifier='wave_' ~ wave_id)) }}
{% endmacro %}

{# What a model selects when every wave in it is up to date, or counted by Spark. #}
{% macro nothing_to_build() %}
    {% if is_counted_by_spark() %}
        {{ counted_by_spark(['wave_id']) }}
    {% else %}
        {% if execute and not is_incremental() %}
            {{ exceptions.raise_compiler_error("No wave is loaded: deliver one first (vakwerk run FILE).") }}
        {% endif %}
        select * from {{ this }} where false
    {% endif %}
{% endmacro %}

{# What a model of cells selects where the codebook asks nothing of it: no row, with its columns. #}
{% macro no_cells(columns, keys=['wave_id']) %}
    {%- if is_counted_by_spark() and has_counted_by_spark() %}
    {{ counted_by_spark(keys) }}
    {%- elif is_incremental() %}
    select * from {{ this }} where false
    {%- else %}
    select
        {%- for name, type in columns.items() %}
        {{ no_list() if type == 'string[]' else 'null::' ~ type }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    where false
    {%- endif %}
{% endmacro %}
