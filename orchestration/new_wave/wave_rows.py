"""The wave itself: its row, as far as it can be known, and the headcounts that it needs."""

from __future__ import annotations

from fnmatch import fnmatchcase

from orchestration.new_wave.draft import Draft
from orchestration.new_wave.known import Known


def propose_wave(draft: Draft, known: Known, file_name: str) -> None:
    """Add the wave's row, and ask what no file tells."""
    pattern = f"*{known.wave_id}*"
    draft.add(
        "waves",
        wave_id=known.wave_id,
        label_nl=known.wave_id,
        label_en=known.wave_id,
        previous_wave_id=known.previous,
        file_pattern=pattern,
    )
    draft.ask(
        "waves",
        "",
        "When was the fieldwork, who was invited, and where is that from?",
        "No file tells.",
        "fill in fieldwork_start, fieldwork_end, source and, if known, invited",
    )
    draft.ask(
        "waves",
        "",
        "Are these answers of real people, or synthetic? And what is the wave called?",
        f"The labels are {known.wave_id!r}; is_synthetic is blank.",
        "fill in is_synthetic with true or false; synthetic waves say so in both labels",
    )
    fitting = [
        wave.wave_id
        for wave in known.codebook.waves.values()
        if fnmatchcase(file_name, wave.file_pattern)
    ]
    if fitting or not fnmatchcase(file_name, pattern):
        draft.ask(
            "waves",
            "",
            "How are the files of this wave to be told by their names?",
            f"The file is called {file_name!r}, the pattern is {pattern!r}"
            + (f"; the name also fits wave {', '.join(fitting)}." if fitting else "."),
            "change file_pattern so that it fits this wave's files and no others; or name the wave "
            "with each delivery",
        )


def propose_population(draft: Draft, known: Known) -> None:
    """Add a row for each stratum, by role where the wave before had roles, to be filled in."""
    if not known.population:
        return
    kinds = {name: row["kind"] for name, row in known.attributes.items()}
    if any(kinds[row["attribute_id"]] == "weight" for row in draft.tables["attribute_columns"]):
        return
    strata = dict.fromkeys(
        row["group_code"]
        for row in draft.tables["attribute_codes"]
        if kinds[row["attribute_id"]] == "stratum" and row["group_code"]
    )
    roles = dict.fromkeys(row["role"] for row in known.population)
    for stratum in strata:
        for role in roles:
            draft.add("population", wave_id=known.wave_id, stratum=stratum, role=role)
    draft.ask(
        "population",
        "",
        "How many people does each stratum stand for?",
        f"Wave {known.previous} has headcounts, and this wave has no weights.",
        "fill in headcount and source, and add strata that were left open; or delete all rows, and "
        "figures are not weighted to the population",
    )
