select
    organisation_code,
    abbreviation,
    name_nl,
    name_en,
    kind,
    parent_code,
    valid_from,
    valid_to,
    valid_to is null as is_current,
from {{ ref('organisations') }}
