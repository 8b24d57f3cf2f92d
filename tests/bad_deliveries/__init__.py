"""Bad deliveries: good ones with a fault, each with the problems that it must be told, word for word.

A module a theme; what each has in `CASES` is in `CASES` here, and `test_bad_input` runs every one. What
belongs here: the deliveries. What does not: running them.
"""

from __future__ import annotations

from tests.bad_deliveries import (
    columnar,
    columns,
    disagreeing,
    encodings,
    gzipped,
    headers,
    manifests,
    names,
    rows,
    several,
    statistical,
    values,
    workbooks,
    zipped,
)

CASES = (
    *encodings.CASES,
    *headers.CASES,
    *rows.CASES,
    *columns.CASES,
    *values.CASES,
    *workbooks.CASES,
    *statistical.CASES,
    *columnar.CASES,
    *gzipped.CASES,
    *zipped.CASES,
    *manifests.CASES,
    *disagreeing.CASES,
    *names.CASES,
    *several.CASES,
)
