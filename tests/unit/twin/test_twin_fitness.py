"""What keeps a second box from leading, and what is told of its machine: a slow disk, a damaged copy, another zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.twin.copy import disk_room
from edge.backoffice.twin.copy.disk_room import PROBE as PROBE_FILE
from edge.backoffice.twin.copy.disk_room import DiskRoom
from edge.backoffice.twin.copy.ledger_copy import DAMAGED, LedgerCopy
from edge.backoffice.twin.copy.shipment_body import ShippedBody, pack
from edge.backoffice.twin.copy.sync_times import PROBE
from edge.backoffice.twin.limits import FULL_BYTES, FULL_S, PAGE_BYTES, PROBE_MS, SYNCS
from edge.backoffice.twin.membership import machine_zone
from edge.backoffice.twin.membership.comparison import BoxComparison
from edge.backoffice.twin.membership.founding import found_shop
from edge.backoffice.twin.membership.members import FOLDER, is_there, load
from edge.backoffice.twin.node import TwinNode
from edge.backoffice.twin.wire.frames import AboutBox, TakenOut
from edge.backoffice.twin.wire.link import boottime_ms
from sim.ports import free_port
from tests.simulation.twin.world import World
from twin.messages import Message, Ship, Taken
from twin.records import Mark, Shipment, mark_after

NOW_US = 1_800_000_000_000_000
SUMMER_US = 1_815_000_000_000_000
MOST_MS, LOADED_MS = 20, 60_000
"""A disk that is really synced here may be a loaded machine's."""


def _leads(shop: World, name: str) -> bool:
    box = shop.nodes[name].box
    return box is not None and box.leadership is not None


def test_a_box_whose_disk_is_slow_follows_and_leads_once_it_is_fast_again() -> None:
    shop = World(1)
    shop.run(1_000)
    box = shop.nodes["b"].box
    assert box is not None
    box.follower.is_slow = True
    shop.run(2_000)
    shop.ask(b"sold", "a")
    shop.run(3_000)
    assert shop.nodes["b"].disk.position_of(b"sold"), "it has all"
    shop.kill("a")
    shop.run(9_000)
    assert not _leads(shop, "b")
    shop.start("a")
    box.follower.is_slow = False
    shop.run(12_000)
    shop.kill("a")
    shop.run(15_000)
    assert _leads(shop, "b")


def test_an_heir_whose_disk_has_just_become_slow_leads_as_no_one_else_can() -> None:
    shop = World(1)
    shop.run(1_000)
    shop.kill("a")
    box = shop.nodes["b"].box
    assert box is not None
    box.follower.is_slow = True
    shop.run(5_000)
    assert _leads(shop, "b")


class _Follower:
    """A box as it runs, without its threads, and what it says."""

    def __init__(self, folder: Path, most_sync_ms: int = MOST_MS) -> None:
        folders = {name: folder / name for name in ("a", "b", "w")}
        found_shop(folders, {name: free_port() for name in folders}, {"a": 1, "b": 2})
        self.node = TwinNode(
            *(folders["b"], folder / "config.toml", load(folders["b"]), lambda term: None, self._end, most_sync_ms),
            lambda config: False,
        )
        self.ended: list[str] = []
        self.place = folders["b"] / FOLDER
        self.heard: list[Message] = []
        self.node.link.send = lambda to, message: self.heard.append(message)  # type: ignore[method-assign]

    def _end(self, why: str) -> None:
        self.ended.append(why)

    def is_fit(self) -> bool:
        self.node.receive("a", Ship(1, Mark(1, 7, b"elsewhere"), ()))
        said = self.heard[-1]
        assert isinstance(said, Taken)
        return said.fit


def test_a_box_says_that_its_disk_is_slow_and_when_it_is_no_more(tmp_path: Path) -> None:
    box = _Follower(tmp_path)
    syncs = box.node.copy.syncs
    for _ in range(SYNCS):
        syncs.add(MOST_MS / 2)
    assert box.is_fit()
    syncs.add(MOST_MS + 5)
    assert box.is_fit(), "one in a hundred may"
    syncs.add(MOST_MS + 5)
    syncs.add(MOST_MS + 5)
    assert not box.is_fit() and syncs.p99_ms > MOST_MS
    for _ in range(SYNCS):
        syncs.add(1.0)
    assert box.is_fit()


