{#
  The count itself: one grouped select that counts cubes at once, all unless some are given. A profile's
  number is unique over the cubes of a wave, so the one that is not NULL says which cube a cell belongs to.
  `keys` are columns; `subject` is what a cell is of, read from `subject_columns` unless it is the same
  for all; `weight_sums` are those of the wave (`counted_weight_sums`); `is_told` is whether cells tell by
  which build they were counted.
#}
{% macro count_cells(wave, from_clause, keys, subject, weight_sums, subject_columns=[], is_told=true, counted_cubes=none) %}
    {%- set profiles = [] -%}
    {%- for cube in counted_cubes or cubes() %}{% do profiles.append(profile_column(cube)) %}{% endfor -%}
    select
        '{{ wave.wave_id }}' as wave_id,
        '{{ wave.wave_version }}' as wave_version,
        {%- if is_told %}
        '{{ invocation_id }}' as counted_by,
        {%- endif %}
        {{ subject }},
        coalesce({{ profiles | join(', ') }}) as profile_id,
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        count(*)::bigint as respondents,
        {{ weight_sums }}
    from {{ from_clause }}
    group by grouping sets (
        {%- for profile in profiles %}({{ ([profile] + keys + subject_columns) | join(', ') }}){{ ", " if not loop.last }}{% endfor -%}
    )
{% endmacro %}
