"""R's reference sample as a survey of its own: one wave for each sampling design and way of weighting.

The same 400 answers are delivered again and again. What differs between the waves is in the codebook:
whether the weight is read, whether the stratum is, and what is known of the population. One wave has
a file of its own: `scaled`, whose weights are larger.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT

GOLDEN = PROJECT.parent / "shared" / "golden"
SKIP_REASON = "the reference sample ../shared/golden is not on this machine"

DESIGNS = ("unweighted", "weights_only", "stratified", "stratified_fpc")
VARIANTS = ("raked", "raked_within_bounds", "scaled")
WAVES = (*DESIGNS, *VARIANTS)
WEIGHT_FACTOR = 7.5
ITEMS = ("q1", "q2", "q3", "q4")
ROLES = ("LG", "MW")
DOMAINS = ("bedrijfsvoering", "beleid", "toezicht", "uitvoering")
POPULATION = {"A": 120, "B": 900, "C": 5200, "D": 28000}
MARGINS = {
    "role": {"LG": 9000, "MW": 25220},
    "domain": {"bedrijfsvoering": 8000, "beleid": 6000, "toezicht": 5220, "uitvoering": 15000},
}
BOUNDS = (0.41, 2.6)


def reference() -> dict[str, Any]:
    """R's figures, as `reference.R` wrote them."""
    figures: dict[str, Any] = json.loads((GOLDEN / "r_survey_reference.json").read_text())
    return figures


def write_golden_survey(folder: Path) -> Path:
    """Write the survey definition and its deliveries below `folder`; gives the survey's folder."""
    codebook = folder / "codebook"
    codebook.mkdir(parents=True)
    for name, (header, rows) in _tables().items():
        _write(codebook / f"{name}.csv", header.split(","), rows)
    waves = folder / "waves"
    waves.mkdir()
    sample = GOLDEN / "stratified_sample.csv"
    for wave in WAVES:
        shutil.copy(sample, waves / f"golden_{wave}.csv")
    with sample.open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    for person in people:
        person["weight"] = repr(float(person["weight"]) * WEIGHT_FACTOR)
    _write(waves / "golden_scaled.csv", list(people[0]), ([*person.values()] for person in people))
    return folder


def _tables() -> dict[str, tuple[str, list[Sequence[object]]]]:
    used = {
        "unweighted": set(),
        "weights_only": {"weight"},
        "stratified": {"weight", "stratum"},
        "stratified_fpc": {"weight", "stratum"},
        "raked": set(),
        "raked_within_bounds": set(),
        "scaled": {"weight", "stratum"},
    }
    columns = [
        (
            design,
            attribute
            if attribute not in ("weight", "stratum") or attribute in used[design]
            else f"{attribute}_unused",
            attribute,
        )
        for design in WAVES
        for attribute in (
            "respondent_id",
            "stratum",
            "weight",
            "role",
            "domain",
            "population",
            "sample",
        )
    ]
    groups = {"role": ROLES, "domain": DOMAINS}
    return {
        "survey": (
            "survey_id,label_nl,label_en,minimum_group_size,hold_corrections,description",
            [("golden", "Referentie", "Reference", 10, "false", "R's sample")],
        ),
        "waves": (
            "wave_id,label_nl,label_en,fieldwork_start,fieldwork_end,previous_wave_id,invited,is_synthetic,file_pattern,source",
            [
                (d, d, d, "2022-06-01", "2022-07-01", "", "", "true", f"golden_{d}.csv", "made up")
                for d in WAVES
            ],
        ),
        "themes": (
            "theme_id,theme_name,label_nl,label_en,position,relation_side",
            [("t", "theme", "Thema", "Theme", 1, "")],
        ),
        "items": (
            "item_id,theme_id,label_nl,label_en,valence,in_study,basis,position",
            [(item, "t", item, item, "", "", "", n) for n, item in enumerate(ITEMS)],
        ),
        "scales": (
            "scale_id,answer,meaning,label_nl,label_en,is_favourable",
            [("five", -1, "not_answered", "", "", "")]
            + [("five", a, "answer", a, a, str(a >= 4).lower()) for a in range(1, 6)],
        ),
        "answer_codes": (
            "code_list,code,scale_id,answer",
            [("five", a, "five", a) for a in range(1, 6)],
        ),
        "item_versions": (
            "wave_id,source_column,item_id,code_list,is_reversed,wording,comparability,comparability_note",
            [(d, item, item, "five", "false", item, "new", "") for d in WAVES for item in ITEMS],
        ),
        "attributes": (
            "attribute_id,kind,label_nl,label_en",
            [
                ("respondent_id", "respondent", "", ""),
                ("stratum", "stratum", "", ""),
                ("weight", "weight", "", ""),
                ("role", "group", "Rol", "Role"),
                ("domain", "group", "Domein", "Domain"),
                *(
                    (name, "raw_only", "", "")
                    for name in ("population", "sample", "stratum_unused", "weight_unused")
                ),
            ],
        ),
        "groups": (
            "attribute_id,group_code,position,label_nl,label_en",
            [
                (a, code, n, code, code)
                for a, codes in groups.items()
                for n, code in enumerate(codes)
            ],
        ),
        "attribute_columns": ("wave_id,attribute_id,source_column", list(columns)),
        "attribute_codes": (
            "wave_id,attribute_id,code,group_code",
            [(d, a, code, code) for d in WAVES for a, codes in groups.items() for code in codes],
        ),
        "breakdowns": (
            "breakdown,attribute_1,attribute_2,cube,compare_pairs,position,label_nl,label_en",
            [
                ("total", "", "", "main", "false", 1, "Totaal", "Total"),
                ("role", "role", "", "main", "true", 2, "Rol", "Role"),
                ("domain", "domain", "", "domain", "true", 3, "Domein", "Domain"),
            ],
        ),
        "driver_terms": (
            "attribute_id,position,reference_group",
            [("role", 1, "MW"), ("domain", 2, "beleid")],
        ),
        "organisations": (
            "organisation_code,abbreviation,name_nl,name_en,kind,parent_code,valid_from,valid_to",
            [],
        ),
        "organisation_events": ("event_date,event,organisation_code,successor_code,note", []),
        "population": (
            "wave_id,stratum,role,headcount,source",
            [
                ("stratified_fpc", stratum, "", headcount, "made up")
                for stratum, headcount in POPULATION.items()
            ],
        ),
        "population_margins": (
            "wave_id,attribute_id,group_code,headcount,source",
            [
                (wave, attribute, group, headcount, "made up")
                for wave in ("raked", "raked_within_bounds")
                for attribute, headcounts in MARGINS.items()
                for group, headcount in headcounts.items()
            ],
        ),
        "weight_bounds": (
            "wave_id,smallest_ratio,largest_ratio,reason",
            [("raked_within_bounds", *BOUNDS, "to see that they hold")],
        ),
        "quality_thresholds": ("check_name,threshold,severity,reason", []),
        "impossible_combinations": ("rule_id,attribute_id,item_id,any_of,reason", []),
        "findings": (
            "finding_id,theme_id,kind,item_ids,attribute,group_a,group_b,statement_en,statement_nl",
            [],
        ),
    }


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
