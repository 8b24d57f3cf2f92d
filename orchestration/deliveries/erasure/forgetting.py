"""Forgetting: the steps in their order, from the tombstone on.

Killed at any point, the same call again finishes the work: the tombstone comes first, and each step
finds what the one before left.
"""

from __future__ import annotations

from itertools import chain

from orchestration.deliveries.accepted import exclusive
from orchestration.deliveries.erasure.certificate import Certificate, certificate_of, write
from orchestration.deliveries.erasure.copies import erase_copies
from orchestration.deliveries.erasure.files import erase_archived, erase_waiting
from orchestration.deliveries.erasure.person import hidden_id, person_of
from orchestration.deliveries.erasure.reports import erase_pages, erase_reported
from orchestration.deliveries.erasure.rows import erase_rows
from orchestration.deliveries.tombstones import set_tombstone
from orchestration.settings import Settings


def bury(settings: Settings, wave_id: str, respondent_id: str) -> Certificate:
    """Write the tombstone, by which the door leaves the respondent out of every later delivery.

    Gives the certificate that is begun by it. Raises ErasureError for a wave that the codebook does
    not have or an empty id; DeliveryError where the key is gone or the tombstones are damaged.
    """
    person = person_of(settings, wave_id, respondent_id)
    with exclusive(settings.accepted):
        certificate = certificate_of(
            settings, wave_id, set_tombstone(settings, wave_id, hidden_id(settings, person))
        )
        certificate.finished_at = None
        write(settings, certificate)
        return certificate


def forget(settings: Settings, wave_id: str, respondent_id: str) -> Certificate:
    """Forget a respondent: tombstone, deliveries, archive, reports, and the rows in the warehouse.

    The id is the text that was delivered. What the rows were counted into is recomputed by a
    refresh, and their bytes leave the warehouse's file when it is written anew. Gives the
    certificate, which is not finished until then. Raises what `bury` does, and WarehouseBusy.
    """
    certificate = bury(settings, wave_id, respondent_id)
    person = person_of(settings, wave_id, respondent_id)
    certificate.by_hand.clear()
    with exclusive(settings.accepted):
        steps = chain(
            erase_waiting(settings, person),
            erase_archived(settings, person),
            erase_reported(settings, person),
            erase_pages(settings, person),
            erase_rows(settings, person, certificate),
            # After the rows: who makes a copy meanwhile makes it without the person.
            erase_copies(settings, person, certificate),
        )
        # Each step tells what it is about to do: killed, it tells and does it again.
        for told in steps:
            if isinstance(told, str):
                certificate.by_hand.append(told)
            elif told not in certificate.removed:
                certificate.removed.append(told)
            write(settings, certificate)
    write(settings, certificate)
    return certificate
