"""The checklist of a proposal: what was found, in numbers, and what is to be done with it."""

from __future__ import annotations

from collections import Counter

from orchestration.new_wave.draft import PROPOSED, Draft


def checklist(draft: Draft, file_name: str) -> str:
    """The text of `checklist.md`, in Markdown."""
    wave_id, previous = draft.wave_id, draft.previous
    versions = Counter(row["comparability"] or "open" for row in draft.tables["item_versions"])
    items = ", ".join(f"{count} {word}" for word, count in sorted(versions.items())) or "none"
    rows = "\n".join(f"| `{table}.csv` | {len(draft.tables[table])} |" for table in PROPOSED)
    return f"""# Wave {wave_id}: from a proposal to the codebook

Made from `{file_name}`, compared with wave {previous}. Items: {items}. Questions: {len(draft.questions)}.

| file | rows proposed |
| --- | --- |
{rows}

- [ ] `questions.csv`: every question decided with the questionnaire at hand. The decision goes into the
  rows, where it counts, and into `answer`, in words, for whoever reads it next.
- [ ] `waves.csv`: dates, labels, `is_synthetic`, `source` filled in.
- [ ] `item_versions.csv`: no row without an `item_id`; columns that are no items deleted.
- [ ] `items.csv`: each new item with an id of its own, a theme, both labels, and the next position in
  its theme.
- [ ] `answer_codes.csv`: each new list against the value labels; which way the codes run.
- [ ] `attribute_codes.csv`: each new code has a group; a new group has its row in `groups.csv`, a new or
  renamed unit its rows in `organisations.csv` and `organisation_events.csv`. Any table of the codebook
  may be added to this folder, with its new rows only.
- [ ] `population.csv`: headcounts with their source, or no rows.
- [ ] `vakwerk new-wave {wave_id} --accept`, and the change of the codebook reviewed by a second person.
- [ ] `vakwerk compare-waves {previous} {wave_id}` says what you expect.
- [ ] `vakwerk check {file_name}` accepts the file, and `vakwerk run` publishes it.
"""
