"""Enrolment with the real broker: a box gets its own password, connects with TLS, and can't act for another box."""

from __future__ import annotations

import asyncio
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import backup
from edge.runtime import config, directive_trust
from edge.runtime.directive_trust import PinnedKey, Trust
from edge.runtime.secrets import secrets_of
from sim.broker import Broker
from sync import wire
from sync.hub.access import HUB, AccessFiles, group
from sync.hub.model import Key
from sync.hub.worker import SUBSCRIPTION
from sync.mqtt import BrokerConfig, connect, password_of
from sync.store_link import StoreLink
from sync.uplink import DeviceIdentity
from sync.wire import Hint
from tests.authority import Authority
from tests.sync_doubles import History, MemoryJournal, until
from tests.sync_fixture import HURRIED, a_hub, background, held

TILL, OTHER = Key("acme", "corner", "till-1"), Key("acme", "far-away", "till-1")
SHOP = """\
# The corner shop.
data = "data"
[store]
tenant = "{0.tenant}"
id = "{0.store}"
device = "{0.device}"
header = ["Corner"]
currency = "EUR"
"""


class Office:
    """A broker with TLS that only admits enrolled boxes."""

    def __init__(self, folder: Path, broker: Broker, ca: Path) -> None:
        self.folder, self.broker, self.ca = folder, broker, ca
        self.files = AccessFiles(folder)

    @property
    def hub(self) -> dict[str, object]:
        return {"user": HUB, "password_file": str(self.files.hub_password), "tls": True, "ca_file": str(self.ca)}

    def enrol(self, key: Key, *more: str) -> Path:
        """Run `edge hub enrol`; returns the file with the line."""
        line = self.folder / "line"
        address = f"127.0.0.1:{self.broker.port}"
        words = ["--folder", str(self.folder), "--address", address, "--ca", str(self.ca), "-o", str(line), *more]
        assert main(["hub", "enrol", str(key), *words]) == 0
        self.broker.reload()
        return line


@contextmanager
def an_office(folder: Path) -> Iterator[Office]:
    authority = Authority(folder / "authority")
    files = AccessFiles(folder)
    files.give("nobody/at/all")
    with Broker(extra=authority.issue() + files.configuration) as broker:
        yield Office(folder, broker, authority.ca)


def a_box(folder: Path, key: Key, line: Path) -> BrokerConfig:
    """Run `edge enrol` on a box; returns its appliance's broker configuration."""
    folder.mkdir(exist_ok=True)
    path = folder / "config.toml"
    if not path.exists():
        path.write_text(SHOP.format(key))
    assert main(["--config", str(path), "enrol", str(line)]) == 0
    loaded = config.load(path)
    assert loaded.sync is not None
    return broker_of(loaded.sync, secrets_of(loaded.folder))


def a_link(key: Key, journal: MemoryJournal, broker: BrokerConfig) -> StoreLink:
    return StoreLink(DeviceIdentity(key.tenant, key.store, key.device, "1.0"), journal, broker, patience=HURRIED)


def test_a_box_is_enrolled_syncs_over_tls_and_takes_a_new_password_without_a_restart(
    database: str, tmp_path: Path
) -> None:
    async def scenario(office: Office) -> None:
        history = History()
        journal = MemoryJournal(history)
        broker = a_box(tmp_path / "box", TILL, office.enrol(TILL))
        link = a_link(TILL, journal, broker)
        async with a_hub(database, office.broker.port, **office.hub), background(link.run()):
            await until(lambda: journal.position == (1, history.head.seq), "all rows acknowledged")
            line = await asyncio.to_thread(office.enrol, TILL)  # a new password; the box still has the old one
            office.broker.restart()
            await until(lambda: "rejected" in link.state.why, "the old password is refused")
            assert a_box(tmp_path / "box", TILL, line) == broker
            journal.append()
            await until(lambda: journal.position == (1, history.head.seq), "all rows acknowledged")
        assert await held(database, TILL) == history.rows

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


