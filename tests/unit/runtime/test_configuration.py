"""config.toml changed by a page keeps what someone wrote there, and never becomes one that would not start."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.discovery.match import Proposal, lines
from edge.lib.errors import ConfigError
from edge.runtime import configuration
from edge.runtime.config import parse
from edge.runtime.editable_keys import CHANNELS, EDITABLE, KEYS
from tests.shop_fixture import CONFIG

FILE = Path("/etc/edge/config.toml")


def test_comments_and_order_stay() -> None:
    text = CONFIG.replace("[panel]", "[panel]  # ours")
    changed = configuration.with_values(text, {"backup.folder": "/mnt/x", "registers": ("1", "2", "3")})
    assert "[panel]  # ours" in changed
    made = parse(changed, FILE)
    assert (made.backup.folder, made.registers) == ("/mnt/x", ("1", "2", "3"))


def test_what_is_empty_is_as_usual_again() -> None:
    changed = configuration.with_values(CONFIG, {"store.tax_number": ""})
    assert parse(changed, FILE).store.tax_number == ""
    assert "tax_number" not in changed


def test_the_number_that_frances_law_asks_for_is_said_without_a_file() -> None:
    changed = configuration.with_values(CONFIG, {"fiscal.company_number": "732829320"})
    assert configuration.value_of(parse(changed, FILE), "fiscal.company_number") == "732829320"
    assert configuration.value_of(parse(CONFIG, FILE), "fiscal.company_number") == ""


def test_others_on_the_network_are_let_in_by_a_choice_of_the_page() -> None:
    key = KEYS["panel.host"]
    for host, beyond in zip(key.choices, (False, True), strict=True):
        assert parse(configuration.with_values(CONFIG, {key.key: str(host)}), FILE).panel.beyond is beyond


def test_a_device_comes_and_goes() -> None:
    printer = Proposal("receipt_printer", "network", "bar", {"host": "192.0.2.7", "port": 9100}, certain=True)
    more = configuration.with_device(CONFIG, printer, "2")
    (made,) = parse(more, FILE).devices
    assert (made.name, made.register, made.options["host"]) == ("bar", "2", "192.0.2.7")
    assert parse(configuration.without_device(more, "bar"), FILE).devices == ()


def test_a_mail_server_is_set_up_and_taken_away_and_its_password_is_shown_by_name_alone() -> None:
    keys = {"host": "mail.example", "user": "shop", "password": "secret:mail", "sender": "shop@mail.example"}
    mail = {f"notify.email.{name}": said for name, said in keys.items()}
    text = configuration.with_values(CONFIG, mail)
    made = parse(text, FILE)
    assert made.notify.email is not None
    assert (made.notify.email.host, made.notify.email.port, made.notify.email.password) == (
        *("mail.example", 587, "secret:mail"),
    )
    assert {key: configuration.value_of(made, key) for key in mail} == mail
    clear = parse(configuration.with_values(text, {"notify.email.password": "typed"}), FILE)
    assert configuration.value_of(clear, "notify.email.password") == ""
    assert parse(configuration.with_values(text, dict.fromkeys(mail, "")), FILE).notify.email is None


def test_a_channel_says_what_it_still_needs_and_is_whole_with_that() -> None:
    values: dict[str, configuration.Value] = {"notify.sms.account": "AC0", "notify.sms.sender": "+33600000000"}
    made = parse(CONFIG, FILE)
    assert configuration.lacking(made, values) == KEYS["notify.sms.token"]
    whole = {**values, "notify.sms.token": "secret:sms-token"}
    assert configuration.lacking(made, whole) is None
    text = configuration.with_values(CONFIG, whole)
    there = parse(text, FILE)
    assert configuration.lacking(there, {"notify.sms.account": ""}) == KEYS["notify.sms.account"]
    gone = dict.fromkeys((one.key for one in CHANNELS[1].keys), "")
    assert configuration.lacking(there, gone) is None
    assert parse(configuration.with_values(text, gone), FILE).notify.sms is None
    assert configuration.lacking(made, {"notify.email.user": "shop"}) == KEYS["notify.email.host"]
    assert configuration.lacking(made, {"backup.at": "03:00"}) is None


def test_every_key_of_the_page_is_one_of_the_file() -> None:
    made = parse(CONFIG, FILE)
    for one in EDITABLE:
        configuration.value_of(made, one.key)


def test_what_would_not_start_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    with pytest.raises(ConfigError, match="Time zone"):
        configuration.write_config(file, configuration.with_values(CONFIG, {"store.zone": "Nowhere"}))
    assert file.read_text() == CONFIG


@pytest.mark.parametrize(
    "odd", ["device = 5\n", "backup = 5\n", "[[backup]]\n", "x = [\n", "\x00", "\udcff"], ids=lambda odd: ascii(odd)
)
def test_a_file_that_a_page_cannot_change_is_said_to_be_one(tmp_path: Path, odd: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(odd.encode(errors="surrogateescape"))
    printer = Proposal("receipt_printer", "network", "bar", {"host": "192.0.2.7"}, certain=True)
    ways: tuple[Callable[[str], str], ...] = (
        lambda text: configuration.with_values(text, {"backup.folder": "/mnt/x"}),
        lambda text: configuration.with_device(text, printer, "1"),
        lambda text: configuration.without_device(text, "bar"),
    )
    for way in ways:
        with pytest.raises(ConfigError):
            configuration.change(file, way)
    assert file.read_bytes() == odd.encode(errors="surrogateescape")


def test_a_list_of_devices_in_one_line_is_one_as_well() -> None:
    printer = Proposal("receipt_printer", "network", "bar", {"host": "192.0.2.7"}, certain=True)
    more = configuration.with_device("device = []\n" + CONFIG, printer, "1")
    assert [one.name for one in parse(more, FILE).devices] == ["bar"]
    assert parse(configuration.without_device(more, "bar"), FILE).devices == ()


def test_two_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)

    def add(number: int) -> None:
        camera = Proposal("scanner", "phone", f"phone {number}", {"pairing": "a" * 24 + str(number)}, certain=True)
        configuration.change(file, lambda text: configuration.with_device(text, camera, "1"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(8)))
    assert {one.name for one in parse(file.read_text(), file).devices} == {f"phone {number}" for number in range(8)}


@given(st.text(max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_what_a_device_calls_itself_is_never_a_line_of_its_own(name: str, key: str, value: str) -> None:
    made = tomllib.loads(lines(Proposal("scanner", "hid_pos", name, {"x" + key: value}, certain=True)))
    (device,) = made["device"]
    assert list(made) == ["device"] and (device["name"], device["x" + key]) == (name, value)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(
            {"role": "a", "driver": "b", "name": "c", "options": {"a = 1\nb": 1}, "certain": True}, Proposal
        )


def test_a_copied_file_gets_this_machines_folder_and_port_and_no_other_port_changes() -> None:
    text = '# The shop.\n[sync]\nhost = "hub.example"\nport = 8883\n\n[panel]\nport = 80 # of the first box\n'
    file = tomllib.loads(configuration.with_values(text, {"data": "here", "panel.port": 9090}))
    assert file == {"data": "here", "sync": {"host": "hub.example", "port": 8883}, "panel": {"port": 9090}}
    assert configuration.with_values('data = "/srv/old"\n[store]\n', {"data": "data"}) == 'data = "data"\n[store]\n'
    assert tomllib.loads(configuration.with_values("[store]\nid = 'a'\n", {"panel.port": 1}))["panel"] == {"port": 1}
