{#
  What Spark counted, as DuckDB takes it over. `vakwerk` names the folder in VAKWERK_COUNTED when Spark
  does the models that read all respondents (docs/spark.md); without it, DuckDB does them itself.
#}

{% macro is_counted_by_spark() %}
    {{ return(
        target.type == 'duckdb' and env_var('VAKWERK_COUNTED', '') != ''
        and (model.name == 'stg_responses' or 'cells' in model.fqn)
    ) }}
{% endmacro %}

{% macro parquet_of_model() -%}
    {{ literal(env_var('VAKWERK_COUNTED') ~ '/' ~ this.schema ~ '.db/' ~ this.identifier ~ '/**/*.parquet') }}
{%- endmacro %}

{# Whether there is a row of the model: without one, Spark writes no file. #}
{% macro has_counted_by_spark() %}
    {{ return(query_rows("select * from glob(" ~ parquet_of_model() ~ ") limit 1") | length > 0) }}
{% endmacro %}

{# The rows of the model of which DuckDB has no such version yet; waves are folders. #}
{% macro counted_by_spark(keys) -%}
    select *
    from read_parquet(
        {{ parquet_of_model() }},
        union_by_name = true, hive_partitioning = true, hive_types = { {%- for key in keys %}'{{ key }}': varchar{{ ", " if not loop.last }}{% endfor -%} }
    )
    {{- not_yet_in_model(keys) if is_incremental() }}
{%- endmacro %}