def test_what_the_box_keeps_is_for_its_owner_alone_and_its_configuration_stays(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        line = office.enrol(TILL)
        assert stat.S_IMODE(line.stat().st_mode) == 0o600
        broker = a_box(tmp_path / "box", TILL, line)
    data = tmp_path / "box" / "data"
    assert {stat.S_IMODE((data / name).stat().st_mode) for name in ("secrets.json", "secrets-key")} == {0o600}
    password = password_of(broker)
    assert len(password) > 20 and password not in "".join(
        path.read_text(errors="replace") for path in data.rglob("*") if path.is_file()
    )
    assert Path(broker.ca_file).read_text() == office.ca.read_text()
    text = (tmp_path / "box" / "config.toml").read_text()
    assert text.startswith(SHOP.format(TILL)), "what stood there stays"
    assert password not in text and password not in office.files.passwords.read_text()


def test_a_box_is_enrolled_with_the_key_that_signs_directives_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem, path = tmp_path / "key.pem", tmp_path / "box" / "config.toml"
    with an_office(tmp_path) as office:
        a_box(path.parent, TILL, office.enrol(TILL))
        assert not directive_trust.is_pinned(path.parent / "data"), "head office has no key yet"
        assert main(["--config", str(path), "check"]) in (0, 1)
        assert directive_trust.NO_KEY in capsys.readouterr().out
        assert main(["hub", "signing-key", str(pem)]) == 0
        assert stat.S_IMODE(pem.stat().st_mode) == 0o600
        public = capsys.readouterr().out.strip()
        a_box(path.parent, TILL, office.enrol(TILL, "--signing-key", public))
        assert directive_trust.load(path.parent / "data") == Trust((PinnedKey(public),))
        a_box(path.parent, TILL, office.enrol(TILL))
    assert directive_trust.load(path.parent / "data") == Trust((PinnedKey(public),)), "a new password takes no key away"
    capsys.readouterr()
    main(["--config", str(path), "check"])
    assert directive_trust.NO_KEY not in capsys.readouterr().out


def test_a_box_takes_no_enrolment_of_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SHOP.format(TILL))
    (tmp_path / "office").mkdir()
    with an_office(tmp_path / "office") as office:
        line = office.enrol(OTHER)
    assert main(["--config", str(path), "enrol", str(line)]) == 1
    assert "is for acme/far-away/till-1, but this box is acme/corner/till-1" in capsys.readouterr().err
    line.write_text(line.read_text()[:-20])
    assert main(["--config", str(path), "enrol", str(line)]) == 1
    assert "This enrolment isn't valid" in capsys.readouterr().err
    assert path.read_text() == SHOP.format(TILL)


