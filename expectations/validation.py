"""Great Expectations at work: expectations go in as plain data and come back as findings.

What belongs here: what GX wants to be asked and how it answers. What does not: checks, of which an
expectation is a part. Importing this module imports Great Expectations: do so only where a suite is
run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from great_expectations import ExpectationSuite
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from great_expectations.expectations.expectation import Expectation as GXExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from expectations.data_source import DuckDBDatasource, opened
from expectations.declarations import Expectation
from expectations.results import SAMPLE_ROWS, Finding, plain

# GX keeps 200 failing values or rows of an expectation: enough to show which values they are.
RESULT_FORMAT = {"result_format": "COMPLETE", "partial_unexpected_count": 200}

# What SQLAlchemy takes for a parameter in the text of a query.
PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")

# One alias for the checked table, and brackets around what would else end in a comment.
QUERY = "with batch as not materialized (select * from {{batch}}) select * from (\n{query}\n)"


def validate(
    database: Path, schema: str, expectations: Mapping[str, Sequence[Expectation]]
) -> dict[str, list[Finding]]:
    """Findings for the expectations of each table of a schema, in their order.

    A table that cannot be read gives an error for each of its expectations, a file that cannot be
    opened one for all.
    """
    try:
        with opened(database, schema) as source:
            return {table: _on_table(source, table, e) for table, e in expectations.items()}
    except Exception as error:
        reason = f"{database} cannot be read: {error}"
        return {table: _unable(reason, e) for table, e in expectations.items()}


def _on_table(
    source: DuckDBDatasource, table: str, expectations: Sequence[Expectation]
) -> list[Finding]:
    try:
        asset = source.add_table_asset(table)
    except TestConnectionError:
        return _unable(f"There is no table {source.schema_}.{table}.", expectations)
    try:
        batch = asset.add_batch_definition_whole_table("whole table").get_batch()
        suite = ExpectationSuite(
            name=table, expectations=list(map(_configured, expectations, count()))
        )
        answers: list[Any] = batch.validate(suite, result_format=RESULT_FORMAT).results
    except Exception as error:
        return _unable(f"{source.schema_}.{table} cannot be checked: {error}", expectations)
    # GX answers in an order of its own.
    findings = {answer.expectation_config.meta["position"]: _finding(answer) for answer in answers}
    silence = Finding("table", error="Great Expectations gave no answer.")
    return [findings.get(position, silence) for position in range(len(expectations))]


def _unable(reason: str, expectations: Sequence[Expectation]) -> list[Finding]:
    return [Finding("table", error=reason) for _ in expectations]


def _configured(expectation: Expectation, position: int) -> GXExpectation:
    arguments = dict(expectation.arguments)
    if "unexpected_rows_query" in arguments:
        query = str(arguments["unexpected_rows_query"]).replace("{", "{{").replace("}", "}}")
        arguments["unexpected_rows_query"] = QUERY.format(query=PARAMETER.sub(r"\:", query))
    return ExpectationConfiguration(
        type=expectation.type, kwargs=arguments, meta={"position": position}
    ).to_domain_obj()


def _finding(answer: Any) -> Finding:
    """A finding from GX's `ExpectationValidationResult`."""
    arguments: Mapping[str, Any] = answer.expectation_config.kwargs
    subject = str(arguments.get("column", "rows"))
    if errors := _errors(answer.exception_info):
        return Finding(subject, error=errors)
    if answer.success:
        return Finding(subject)
    found: Mapping[str, Any] = answer.result
    details: Mapping[str, Any] = found.get("details") or {}
    if "unexpected_count" in found:
        values = Counter(map(plain, found["partial_unexpected_list"])).most_common(SAMPLE_ROWS)
        sample = tuple({subject: value} for value, _ in values)
        return Finding(subject, found["unexpected_count"], sample)
    if "unexpected_rows" in details:
        rows = [
            {name: plain(value) for name, value in row.items()}
            for row in details["unexpected_rows"]
        ]
        different = [row for place, row in enumerate(rows) if row not in rows[:place]]
        return Finding(subject, found["observed_value"], tuple(different[:SAMPLE_ROWS]))
    if missing := details.get("mismatched", {}).get("missing"):
        return Finding("columns", len(missing), tuple({"missing_column": name} for name in missing))
    return Finding(subject, 1, ({"observed": plain(found.get("observed_value"))},))


def _errors(information: Mapping[str, Any]) -> str:
    """What GX could not compute: its record of one exception, or of one for each metric."""
    records = [information] if "raised_exception" in information else information.values()
    messages = (record["exception_message"] for record in records if record["raised_exception"])
    return "; ".join(dict.fromkeys(str(message).strip() for message in messages))
