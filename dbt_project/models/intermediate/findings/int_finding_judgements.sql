{{ config(materialized="view") }}

{% for model in ['int_finding_every', 'int_finding_most', 'int_finding_agreement', 'int_finding_explanation'] -%}
select wave_id, finding_id, is_shown, is_opposite from {{ ref(model) }}
{{ "union all" if not loop.last }}
{% endfor %}