@pytest.mark.parametrize("name", ["acme/corner", "acme/the corner/till-1", "acme/corner/+", "acme/corner//", "hub"])
def test_what_names_no_box_is_not_enrolled(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hub", "enrol", name, "--folder", str(tmp_path), "--address", "hub:1883", "--no-tls"]) == 1
    assert f"{name!r} isn't a box. Write it as tenant/store/device" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_box_too_many_is_not_enrolled_and_those_that_are_go_on(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDGE_HUB_DATABASE", database)
    monkeypatch.setenv("EDGE_HUB_TLS", "off")
    hub = ["hub", "enrol", "--folder", str(tmp_path), "--address", "hub:1883", "--no-tls"]

    def enrol(box: str) -> int:
        return main([*hub[:2], box, *hub[2:]])

    assert main(["hub", "migrate"]) == 0
    assert enrol("acme/corner/box") == 0
    assert main(["hub", "tenant", "set", "acme", "--limit", "boxes=2"]) == 0
    assert enrol("acme/far-away/box") == 0
    before = (tmp_path / "passwords").read_text()
    capsys.readouterr()
    assert enrol("acme/third/box") == 1
    said = capsys.readouterr()
    assert "acme/third/box wasn't enrolled: the limit of 2 boxes is reached, and there are already 2." in said.err
    assert said.out == "" and (tmp_path / "passwords").read_text() == before, "nobody else's password changes"
    assert enrol("acme/corner/box") == 0, "one that is there gets another password"
    assert enrol("other/third/box") == 0, "another tenant has its own limit"
    assert main(["hub", "tenant", "set", "acme", "--limit", "boxes=1"]) == 0
    assert enrol("acme/far-away/box") == 0, "a lower limit takes nothing from those that are there"
    assert main(["hub", "tenant", "set", "acme", "--limit", "boxes="]) == 0
    assert enrol("acme/third/box") == 0


def test_a_bare_box_is_restored_with_its_password_and_head_office_is_asked_with_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario(office: Office) -> None:
        path = tmp_path / "box" / "config.toml"
        path.parent.mkdir()
        path.write_text(SHOP.format(TILL) + f'[backup]\nfolder = "{tmp_path / "usb"}"\nsame_disk = true\n')
        before = a_box(path.parent, TILL, office.enrol(TILL))
        loaded = config.load(path)
        directive_trust.pin(loaded.folder, "ab" * 32)
        Ledger(loaded).close()
        found = backup.make(loaded, SystemClock().read().at_us)
        monkeypatch.setattr(sys, "stdin", StringIO(keys.show(keys.stored_or_made(loaded.folder))))
        shutil.rmtree(path.parent)
        async with a_hub(database, office.broker.port, **office.hub):
            assert await asyncio.to_thread(main, ["--config", str(path), "restore", str(found.path)]) == 0
        assert "couldn't be asked" not in capsys.readouterr().out
        sync = config.load(path).sync
        assert sync is not None and broker_of(sync, secrets_of(loaded.folder)) == before
        pinned = directive_trust.load(loaded.folder)
        assert pinned is not None and pinned.keys, "or a restored box would believe whatever the broker hands it"

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


def test_who_is_not_let_in_any_more_is_told_so(tmp_path: Path) -> None:
    async def scenario(office: Office) -> None:
        broker = a_box(tmp_path / "box", TILL, office.enrol(TILL))
        assert main(["hub", "enrol", str(TILL), "--folder", str(office.folder), "--revoke"]) == 0
        office.broker.restart()
        link = a_link(TILL, MemoryJournal(History()), broker)
        async with background(link.run()):
            await until(lambda: "rejected" in link.state.why, "it is refused")

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


def test_a_device_cannot_write_as_another(tmp_path: Path) -> None:
    async def scenario(office: Office) -> None:
        broker = a_box(tmp_path / "box", TILL, office.enrol(TILL))
        async with connect(broker, "rogue", None, 8) as session:
            for topic in (f"edge/{OTHER}/up", f"edge/{OTHER}/down", f"edge/{TILL}/down", "edge/hub/up", "elsewhere"):
                assert await (await session.publish(topic, b"hello")) == "refused", topic
            assert await (await session.publish(f"edge/{TILL}/up", b"hello")) == "unheard", "its own it may"

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


@pytest.mark.parametrize("subscription", [f"edge/{OTHER}/down", "edge/#", "#", f"$share/x/edge/{OTHER}/down"])
def test_a_device_cannot_read_what_another_is_told(tmp_path: Path, subscription: str) -> None:
    async def scenario(office: Office) -> None:
        mine = a_box(tmp_path / "box", TILL, office.enrol(TILL))
        hub = BrokerConfig(port=office.broker.port, **office.hub)  # type: ignore[arg-type]
        async with connect(mine, "rogue", subscription, 8) as rogue, connect(hub, "hub", None, 8) as session:
            await (await session.publish(f"edge/{OTHER}/down", wire.encode(Hint(7))))
            await (await session.publish(f"edge/{TILL}/down", wire.encode(Hint(8))))
            if subscription in ("edge/#", "#"):  # its own message arrives, and is the first one
                assert (await rogue.messages.get()).topic == f"edge/{TILL}/down"
            assert rogue.messages.empty()

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


def test_a_device_cannot_swallow_what_is_for_the_hub(tmp_path: Path) -> None:
    """It joins shared groups of the hub's topics. In the hub's own group, it would receive a part of all messages."""

    async def scenario(office: Office) -> None:
        rogue = a_box(tmp_path / "box", TILL, office.enrol(TILL))
        other = a_box(tmp_path / "other", OTHER, office.enrol(OTHER))
        hub = BrokerConfig(port=office.broker.port, **office.hub)  # type: ignore[arg-type]
        mine = SUBSCRIPTION.format(group=group(office.files.hub_password.read_text().strip()))
        async with (
            connect(hub, "hub", mine, 32) as worker,
            connect(rogue, "r", SUBSCRIPTION.format(group="hub"), 8) as one,
            connect(rogue, "r", "$share/hub/edge/#", 8) as two,
            connect(other, "o", None, 8) as session,
        ):
            for number in range(20):
                assert await (await session.publish(f"edge/{OTHER}/up", b"%d" % number)) == "taken"
            for number in range(20):
                incoming = await worker.messages.get()
                assert incoming.payload == b"%d" % number
                incoming.done()
            assert one.messages.empty() and two.messages.empty()

    with an_office(tmp_path) as office:
        asyncio.run(scenario(office))


def test_workers_with_one_password_share_one_group() -> None:
    assert group("a" * 40) == group("a" * 40) != group("b" * 40)
    assert "a" * 10 not in group("a" * 40)
    assert group("") == "hub", "without passwords anybody may do anything"
