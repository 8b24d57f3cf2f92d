"""The copies: analysts' files of answers, in which a person stands under a number that leads nowhere.

So a copy that may hold them is removed whole, and a new one made by whoever needs it. What belongs
here: finding the copies of the wave by their log. What does not: making copies (`analysis`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestration.analysis.log import UNFINISHED, AnalysisError, copies, folder_of, note_removed
from orchestration.deliveries.erasure.certificate import Certificate, Removal
from orchestration.deliveries.erasure.person import Person
from orchestration.settings import Settings


def erase_copies(
    settings: Settings, person: Person, certificate: Certificate
) -> Iterator[Removal | str]:
    """Every copy of the wave is removed, where the person was in anything that was loaded.

    One that is no longer where it was put is named in the certificate, for whoever took it; one
    that cannot be removed is left to a person.
    """
    certificate.elsewhere.clear()
    if not any(removal.rows for removal in certificate.removed):
        return
    for killed in sorted(folder_of(settings).glob(f"{UNFINISHED}*")):
        yield Removal(_told(settings, killed), "removed: an unfinished copy")
        shutil.rmtree(killed)
    try:
        made = copies(settings)
    except AnalysisError as error:
        yield f"{error} Then remove the copies by hand."
        return
    for copy in made:
        if person.wave_id not in copy.waves:
            continue
        path = Path(copy.path)
        whose = copy.user + (f" for {copy.asked_by}" if copy.asked_by else "")
        what = f"the analyst's copy {path}, made {copy.made_at} by {whose}"
        try:
            if not path.exists():
                certificate.elsewhere.append(what)
                continue
            yield Removal(_told(settings, path), "removed: an analyst's copy, to be made anew")
            path.unlink()
            # What an analyst wrote into it and closed without an end.
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        except OSError as error:
            yield f"{what}, could not be removed ({error.strerror}): remove it."
            continue
        note_removed(settings, copy)
        try:
            path.parent.rmdir()
        except OSError:
            certificate.elsewhere.append(f"what lies beside {what}, which is removed")


def _told(settings: Settings, path: Path) -> str:
    is_inside = path.is_relative_to(settings.home)
    return path.relative_to(settings.home).as_posix() if is_inside else str(path)
