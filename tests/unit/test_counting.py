"""What a run says of its own counting: the waves whose cells are of another build than before."""

from __future__ import annotations

import duckdb

from orchestration.counting import Recount, counts, recounts


def test_the_cells_say_which_build_counted_them() -> None:
    with duckdb.connect() as connection:
        assert counts(connection) == {}
        connection.execute(
            """
            create schema intermediate;
            create table intermediate.answer_cells as
            select unnest(['2022', '2022', '2024']) as wave_id, unnest(['b', 'b', 'a']) as counted_by;
            create table intermediate.other as select '2022' as wave_id;
            """
        )
        assert counts(connection) == {
            ("answer_cells", "2022", "b"): 2,
            ("answer_cells", "2024", "a"): 1,
        }


def test_only_waves_with_cells_of_another_build_were_counted_again() -> None:
    before = {("answer_cells", "2022", "a"): 5, ("answer_cells", "2024", "a"): 7}
    after = {
        ("answer_cells", "2022", "b"): 1000,
        ("theme_cells", "2022", "b"): 234,
        ("answer_cells", "2024", "a"): 7,
        ("answer_cells", "2026", "b"): 3,
    }
    assert recounts(before, after) == (Recount("2022", 2, 1234), Recount("2026", 1, 3))
    assert str(recounts(before, after)[0]) == "wave 2022 (2 tables, 1,234 cells)"
    assert recounts(after, after) == ()
