"""No secret of the environment or of a file gets into a file of the home, or onto a terminal.

Secrets are planted, every command is given that could tell of one, also such that fail, and then
they are looked for in all that was written: logs, Dagster's databases, manifests, pages, artifacts.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.acceptance.conftest import VAKWERK, Warehouse
from tests.acceptance.small_waves import corrected_with_person, with_person
from tests.builders import write_delivery
from tests.contents import contents

pytestmark = pytest.mark.slow

TOKEN, MAIL, POSTGRES = "T0KEN-van-de-haak", "p@ss/mail-9c1f", "p@ss/mirror-5b7e"
CLOSED = "127.0.0.1:1"


@dataclass
class Planted:
    """A warehouse, its secrets as they may be written, and what its commands said."""

    warehouse: Warehouse
    secrets: list[bytes]
    said: list[bytes] = field(default_factory=list)

    def vakwerk(self, *arguments: str | Path, **environment: str) -> int:
        """Run a command, and keep what it said; its exit code."""
        done = subprocess.run(
            [VAKWERK, *arguments],
            env=os.environ | environment,
            input=b"nobody-has-this-id\n",
            capture_output=True,
            check=False,
        )
        self.said += [done.stdout, done.stderr]
        return done.returncode


@pytest.fixture(scope="module")
def planted(small: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("planted")
    warehouse = small.copy(folder)
    key_file = (warehouse.home / "secrets" / "respondent.key").rename(folder / "respondent.key")
    key = key_file.read_bytes()
    (folder / "smtp").write_text(f"smtp://vakwerk:{quote(MAIL, safe='')}@{CLOSED}", "utf-8")
    (folder / "short.key").write_bytes(key[:16])
    environment = {
        "VAKWERK_HOME": str(warehouse.home),
        "VAKWERK_SURVEY": str(warehouse.survey),
        "VAKWERK_KEY_FILE": str(key_file),
        "VAKWERK_WEBHOOK_URL": f"http://{CLOSED}/hooks/{TOKEN}",
        "VAKWERK_SMTP_URL_FILE": str(folder / "smtp"),
        "VAKWERK_MAIL_FROM": "van@example.org",
        "VAKWERK_MAIL_TO": "aan@example.org",
        "VAKWERK_POSTGRES_URL": f"postgresql://vakwerk:{quote(POSTGRES, safe='')}@{CLOSED}/marts",
    }
    texts = [TOKEN, MAIL, POSTGRES, quote(MAIL, safe=""), quote(POSTGRES, safe="")]
    # A part of a password that was split in the wrong place, and what HMAC makes of the key first.
    parts = [b"ss/mail", b"ss/mirror", b"mirror-5b7e", key[:16], key[:16].hex().encode()]
    padded = [bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C)]
    secrets = [*map(str.encode, texts), *parts, *padded, key.hex().encode()]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield Planted(warehouse, secrets)


@pytest.fixture(scope="module")
def used(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The same after a refused delivery, a run whose mirror failed, and every command that may tell."""
    folder = tmp_path_factory.mktemp("deliveries")
    broken = write_delivery(folder / "wave_2022.sav", with_person(61) | {"v2": ["7"] * 61})
    good = write_delivery(folder / "wave_2022.csv", corrected_with_person())
    unquoted = f"postgresql://vakwerk:{POSTGRES}@{CLOSED}/marts"
    short = str(planted.warehouse.home.parent / "short.key")

    assert planted.vakwerk("run", broken, good) == 1
    assert planted.vakwerk("run", good, VAKWERK_KEY_FILE=short) == 0
    assert planted.vakwerk("publish") == 1
    assert planted.vakwerk("publish", "--to", unquoted) == 1
    assert planted.vakwerk("publish", VAKWERK_POSTGRES_URL=unquoted) == 1
    assert planted.vakwerk("check", broken) == 2
    assert planted.vakwerk("analyst-copy") == 0
    assert planted.vakwerk("status") == 0
    forget = ("forget", "--wave", "2022", "--respondent", "-")
    assert planted.vakwerk(*forget, VAKWERK_KEY_FILE=short) == 1
    return planted


def test_no_output_holds_a_secret(used: Planted) -> None:
    said = b"\n".join(used.said)
    assert [secret for secret in used.secrets if secret in said] == []
    for told in (
        b"mirroring to Postgres: No connection to the Postgres server",
        b"Published; see to what failed after it",
        b"could not be sent by VAKWERK_WEBHOOK_URL",
        b"could not be sent by VAKWERK_SMTP_URL",
        b"The address of the Postgres server is not understood",
        b"a key has 32",
    ):
        assert told in said, told


def test_no_file_of_the_home_holds_a_secret(used: Planted) -> None:
    home = used.warehouse.home
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    holding, telling = [], set()
    for path in files:
        for content in contents(path):
            holding += [(path, secret) for secret in used.secrets if secret in content]
            if b"No connection to the Postgres server" in content:
                telling.add(path.relative_to(home).parts[0])
    assert holding == []
    # What failed is there to be found, so a secret would be too.
    assert "dagster" in telling
    assert {path.relative_to(home).parts[0] for path in files} >= {
        *("warehouse.duckdb", "published", "archive", "rejected", "checked"),
        *("dagster", "dbt", "quality", "analysis"),
    }
