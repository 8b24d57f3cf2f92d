"""Driver models: a linear model of a theme score with all background attributes at once.

What belongs here: which groups are terms of the model of a wave and theme, which is the reference, and
what there is to say of those that are left out. What does not: the count (`driver_cells`), the model
itself (`survey_regression`), and adjusted p values and suppression, which SQL does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.statistics.survey_regression import SurveyRegression, independent

Array = npt.NDArray[np.float64]

NOT_ASKED = "not asked in this wave"
ONE_GROUP = "everybody in the model is in one group"
COLLINEAR = "follows from the terms before it"
OTHER_REFERENCE = "the reference of the codebook is too small; the largest group takes its place"


def _columns(
    texts: Sequence[str], counts: Sequence[str], figures: Sequence[str]
) -> dict[str, pa.DataType]:
    kinds = ((texts, pa.string()), (counts, pa.int64()), (figures, pa.float64()))
    return {name: kind for names, kind in kinds for name in names}


ATTRIBUTE_COLUMNS = _columns(
    texts=("attribute_id", "reference_group", "note"),
    counts=("terms", "numerator_degrees_of_freedom"),
    figures=("wald_f", "p_value", "inflation"),
)
COEFFICIENT_COLUMNS = _columns(
    texts=("attribute_id", "group_code", "reference_group", "note"),
    counts=("respondents", "reference_respondents"),
    figures=("coefficient", "standard_error", "t", "p_value", "ci_low", "ci_high"),
)
MODEL_COLUMNS = _columns(
    texts=("wave_id", "wave_version", "theme_id"),
    counts=("respondents", "degrees_of_freedom"),
    figures=("intercept", "intercept_se", "r_squared", "condition_number"),
)
RESULT = pa.schema(
    MODEL_COLUMNS
    | {
        "attributes": pa.list_(pa.struct(ATTRIBUTE_COLUMNS)),
        "coefficients": pa.list_(pa.struct(COEFFICIENT_COLUMNS)),
    }
)


@dataclass(frozen=True)
class Attribute:
    """An attribute of the models: its groups in the codebook's order, and the one to compare with."""

    attribute_id: str
    reference_group: str
    groups: Sequence[str]


@dataclass
class Term:
    """A group that is compared with its attribute's reference.

    `place` is its column in the model; 0, that of the intercept, where it is left out.
    """

    attribute_id: str
    reference_group: str
    group_code: str
    respondents: int
    reference_respondents: int
    column: Array
    place: int = 0


def driver_models(
    cells: pa.Table,
    attributes: Sequence[Attribute],
    minimum: int,
    versions: Mapping[str, str],
) -> pa.Table:
    """A row for each wave and theme of the cells: the model, its attributes and its coefficients.

    `cells` are those of `int_driver_cells`, their group codes in the order of the attributes. A group
    under the minimum stays in the model and out of the joint tests, and is no reference. `versions`
    are those of the waves, by wave.
    """
    keys = sorted(
        set(zip(*(cells[key].to_pylist() for key in ("wave_id", "theme_id")), strict=True))
    )
    return pa.Table.from_pylist(
        [
            {"wave_id": wave_id, "wave_version": versions[wave_id], "theme_id": theme_id}
            | _model(
                cells.filter((pc.field("wave_id") == wave_id) & (pc.field("theme_id") == theme_id)),
                attributes,
                minimum,
            )
            for wave_id, theme_id in keys
        ],
        schema=RESULT,
    )


def _model(cells: pa.Table, attributes: Sequence[Attribute], minimum: int) -> dict[str, Any]:
    codes = {
        attribute.attribute_id: pc.list_element(cells["group_codes"], place)
        for place, attribute in enumerate(attributes)
    }
    asked = {name: column for name, column in codes.items() if column.null_count < len(cells)}
    complete = np.all(
        [np.ones(len(cells), bool), *(_array(pc.is_valid(column)) for column in asked.values())],
        axis=0,
    )
    cells = cells.filter(pa.array(complete))
    sums = {name: _array(cells[name]) for name in cells.column_names if name != "group_codes"}
    people = sums["respondents"]

    notes: dict[str, str] = {}
    terms: list[Term] = []
    for attribute in attributes:
        name = attribute.attribute_id
        if name not in asked:
            notes[name] = NOT_ASKED
            continue
        found, note = _terms(attribute, _array(codes[name])[complete], people, minimum)
        terms += found
        if note:
            notes[name] = note

    design = np.column_stack([np.ones(len(people)), *(term.column for term in terms)])
    kept = independent(design * np.sqrt(sums["weight_sum"])[:, None])
    for place, column in enumerate(kept[1:], start=1):
        terms[column - 1].place = place
    strata = len(set(sums["stratum"]))
    freedom = int(people.sum()) - strata + 1 - len(kept)
    model = {"respondents": int(people.sum()), "degrees_of_freedom": freedom}
    if freedom < 1 or not kept:
        return model
    regression = SurveyRegression(design[:, kept], sums, freedom)
    # Without other attributes the intercept is the mean of the reference group.
    is_told = all(term.reference_respondents >= minimum for term in terms)
    intercept = regression.coefficient(0) if is_told else {}
    return model | {
        "intercept": intercept.get("coefficient"),
        "intercept_se": intercept.get("standard_error"),
        "r_squared": regression.r_squared,
        "condition_number": regression.condition_number,
        "attributes": [
            _attribute_row(
                attribute.attribute_id,
                notes.get(attribute.attribute_id),
                [term for term in terms if term.attribute_id == attribute.attribute_id],
                regression,
                minimum,
            )
            for attribute in attributes
        ],
        "coefficients": [_coefficient_row(term, regression) for term in terms],
    }


def _terms(
    attribute: Attribute, codes: npt.NDArray[np.object_], people: Array, minimum: int
) -> tuple[list[Term], str | None]:
    """The groups to compare with the reference, in the codebook's order, and what there is to say."""
    members = {group: codes == group for group in attribute.groups}
    sizes = {group: int(people[own].sum()) for group, own in members.items() if own.any()}
    if len(sizes) < 2:
        return [], ONE_GROUP
    reference = attribute.reference_group
    is_too_small = sizes.get(reference, 0) < minimum
    if is_too_small:
        reference = max(sizes, key=sizes.__getitem__)
    terms = [
        Term(
            attribute.attribute_id,
            reference,
            group,
            size,
            sizes[reference],
            members[group].astype(float),
        )
        for group, size in sizes.items()
        if group != reference
    ]
    return terms, OTHER_REFERENCE if is_too_small else None


def _attribute_row(
    attribute_id: str,
    note: str | None,
    terms: list[Term],
    regression: SurveyRegression,
    minimum: int,
) -> dict[str, Any]:
    kept = [term for term in terms if term.place]
    row: dict[str, Any] = {
        "attribute_id": attribute_id,
        "reference_group": terms[0].reference_group if terms else None,
        "terms": len(kept),
        "note": COLLINEAR if terms and not kept else note,
    }
    if kept:
        row["inflation"] = regression.inflation([term.place for term in kept])
        row |= regression.joint_test([term.place for term in kept if term.respondents >= minimum])
    return row


def _coefficient_row(term: Term, regression: SurveyRegression) -> dict[str, Any]:
    row = {
        "attribute_id": term.attribute_id,
        "reference_group": term.reference_group,
        "group_code": term.group_code,
        "respondents": term.respondents,
        "reference_respondents": term.reference_respondents,
    }
    if not term.place:
        return row | {"note": COLLINEAR}
    return row | regression.coefficient(term.place)


def _array(column: pa.ChunkedArray) -> Any:
    return column.to_numpy(zero_copy_only=False)