def test_a_box_whose_disk_is_full_says_so_and_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither ends, nor says that no one leads: the leader goes on alone, and tells that it is the disk."""
    box = _Follower(tmp_path)
    (tmp_path / "config.toml").write_text("")
    box.node.box.voter.hold("a", boottime_ms())
    monkeypatch.setattr(disk_room, "free_bytes", lambda folder: FULL_BYTES - 1)
    box.node.look_at_room()
    box.node.receive("a", Ship(1, Mark(1, 7, b"elsewhere"), ()))
    assert box.heard == [] and box.ended == []
    assert box.node.leader_page() != "" and box.node.status().lacks == "full"
    given: list[Message] = []
    said = BoxComparison(
        tmp_path / "config.toml", lambda to, message: given.append(message), lambda: (0, 0), lambda: None
    )
    said.look(("a",), 0)
    said.say_full(box.node.comparison.is_full)
    said.look(("a",), 1)
    told = given[-1]
    assert isinstance(told, AboutBox) and told.is_full, "at once"
    said.receive("b", told, is_leader=False)
    assert said.is_other_full("b")
    monkeypatch.setattr(disk_room, "free_bytes", lambda folder: FULL_BYTES)
    box.node.look_at_room()
    assert box.is_fit(), "there is room again"


def test_a_disk_that_failed_counts_as_full_until_it_takes_a_file(tmp_path: Path) -> None:
    now_s = [0.0]
    room = DiskRoom(tmp_path, has_failed=True, now_s=lambda: now_s[0])
    assert room.is_full()
    (tmp_path / PROBE_FILE).mkdir()
    now_s[0] = FULL_S
    with pytest.raises(OSError, match=PROBE_FILE):  # a folder is in its way: nothing is removed that is not ours
        room.is_full()
    (tmp_path / PROBE_FILE).rmdir()
    now_s[0] = 2 * FULL_S
    assert not room.is_full()


def test_a_box_that_is_taken_out_ends_and_belongs_to_no_one_any_more(tmp_path: Path) -> None:
    box = _Follower(tmp_path)
    box.node.box.voter.hold("a", boottime_ms())
    box.node.receive("w", TakenOut())
    assert box.ended == [], "only who leads says so"
    box.node.receive("a", TakenOut())
    assert box.ended == ["it was taken out"] and not is_there(tmp_path / "b")


def test_a_box_without_a_ledger_takes_all_of_it_before_it_takes_what_is_sold(tmp_path: Path) -> None:
    """The first box sold alone until now, so no mark stands in its ledger, as none stands in one that is not there."""
    box = _Follower(tmp_path)
    body = pack(ShippedBody(600, {7: bytes(PAGE_BYTES)}))
    sold = Shipment(mark_after(Mark(), 1, body), body)
    box.node.receive("a", Ship(1, Mark(), (sold,)))
    said = box.heard[-1]
    assert isinstance(said, Taken) and said.last != sold.mark, "else it would lead with nothing but the newest sale"
    assert not box.node.copy.ledger.exists()


def test_a_slow_disk_is_tried_also_while_no_one_sells(tmp_path: Path) -> None:
    box = _Follower(tmp_path, LOADED_MS)
    began_ms = boottime_ms()
    box.node.probe_disk(began_ms)
    assert not (box.place / PROBE).exists(), "one that is fast is left alone"
    for _ in range(SYNCS):
        box.node.copy.syncs.add(2 * LOADED_MS)
    assert not box.is_fit()
    for turn in range(SYNCS):
        box.node.probe_disk(began_ms + turn * PROBE_MS)
    assert (box.place / PROBE).exists() and box.is_fit(), "it is fast again, and is known to be"


def test_a_copy_that_was_found_damaged_is_so_over_a_start_until_another_is_there(tmp_path: Path) -> None:
    copy = LedgerCopy(tmp_path)
    assert copy.damaged_us == 0
    copy.doubt(NOW_US)
    again = LedgerCopy(tmp_path)
    assert again.last == DAMAGED, "else it would be voted for with what its disk changed"
    assert again.damaged_us == NOW_US
    again.staging().write_bytes(b"")
    again.replace(again.staging(), Mark(3, 9, b"whole"))
    again = LedgerCopy(tmp_path)
    assert again.last != DAMAGED and again.damaged_us == NOW_US, "when it was is told for a day"


def test_a_machines_zone_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    zones = tmp_path / "zoneinfo" / "Europe"
    zones.mkdir(parents=True)
    (zones / "Paris").touch()
    localtime, timezone = tmp_path / "localtime", tmp_path / "timezone"
    assert machine_zone.read_zone(localtime, timezone) == "UTC", "a machine that says nothing (localtime(5))"
    localtime.symlink_to(zones / "Paris")
    assert machine_zone.read_zone(localtime, timezone) == "Europe/Paris"
    localtime.unlink()
    localtime.write_bytes(b"TZif")
    assert machine_zone.read_zone(localtime, timezone) == "", "a file without a name"
    timezone.write_text("Asia/Jerusalem\n")
    assert machine_zone.read_zone(localtime, timezone) == "Asia/Jerusalem"
    monkeypatch.setenv("TZ", ":America/Toronto")
    assert machine_zone.read_zone(localtime, timezone) == "America/Toronto"


def test_zones_that_show_another_time_are_told_from_other_names(tmp_path: Path) -> None:
    assert machine_zone.are_apart("Europe/Paris", "UTC", NOW_US)
    assert not machine_zone.are_apart("Europe/Paris", "Europe/Brussels", NOW_US)
    assert machine_zone.are_apart("Europe/London", "UTC", NOW_US), "as they are in summer"
    assert not machine_zone.are_apart("Europe/Paris", "", NOW_US), "nobody can tell"
    file = tmp_path / "config.toml"
    file.write_text("")
    given: list[AboutBox] = []

    def give(to: str, message: Message) -> None:
        assert isinstance(message, AboutBox)
        given.append(message)

    mine = BoxComparison(file, give, lambda: (0, 0), lambda: None, lambda: SUMMER_US, lambda: "Europe/Paris")
    mine.look(("b",), 0)
    assert given[0].zone == "Europe/Paris"
    other = BoxComparison(file, give, lambda: (0, 0), lambda: None, lambda: SUMMER_US, lambda: "UTC")
    assert other.zones("a") == (), "it was not heard of yet"
    other.receive("a", given[0], is_leader=False)
    assert other.zones("a") == ("UTC", "Europe/Paris")
