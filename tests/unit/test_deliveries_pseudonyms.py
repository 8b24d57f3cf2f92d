"""What the keyed hash of a respondent id promises: HMAC-SHA256, by a key that nobody else can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

import duckdb
import pytest

from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.pseudonyms import KEY_BYTES, parameters, pseudonym, read_key

KEY = bytes(range(KEY_BYTES))


def hashed(respondent_ids: list[str], key: bytes = KEY, wave_id: str = "2022") -> list[str]:
    with duckdb.connect() as connection:
        connection.execute('create table t ("an id" varchar)')
        connection.executemany("insert into t values (?)", [(text,) for text in respondent_ids])
        rows = connection.execute(
            f"select {pseudonym('an id')} from t",
            parameters(key, wave_id),
        ).fetchall()
    return [row[0] for row in rows]


def test_a_pseudonym_is_the_hmac_of_wave_and_id() -> None:
    respondent_ids = ["1", "r0001", "Zoë", "00123", "\\x41", "a" * 300]
    assert hashed(respondent_ids) == [
        hmac.new(KEY, b"2022\0" + text.encode(), hashlib.sha256).hexdigest()
        for text in respondent_ids
    ]


def test_the_same_id_in_another_wave_or_under_another_key_is_another_pseudonym() -> None:
    assert hashed(["1"]) == hashed(["1"])
    assert len({*hashed(["1"]), *hashed(["1"], wave_id="2024"), *hashed(["1"], key=KEY[::-1])}) == 3


def test_wave_and_id_cannot_run_into_each_other() -> None:
    assert hashed(["21"], wave_id="202") != hashed(["1"], wave_id="2022")


def test_the_key_is_made_once_and_private_whatever_the_umask(tmp_path: Path) -> None:
    key_file = tmp_path / "secrets" / "respondent.key"
    before = os.umask(0)
    try:
        key = read_key(key_file, may_create=True)
    finally:
        os.umask(before)
    assert len(key) == KEY_BYTES
    assert read_key(key_file, may_create=False) == key
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert [path.name for path in key_file.parent.iterdir()] == ["respondent.key"]
    assert read_key(tmp_path / "another.key", may_create=True) != key


def test_a_lost_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="restore it"):
        read_key(tmp_path / "respondent.key", may_create=False)
    assert list(tmp_path.iterdir()) == []


def test_half_a_key_is_no_key(tmp_path: Path) -> None:
    key_file = tmp_path / "respondent.key"
    key_file.write_bytes(KEY[:10])
    with pytest.raises(DeliveryError, match="has 10 bytes"):
        read_key(key_file, may_create=True)
