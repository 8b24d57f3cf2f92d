"""What the remark on personal data promises: it names the kind, and cries no wolf over codes."""

from __future__ import annotations

import pytest

from orchestration.deliveries.privacy import is_bsn, remark


@pytest.mark.parametrize(
    ("name", "sample", "kind"),
    [
        ("q17", ["jan@rijk.nl", "a.de.vries@minbzk.nl"], "e-mail"),
        ("contact", ["0612345678", "+31 6 12345678", "070-1234567"], "phone"),
        ("nummer", ["111222333", "123456782"], "BSN"),
        ("E-mailadres", ["geen"], "By its name"),
        ("Achternaam", [], "By its name"),
        ("first_name", ["x"], "By its name"),
        ("BSN", ["x"], "By its name"),
    ],
)
def test_personal_data_are_remarked_by_content_or_by_name(
    name: str, sample: list[str], kind: str
) -> None:
    found = remark(name, sample)
    assert found is not None
    assert kind in found
    assert not any(value in found for value in sample)


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("v94", ["1", "2", "5", "8"]),
        ("dienstjaren", ["0-2", "3-10"]),
        ("personeelsnummer", ["123456789", "987654321", "100000001"]),
        ("dossier", ["111222333", "123456789", "987654321", "100000001"]),
        ("opmerking", ["mail mij op jan@rijk.nl", "geen", "nee"]),
    ],
)
def test_codes_and_other_numbers_are_not_remarked(name: str, sample: list[str]) -> None:
    assert remark(name, sample) is None


def test_the_eleven_test_tells_a_citizen_service_number() -> None:
    assert is_bsn("111222333")
    assert not is_bsn("111222334")
    assert not is_bsn("000000000")
    assert not is_bsn("11122233")
