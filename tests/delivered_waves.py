"""Delivered waves, read person by person with pandas: what the warehouse's figures are held against.

The readings here know the files and the codebook and none of the models. What does not belong here:
formulas, which the tests take from another program or state themselves.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyreadstat

from orchestration.codebook import Codebook, Row
from orchestration.settings import PROJECT

CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")
WAVES = tuple(row["wave_id"] for row in CODEBOOK.table("waves"))


def items_of(wave: str) -> dict[str, str]:
    """The items that a wave asks, each with its theme."""
    themes = {row["item_id"]: row["theme_id"] for row in CODEBOOK.table("items")}
    return {
        row["item_id"]: themes[row["item_id"]]
        for row in CODEBOOK.table("item_versions")
        if row["wave_id"] == wave
    }


@cache
def people(wave: str) -> pd.DataFrame:
    """One row a respondent: groups, scores by item, `weight`, and sizes of stratum and post-stratum.

    `weight` is that of the population by organisation and role, unrounded, and one and the same for
    organisations with few of a role; `n` and `N` count the respondents and the headcount of the stratum.
    """
    delivered = _delivered(wave)
    columns = {"total": pd.Series("all", delivered.index)} | _groups(delivered, wave)
    people = pd.DataFrame(columns | _scores(delivered, wave))
    headcount = pd.Series(
        {
            (row["stratum"], row["role"]): int(row["headcount"])
            for row in _of_wave("population", wave)
        }
    )
    # Who left the role blank stands for the average of the stratum.
    known = people["role"].notna()
    stratum, role = people["stratum"], people["role"].fillna("")
    post_stratum = stratum + "|" + role
    n_post = people.groupby(post_stratum)["total"].transform("size")
    n = people.groupby("stratum")["total"].transform("size")
    population = stratum.map(headcount.groupby(level=0).sum())
    by_role = pd.MultiIndex.from_arrays([stratum, role]).map(headcount.get)
    share_known = known.groupby(stratum).transform("mean")
    weight = np.where(
        known, share_known * np.asarray(by_role, dtype=float) / n_post, population / n
    )
    return _with_shared_weights(
        people.assign(post_stratum=post_stratum, n_post=n_post, n=n, N=population, weight=weight)
    )


def _with_shared_weights(people: pd.DataFrame) -> pd.DataFrame:
    """One weight for organisations with fewer than twice ten of a role, and what is in their ministry."""
    strata = people.groupby("stratum").agg(
        smallest=("n_post", "min"),
        n=("n", "first"),
        N=("N", "first"),
        ministry=("ministry", "first"),
    )
    few = strata["smallest"] < 20
    sharing = strata["ministry"].isin(strata.loc[few, "ministry"])
    if sharing.sum() == 1:
        sharing |= strata["n"] == strata.loc[~sharing, "n"].min()
    shared = strata[sharing]
    is_in = people["stratum"].isin(shared.index)
    weight = people["weight"].mask(is_in, shared["N"].sum() / shared["n"].sum())
    post_stratum = people["post_stratum"].mask(is_in, people["stratum"])
    return people.drop(columns="n_post").assign(weight=weight, post_stratum=post_stratum)


def _delivered(wave: str) -> pd.DataFrame:
    """The file's columns as text; blank where nothing is filled in."""
    (file,) = (PROJECT / "seeds" / "waves").glob(f"vakmanschap_{wave}.*")
    if file.suffix == ".sav":
        table, _ = pyreadstat.read_sav(file, user_missing=True)
    elif file.suffix == ".xlsx":
        table = pd.read_excel(file, engine="calamine")
    else:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    return table.map(lambda cell: "" if pd.isna(cell) else str(cell).removesuffix(".0"))


def _of_wave(table: str, wave: str) -> list[Row]:
    return [row for row in CODEBOOK.table(table) if row["wave_id"] == wave]


def _groups(delivered: pd.DataFrame, wave: str) -> dict[str, pd.Series]:
    codes: dict[str, dict[str, str]] = {}
    for row in _of_wave("attribute_codes", wave):
        codes.setdefault(row["attribute_id"], {})[row["code"]] = row["group_code"]
    return {
        row["attribute_id"]: delivered[row["source_column"]].map(codes.get(row["attribute_id"], {}))
        for row in _of_wave("attribute_columns", wave)
    }


def _scores(delivered: pd.DataFrame, wave: str) -> dict[str, pd.Series]:
    answers: dict[str, dict[str, int]] = {}
    for row in CODEBOOK.table("answer_codes"):
        answers.setdefault(row["code_list"], {})[row["code"]] = int(row["answer"])
    scores = {}
    for row in _of_wave("item_versions", wave):
        answer = delivered[row["source_column"]].map(answers[row["code_list"]])
        score = answer.where(answer > 0)
        ends = [value for value in answers[row["code_list"]].values() if value > 0]
        is_reversed = row["is_reversed"] == "true"
        scores[row["item_id"]] = min(ends) + max(ends) - score if is_reversed else score
    return scores
