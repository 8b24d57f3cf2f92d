"""Counting the answers of a wave with Polars, pandas and NumPy, each at its best and as it usually is.

What belongs here: those ways, from the same typed columns to the same cells (`counting.py` says which). What does
not: the clock.
"""

from __future__ import annotations

from typing import Any

from benchmarks.counting import KEYS, RESPONSES, SUMS, Count, Task

# What is no answer is below zero, and no scale has more than eleven answers.
LOWEST_ANSWER, ANSWERS = -4, 16


def polars_columns(task: Task) -> Count:
    """Polars at its best: a lazy `group_by` an item, collected at once."""
    import polars as pl

    frame = pl.read_parquet(task.folder / RESPONSES, columns=task.columns).lazy()
    figures = _of_polars(task)
    return lambda: pl.concat(
        pl.collect_all(
            [
                frame.group_by(pl.col(profile).alias("profile_id"), pl.col(item).alias("answer"))
                .agg(*figures)
                .with_columns(item_id=pl.lit(item))
                for profile in task.profiles
                for item in task.items
            ]
        )
    )


def polars_unpivot(task: Task) -> Count:
    """Polars as it usually is: `unpivot` and one `group_by`, by the engine that streams."""
    import polars as pl

    frame = pl.read_parquet(task.folder / RESPONSES, columns=task.columns).lazy()
    (profile,) = task.profiles
    kept = [column for column in task.columns if column not in task.items]
    return lambda: (
        frame.unpivot(task.items, index=kept, variable_name="item_id", value_name="answer")
        .group_by("item_id", pl.col(profile).alias("profile_id"), "answer")
        .agg(*_of_polars(task))
        .collect(engine="streaming")
    )


def pandas_columns(task: Task) -> Count:
    """pandas column by column: a `groupby` an item."""
    import pandas as pd

    frame = pd.read_parquet(task.folder / RESPONSES, columns=task.columns)

    def count() -> Any:
        found = {}
        for profile in task.profiles:
            for item in task.items:
                groups = frame.groupby([profile, item], sort=False)
                cells = _of_pandas(groups, task)
                found[item, profile] = cells.rename_axis(["profile_id", "answer"]).reset_index()
        return pd.concat(found, names=["item_id", "profile"]).reset_index(["item_id"])

    return count


def pandas_key(task: Task) -> Count:
    """pandas with profile and answer made one whole number by hand."""
    import pandas as pd

    frame = pd.read_parquet(task.folder / RESPONSES, columns=task.columns)

    def count() -> Any:
        found = {}
        for profile in task.profiles:
            base = frame[profile] * ANSWERS - LOWEST_ANSWER
            for item in task.items:
                key = base + frame[item]
                if task.has_weights:
                    cells = _of_pandas(frame.groupby(key.to_numpy(), sort=False), task)
                else:
                    cells = key.value_counts(sort=False).to_frame("respondents")
                found[item, profile] = cells.rename_axis("key").reset_index()
        return _with_keys(pd.concat(found, names=["item_id", "profile"]).reset_index(["item_id"]))

    return count


def pandas_melt(task: Task) -> Count:
    """pandas as it usually is: `melt` and one `groupby`."""
    import pandas as pd

    frame = pd.read_parquet(task.folder / RESPONSES, columns=task.columns)
    (profile,) = task.profiles
    kept = [column for column in task.columns if column not in task.items]

    def count() -> Any:
        long = frame.melt(kept, list(task.items), var_name="item_id", value_name="answer")
        cells = _of_pandas(long.groupby(["item_id", profile, "answer"], sort=False), task)
        return cells.rename_axis(KEYS).reset_index()

    return count


def numpy_columns(task: Task) -> Count:
    """NumPy's `bincount` of a whole number an item; its sums of weights are doubles."""
    import numpy as np
    import pandas as pd

    frame = pd.read_parquet(task.folder / RESPONSES, columns=task.columns)
    columns = {name: frame[name].to_numpy() for name in task.columns}
    del frame

    def count() -> Any:
        found = []
        for profile in task.profiles:
            base = columns[profile] * ANSWERS - LOWEST_ANSWER
            for item in task.items:
                key = base + columns[item]
                respondents = np.bincount(key)
                (cells,) = respondents.nonzero()
                figures = {"respondents": respondents[cells]}
                if task.has_weights:
                    for name, column in SUMS.items():
                        figures[name] = np.bincount(key, columns[column])[cells]
                found.append(pd.DataFrame({"item_id": item, "key": cells} | figures))
        return _with_keys(pd.concat(found, ignore_index=True))

    return count


def _of_polars(task: Task) -> list[Any]:
    import polars as pl

    sums = [pl.col(column).sum().alias(name) for name, column in SUMS.items()]
    return [pl.len().alias("respondents"), *(sums if task.has_weights else [])]


def _of_pandas(groups: Any, task: Task) -> Any:
    if not task.has_weights:
        return groups.size().to_frame("respondents")
    return groups.agg(
        respondents=("weight", "size"), **{name: (column, "sum") for name, column in SUMS.items()}
    )


def _with_keys(cells: Any) -> Any:
    """The cells with the profile and the answer that their key was made of."""
    return cells.assign(
        profile_id=cells["key"] // ANSWERS, answer=cells["key"] % ANSWERS + LOWEST_ANSWER
    )
