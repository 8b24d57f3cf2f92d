"""A synthetic wave as its sender would deliver it: the wave's own columns and codes.

What belongs here: turning harmonised values back through the crosswalk. What does not: files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.codebook import Codebook, Column, Row
from orchestration.simulation.parameters import SimulationError
from orchestration.simulation.wave import SimulatedWave


@dataclass(frozen=True)
class DeliveredColumn:
    """One column: its text (null where blank), its question, and what its codes mean.

    `labels` has the label of each code; `missing` are the codes that are no answers.
    """

    values: pa.Array
    question: str
    labels: Mapping[str, str]
    missing: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether a format that has numbers would hold the codes as such."""
        return bool(self.labels) and all(code.isdecimal() for code in self.labels)


def deliver(codebook: Codebook, wave: SimulatedWave, marker: str) -> dict[str, DeliveredColumn]:
    """The columns of a wave's delivery by name; `marker` fills those that stay in raw.

    Raises SimulationError where the wave has a column that the simulator cannot fill.
    """
    versions = {row["source_column"]: row for row in _rows(codebook, "item_versions", wave)}
    return {
        name: _item(codebook, versions[name], wave.answers[column.item_id])
        if column.item_id
        else _attribute(codebook, column, wave, marker)
        for name, column in codebook.columns(wave.wave_id).items()
    }


def _item(codebook: Codebook, version: Row, answers: npt.NDArray[np.int8]) -> DeliveredColumn:
    """An item's column; a reply that the wave has no code for is left blank."""
    codes = [
        row for row in codebook.table("answer_codes") if row["code_list"] == version["code_list"]
    ]
    scale = {
        int(row["answer"]): row
        for row in codebook.table("scales")
        if row["scale_id"] == codes[0]["scale_id"]
    }
    steps = [value for value, row in scale.items() if row["meaning"] == "answer"]
    values = {row["code"]: int(row["answer"]) for row in codes}
    if version["is_reversed"] == "true":
        values = {
            code: min(steps) + max(steps) - value if value in steps else value
            for code, value in values.items()
        }
    # By the value's byte, so that values below 0 count from the end.
    place = np.full(256, -1, dtype=np.int8)
    place[list(values.values())] = np.arange(len(values))
    return DeliveredColumn(
        values=_coded(list(values), place[answers.view(np.uint8)]),
        question=version["wording"],
        labels={code: scale[value]["label_nl"] for code, value in values.items()},
        missing=tuple(code for code, value in values.items() if value not in steps),
    )


def _attribute(
    codebook: Codebook, column: Column, wave: SimulatedWave, marker: str
) -> DeliveredColumn:
    """The column of an attribute, or of several that share it: the one that was drawn decides."""
    drawn = [attribute for attribute in column.attribute_ids if attribute in wave.groups]
    attribute = (drawn or list(column.attribute_ids))[0]
    question = next(
        row["label_nl"] for row in codebook.table("attributes") if row["attribute_id"] == attribute
    )
    if drawn:
        groups = wave.groups[attribute]
        code_of = {
            row["group_code"]: row["code"]
            for row in _rows(codebook, "attribute_codes", wave)
            if row["attribute_id"] == attribute
        }
        label_of = {
            row["group_code"]: row["label_nl"]
            for row in codebook.table("groups")
            if row["attribute_id"] in column.attribute_ids
        }
        # A stratum without codes is delivered as it is.
        codes = [code_of.get(group, group) for group in groups.codes]
        labels = [label_of.get(group, group) for group in groups.codes]
        return DeliveredColumn(
            _coded(codes, groups.index), question, dict(zip(codes, labels, strict=True))
        )
    if "respondent" in column.kinds:
        return DeliveredColumn(_respondent_ids(wave), question, {})
    if "raw_only" in column.kinds:
        return DeliveredColumn(pa.repeat(marker, wave.respondents), question, {})
    raise SimulationError(
        f"Column {column.name!r} of wave {wave.wave_id} holds {', '.join(column.attribute_ids)}, "
        "which is not drawn: add it to background.csv and shares.csv."
    )


def _coded(codes: Sequence[str], place: npt.NDArray[np.int8]) -> pa.Array:
    """The text of each respondent by its place in `codes`; null where the place is below 0."""
    return pa.DictionaryArray.from_arrays(
        pa.array(place, mask=place < 0), pa.array(codes, type=pa.string())
    )


def _respondent_ids(wave: SimulatedWave) -> pa.Array:
    """Ids of this wave alone: who answers two waves is not known by them."""
    numbers = pc.utf8_lpad(pa.array(range(1, wave.respondents + 1)).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(wave.wave_id, numbers, "-")


def _rows(codebook: Codebook, table: str, wave: SimulatedWave) -> list[Row]:
    return [row for row in codebook.table(table) if row["wave_id"] == wave.wave_id]
