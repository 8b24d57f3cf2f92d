"""What an analyst's copy holds, whom it leads back to (nobody), and what is noted of it."""

from __future__ import annotations

import json
import os
import pwd
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.conftest import Warehouse
from tests.acceptance.small_waves import WHO

pytestmark = pytest.mark.slow

# Everything that there is of a respondent, in an order that tells nothing of who they are.
ANSWERS = """
    with answered as (
        select
            wave_id, {key},
            list({{'item': item_id, 'answer': answer, 'meaning': meaning, 'score': score, 'good': is_favourable}}
                order by item_id) as answers
        from {answers}
        group by all
    )
    select * exclude ({key}) from {respondents} inner join answered using (wave_id, {key}) order by all
"""


@pytest.fixture(scope="module")
def warehouse(small: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of which one copy lies in its home, and one in a folder that was named."""
    warehouse = small.copy(tmp_path_factory.mktemp("copied"))
    before = os.umask(0)
    try:
        for arguments in ((), (warehouse.home.parent / "for analysis" / "of 'anna'",)):
            done = warehouse.vakwerk("analyst-copy", *arguments)
            assert done.returncode == 0, done.stderr
            assert "80 respondents" not in done.stderr
    finally:
        os.umask(before)
    return warehouse


def copies(warehouse: Warehouse) -> list[Path]:
    return sorted(warehouse.home.parent.rglob("answers.duckdb"))


def log(warehouse: Warehouse) -> list[dict[str, object]]:
    lines = (warehouse.home / "analysis" / "copies.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_copy_has_every_respondent_and_answer_as_harmonised(warehouse: Warehouse) -> None:
    weighted = """(
        select respondents.* replace (weight / weight_scale as weight)
        from staging.stg_respondents as respondents
        inner join staging.stg_weight_scales using (wave_id)
    )"""
    staged = ANSWERS.format(
        key="respondent_key", respondents=weighted, answers="staging.stg_answers"
    )
    with warehouse.built() as connection:
        expected = connection.execute(staged).fetchall()
    assert len(expected) == 138
    for path in copies(warehouse):
        with duckdb.connect(path, read_only=True) as copy:
            query = ANSWERS.format(key="respondent", respondents="respondents", answers="answers")
            assert copy.execute(query).fetchall() == expected
            assert copy.execute("from waves").fetchall() == [
                ("2022", 1, 58, True),
                ("2024", 1, 80, True),
            ]


def test_a_copy_leads_back_to_nobody(warehouse: Warehouse) -> None:
    with warehouse.built() as connection:
        keys = connection.execute("select respondent_key from staging.stg_respondents").fetchall()
        delivered = connection.execute("select rowid, * from raw.wave_2022 order by 1").fetchall()
    numbers = []
    for path in copies(warehouse):
        content = path.read_bytes()
        assert WHO.encode() not in content
        assert not [
            key for (key,) in keys if key.encode() in content or bytes.fromhex(key) in content
        ]
        with duckdb.connect(path, read_only=True) as copy:
            columns = copy.execute(
                "select distinct column_name from duckdb_columns() where not internal"
            )
            assert "respondent_key" not in {row[0] for row in columns.fetchall()}
            numbers.append(
                copy.execute("select respondent, weight, role from respondents").fetchall()
            )
    first, second = numbers
    # The rows stand in the order of their numbers, which is another one in each copy.
    assert [row[0] for row in first] == [row[0] for row in second] == list(range(1, 139))
    assert [row[1:] for row in first] != [row[1:] for row in second]
    assert len(delivered) == 58


def test_a_copy_is_its_owners_alone_whatever_the_umask(warehouse: Warehouse) -> None:
    inside, outside = copies(warehouse)
    if not inside.is_relative_to(warehouse.home):
        inside, outside = outside, inside
    assert inside.parent.parent == warehouse.home / "analysis"
    assert outside.parent.parent == warehouse.home.parent / "for analysis" / "of 'anna'"
    private = [inside, outside, warehouse.home / "analysis" / "copies.jsonl"]
    assert [oct(path.stat().st_mode & 0o777) for path in private] == ["0o600"] * 3
    folders = [inside.parent, outside.parent, warehouse.home / "analysis"]
    assert [oct(path.stat().st_mode & 0o777) for path in folders] == ["0o700"] * 3
    assert not list(warehouse.home.rglob(".copying_*"))


def test_every_copy_is_noted_with_who_when_what_and_where(warehouse: Warehouse) -> None:
    noted = log(warehouse)
    assert {str(line["path"]) for line in noted} == {str(path) for path in copies(warehouse)}
    for line in noted:
        assert line["user"] == pwd.getpwuid(os.getuid()).pw_name
        assert str(line["made_at"]).endswith("+00:00")
        assert line["waves"] == {"2022": 1, "2024": 1}
        assert (line["respondents"], line["answers"]) == (138, 138 * 3)
        content = Path(str(line["path"])).read_bytes()
        assert line["sha256"] == sha256(content).hexdigest()


def test_a_copy_that_cannot_be_written_leaves_nothing_and_is_not_noted(
    warehouse: Warehouse,
) -> None:
    file = warehouse.home.parent / "a file"
    file.touch()
    before = log(warehouse)
    done = warehouse.vakwerk("analyst-copy", file / "below")

    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert log(warehouse) == before
    assert len(copies(warehouse)) == 2
