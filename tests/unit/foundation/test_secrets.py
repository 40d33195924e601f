"""Named secrets: entered, never shown, opened by their key or the recovery code, lost with both."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from edge.core.secrets import keys
from edge.core.secrets.store import FILE, KEY_FILE, SECRETS_LIMIT, SecretLost, SecretMissing, SecretStore
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime.config import parse
from edge.runtime.secrets import driver_of, secret_of, secrets_by, secrets_of
from edge.runtime.secrets_part import fault
from tests.shop_fixture import CONFIG

VALUE = "correct horse battery staple"


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_was_entered_is_opened_by_name_and_stands_nowhere(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("mail", VALUE)
    store.set("short", "hunter2")
    assert secrets_of(tmp_path).open("mail") == VALUE == store.resolve("secret:mail")
    assert store.resolve("in clear") == "in clear"
    assert [(one.name, one.ends) for one in store.list_secrets()] == [("mail", "aple"), ("short", "")]
    assert VALUE.encode() not in every_byte(tmp_path) and b"hunter2" not in every_byte(tmp_path)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (FILE, KEY_FILE)} == {0o600}
    store.set("mail", "another one altogether")
    assert store.open("mail") == "another one altogether"
    assert store.remove("mail") and not store.remove("mail")
    with pytest.raises(SecretMissing, match="edge secret set mail"):
        store.open("mail")


def test_without_its_key_the_recovery_code_opens_it_on_any_box(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("mail", VALUE)
    (tmp_path / KEY_FILE).unlink()
    assert store.open("mail") == VALUE
    other = tmp_path / "other box"
    other.mkdir()
    (other / FILE).write_bytes((tmp_path / FILE).read_bytes())
    with pytest.raises(SecretLost, match="Enter it again"):
        secrets_of(other).open("mail")
    code = keys.read_stored_secret(tmp_path)
    assert code is not None and secrets_by(other, code).open("mail") == VALUE


def test_a_lost_key_costs_what_was_under_it_and_no_more(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("mail", VALUE)
    store.set("sms", VALUE)
    (tmp_path / KEY_FILE).unlink()
    keys.store(tmp_path, keys.make())
    assert [one.lost for one in store.list_secrets()] == [True, True]
    store.set("mail", "entered again")
    assert store.open("mail") == "entered again"
    assert [one.lost for one in store.list_secrets()] == [False, True]
    with pytest.raises(SecretLost):
        store.open("sms")


def test_another_recovery_code_opens_them_once_the_box_has_started(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("mail", VALUE)
    keys.store(tmp_path, keys.make())
    store.keep_recoverable()
    (tmp_path / KEY_FILE).unlink()
    assert store.open("mail") == VALUE


def test_under_a_new_key_the_old_one_opens_nothing(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("mail", VALUE)
    before = (tmp_path / KEY_FILE).read_bytes()
    assert store.rotate() == 1
    assert store.open("mail") == VALUE and before not in every_byte(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(before)
    keys.store(tmp_path, keys.make())
    with pytest.raises(SecretLost):
        store.open("mail")


def test_a_key_that_systemd_hands_over_lies_in_no_file_of_the_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "secrets-key").write_text(os.urandom(32).hex())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    store = secrets_of(tmp_path / "data")
    store.set("mail", VALUE)
    assert store.open("mail") == VALUE and not (tmp_path / "data" / KEY_FILE).exists()
    with pytest.raises(ConfigError, match="systemd"):
        store.rotate()
    (credentials / "secrets-key").write_text("no key")
    with pytest.raises(ConfigError, match="64 hexadecimal digits"):
        store.open("mail")


def test_a_secret_moved_to_another_name_or_changed_opens_nothing(tmp_path: Path) -> None:
    store = secrets_of(tmp_path)
    store.set("mail", VALUE)
    path = tmp_path / FILE
    path.write_text(path.read_text().replace('"mail"', '"bait"'))
    with pytest.raises(SecretLost):
        store.open("bait")
    path.write_text("{")
    with pytest.raises(NeedsHuman, match="can't be read"):
        store.open("mail")


def test_there_is_an_end_to_them_and_the_boxs_own_are_no_ones(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, lambda _make: None, lambda: 5)
    for wrong in ("", "x" * 8_193):
        with pytest.raises(ConfigError, match="1 to 8192"):
            store.set("long", wrong)
    store.set("box.key", "nobody sees that there is one")
    for number in range(SECRETS_LIMIT - 1):
        store.set(f"s{number}", VALUE)
    with pytest.raises(ConfigError, match="Remove an unused one"):
        store.set("more", VALUE)
    assert "box.key" not in {one.name for one in store.list_secrets()} and store.list_secrets()[0].set_us == 5


def test_the_configuration_names_them_and_says_which_are_in_clear(tmp_path: Path) -> None:
    text = f"""{CONFIG}
[notify.email]
host = "mail.example"
user = "shop"
password = "secret:mail"
sender = "shop@corner.example"
[[device]]
name = "phone"
role = "scanner"
driver = "phone"
pairing = "secret:phone"
[[device]]
name = "door"
role = "camera"
driver = "mjpeg"
url = "http://192.0.2.10/"
username = "shop"
password = "in clear"
"""
    loaded = parse(text, tmp_path / "config.toml")
    store = secrets_of(loaded.folder)
    assert {(one.where, one.name) for one in loaded.secrets()} == {
        ("[notify.email] password", "mail"),
        ("pairing of phone", "phone"),
        ("password of door", ""),
    }
    assert isinstance(fault(loaded, store), SecretMissing)
    store.set("mail", VALUE)
    store.set("phone", "too short")
    assert fault(loaded, store) is None
    phone = loaded.devices[0]
    with pytest.raises(ConfigError, match="isn't valid") as caught:
        driver_of(phone, store)
    assert "too short" not in str(caught.value)
    store.set("phone", "k3vQ9zX1mT7bR2wY")
    made = driver_of(phone, store)
    assert made.is_paired("k3vQ9zX1mT7bR2wY") and not made.is_paired("secret:phone")  # type: ignore[attr-defined]
    assert secret_of(store, "", "", tmp_path) == ""
    with pytest.raises(ConfigError) as wrong:
        parse(text.replace('"secret:mail"', "864209"), tmp_path / "config.toml")
    assert "864209" not in str(wrong.value)
