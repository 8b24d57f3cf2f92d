{# Schemas have plain names: `marts`, not `<target>_marts`; targets differ by file, not by schema. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
