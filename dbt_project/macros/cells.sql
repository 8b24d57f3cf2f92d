{#
  The count itself: one grouped select that counts every cube at once. A profile's number is unique
  over the cubes of a wave, so the one that is not NULL says which cube a cell belongs to.
  `keys` are expressions with their names, as pairs.
#}
{% macro count_cells(wave, from_clause, keys, subject) %}
    {%- set profiles = [] -%}
    {%- for cube in cubes() %}{% do profiles.append(profile_column(cube)) %}{% endfor -%}
    select
        '{{ wave.wave_id }}' as wave_id,
        '{{ wave.wave_version }}' as wave_version,
        '{{ invocation_id }}' as counted_by,
        {{ subject }},
        coalesce({{ profiles | join(', ') }}) as profile_id,
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        count(*)::bigint as respondents,
        {{ whole_weight_sums() }}
    from {{ from_clause }}
    group by grouping sets (
        {%- for profile in profiles %}({{ ([profile] + keys) | join(', ') }}){{ ", " if not loop.last }}{% endfor -%}
    )
{% endmacro %}
