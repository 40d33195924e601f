"""What the page is told of the keys that a stolen box knew."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.twin.membership.key_renewal import TICKETS, renew_keys
from edge.core.journal.rows import Head
from edge.core.people import wrapping_keys
from edge.core.secrets.store import CREDENTIAL
from edge.runtime.secrets import secrets_of

HEAD = Head(1, 7, b"")


def test_all_that_opens_anything_is_another_one_and_what_people_entered_is_named(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("web-shop", "a password of some length")
    store.set(TICKETS, "00" * 32)
    wrapping_keys.with_new_key(tmp_path, (1, 1), 0)
    key, ledger_key = (tmp_path / "secrets-key").read_bytes(), wrapping_keys.read(tmp_path).keys[-1]
    renewal = renew_keys(tmp_path, HEAD, 5)
    assert (renewal.passwords, renewal.is_by_systemd) == (("web-shop",), False)
    assert (tmp_path / "secrets-key").read_bytes() != key and store.open("web-shop") == "a password of some length"
    newest = wrapping_keys.read(tmp_path).keys[-1]
    assert newest.key != ledger_key.key and newest.order == (1, 7), "as old as what is written under it first"
    assert not store.has(TICKETS), "no session of the shop comes along by what that box knew"


def test_a_key_that_systemd_hands_over_is_said_to_be_its_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "credentials"
    place.mkdir()
    (place / CREDENTIAL).write_text("ab" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(place))
    wrapping_keys.with_new_key(tmp_path, (1, 1), 0)
    assert renew_keys(tmp_path, HEAD, 5).is_by_systemd
    assert len(wrapping_keys.read(tmp_path).keys) == 2, "people's keys are changed all the same"
