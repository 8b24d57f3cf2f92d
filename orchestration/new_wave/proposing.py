"""Proposing: what a file of a new wave says about the codebook's rows for it, put together."""

from __future__ import annotations

from orchestration.codebook import Codebook
from orchestration.new_wave.attributes import propose_attributes
from orchestration.new_wave.code_lists import CodeLists
from orchestration.new_wave.delivery import NewDelivery
from orchestration.new_wave.draft import Draft
from orchestration.new_wave.items import Items, same_items
from orchestration.new_wave.known import Known
from orchestration.new_wave.wave_rows import propose_population, propose_wave


def propose(
    codebook: Codebook, wave_id: str, delivery: NewDelivery, previous: str | None = None
) -> Draft:
    """The rows that follow from the file, and the questions where nothing follows.

    Without `previous` the wave is compared with the one held last. Raises NewWaveError where the
    codebook has the wave already, lacks the previous one, or the id cannot name a table.
    """
    known = Known.before(codebook, wave_id, previous)
    draft = Draft(wave_id, known.previous)
    same = same_items(known, delivery.columns)
    propose_wave(draft, known, delivery.file_name)
    others = [column for column in delivery.columns if column.name not in same]
    attributes = propose_attributes(draft, known, others)
    texts = [column.text for column in delivery.columns if column.text]
    items = Items(draft, known, same, texts, CodeLists(known))
    for column in delivery.columns:
        if column.name not in attributes:
            items.propose(column)
    items.finish()
    items.code_lists.finish(draft)
    propose_population(draft, known)
    return draft
