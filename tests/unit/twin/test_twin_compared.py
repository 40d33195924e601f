"""What two boxes say of themselves: settings that differ are named and taken, clocks are compared, a copy that is not
what it was shipped is found and taken again."""

from __future__ import annotations

import threading
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from edge.backoffice.twin.copy import aside
from edge.backoffice.twin.copy.ledger_copy import DAMAGED, Hurried, LedgerCopy
from edge.backoffice.twin.copy.self_check import SelfCheck
from edge.backoffice.twin.desk import BoxesDesk
from edge.backoffice.twin.limits import CLOCKS, COMPARE_MS, PAGE_BYTES
from edge.backoffice.twin.membership import shop_config
from edge.backoffice.twin.membership.comparison import BoxComparison, OtherBox
from edge.backoffice.twin.status import TwinStatus
from edge.backoffice.twin.watches import DAMAGED_US, LASTS_S, LED_US, TwinWatches
from edge.backoffice.twin.wire.frames import AboutBox, LaterMessage, ShopConfig, WantConfig, encode, read
from edge.core.registry import Condition
from edge.core.storage.database import open_writer
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.alerts.alert_texts import advice, known_kinds, title
from edge.runtime.config import load
from tests.shop_fixture import MILK, done, open_shop, run
from tests.sold_elsewhere import sold_elsewhere
from twin.messages import Message

FIRST = """\
# of the first box
registers = ["1"]
[store]
id = "corner"
header = ["Corner Shop"]
currency = "EUR"
zone = "Europe/Paris"
[tax]
[[tax.class]]
id = "standard"
rates = [{ name = "VAT", percent = "20" }]
[panel]
port = 8081
[[device]]
name = "receipts"
role = "receipt_printer"
driver = "network"
host = "192.0.2.7"
[[device]]
name = "gun"
role = "scanner"
driver = "serial"
path = "/dev/ttyACM0"
"""
SECOND = FIRST.replace("8081", "8082").replace("ttyACM0", "ttyACM1").replace("of the first box", "of the second")
SECOND = 'data = "second"\n' + SECOND
NOW_US = 1_800_000_000_000_000


def test_what_is_the_shops_is_compared_and_what_is_a_boxs_own_is_not() -> None:
    first, second = shop_config.settings_of(FIRST), shop_config.settings_of(SECOND)
    assert shop_config.differences(first, second) == ()
    assert shop_config.plugged_in(SECOND) == ("gun",)
    other = FIRST.replace('percent = "20"', 'percent = "10"').replace("192.0.2.7", "192.0.2.8").replace("Paris", "Rome")
    assert shop_config.differences(first, shop_config.settings_of(other)) == (
        "device.receipts",
        "store.zone",
        "tax.class",
    )


def test_a_box_takes_the_leaders_settings_and_keeps_its_own(tmp_path: Path) -> None:
    leaders = FIRST.replace('percent = "20"', 'percent = "10"')
    leaders += '[[device]]\nname = "label"\nrole = "customer_display"\ndriver = "serial"\npath = "/dev/ttyS1"\n'
    own = SECOND + '[[device]]\nname = "scale"\nrole = "scale"\ndriver = "cas"\npath = "/dev/ttyUSB9"\n'
    file = tmp_path / "config.toml"
    file.write_text(shop_config.merge_text(own, leaders))
    made = load(file)
    assert made.tax.table() == load(_file(tmp_path / "leader.toml", leaders)).tax.table()
    assert (made.panel.port, made.folder.name) == (8082, "second")
    known = {device.name: device for device in made.devices}
    assert [*known] == ["receipts", "gun", "label", "scale"]
    assert known["gun"].options["path"] == "/dev/ttyACM1", "what is plugged into this box is where it was"
    again = shop_config.merge_text(file.read_text(), leaders)
    assert tomllib.loads(again) == tomllib.loads(file.read_text()), "once"


def _file(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


class _Boxes:
    """Two that hear each other at once; `first` leads."""

    def __init__(self, folder: Path, first: str, second: str) -> None:
        self.files = [_file(folder / f"{name}.toml", text) for name, text in (("1", first), ("2", second))]
        self.took = threading.Event()
        self.first = BoxComparison(self.files[0], self._to_second, lambda: (7, 0), lambda: None, lambda: NOW_US)
        self.second = BoxComparison(self.files[1], self._to_first, lambda: (7, 0), self.took.set, lambda: NOW_US)

    def _to_second(self, to: str, message: Message) -> None:
        assert isinstance(message, AboutBox | WantConfig | ShopConfig)
        self.second.receive("1", message, is_leader=True)

    def _to_first(self, to: str, message: Message) -> None:
        assert isinstance(message, AboutBox | WantConfig | ShopConfig)
        self.first.receive("2", message, is_leader=False)

    def look(self, times: int = 1) -> None:
        for turn in range(times):
            self.second.look(("1",), turn * COMPARE_MS)
            self.first.look(("2",), turn * COMPARE_MS)


def test_a_setting_that_a_page_changed_is_at_the_other_box_before_that_one_leads(tmp_path: Path) -> None:
    boxes = _Boxes(tmp_path, FIRST.replace("Paris", "Rome"), SECOND)
    boxes.look()
    assert boxes.took.wait(10), "it begins anew with them"
    assert load(boxes.files[1]).store.zone == "Europe/Rome" and load(boxes.files[1]).panel.port == 8082
    boxes.took.clear()
    boxes.look(2)
    assert boxes.first.differences("2") == () and not boxes.took.is_set()


def test_a_setting_that_the_other_box_cannot_start_with_is_named_and_not_taken(tmp_path: Path) -> None:
    boxes = _Boxes(tmp_path, FIRST.replace("[panel]", "[till]\nof_a_newer_version = true\n[panel]"), SECOND)
    boxes.look()
    assert boxes.first.differences("2") == ("till.of_a_newer_version",)
    assert boxes.files[1].read_text() == SECOND and not boxes.took.wait(0.2)


def test_a_file_that_someone_writes_just_now_counts_as_it_was(tmp_path: Path) -> None:
    boxes = _Boxes(tmp_path, FIRST, SECOND)
    boxes.look()
    boxes.files[0].write_text(FIRST + "[half of a")
    boxes.look(2)
    assert boxes.second.differences("1") == () and boxes.files[1].read_text() == SECOND


def test_clocks_are_compared_and_a_slow_network_is_no_clock() -> None:
    other = OtherBox()
    for _ in range(CLOCKS):
        other.hear(AboutBox(0), 90_000_000)
    assert other.clock_s == -90
    other.hear(AboutBox(90_000_000), 90_100_000)
    assert other.clock_s == 0, "one that came in time says how it is"


def test_what_newer_software_says_is_passed_over_and_nonsense_is_not() -> None:
    body = encode(WantConfig())[4:].replace(b"WantConfig", b"LaterThing")
    parts = [len(body).to_bytes(4), body]
    assert read(lambda length: parts.pop(0)) == LaterMessage()


def _status(**fields: object) -> TwinStatus:
    return TwinStatus("1", "1", "both", 3, **fields)  # type: ignore[arg-type]


class _Desk(BoxesDesk):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder / "config.toml", 0, False, None, lambda seconds: None)
        self.said: TwinStatus | None = _status()

    @property
    def status(self) -> TwinStatus | None:
        return self.said


@pytest.mark.parametrize(
    ("said", "kind", "subject"),
    [
        (TwinStatus("1", "1", "alone"), "twin_alone", ""),
        (TwinStatus("1", "1", "no_witness"), "twin_no_witness", ""),
        (_status(differs=("store.zone",)), "twin_settings", ""),
        (_status(clock_s=-90), "twin_clock", ""),
        (_status(zones=("Europe/Paris", "UTC")), "twin_zone", ""),
        (_status(lacks="version"), "twin_older", ""),
        (_status(lacks="disk"), "twin_slow_disk", ""),
        (TwinStatus("1", "1", "unfit", lacks="full"), "twin_full_disk", ""),
        (_status(damaged_us=NOW_US - DAMAGED_US + 1), "twin_damaged", ""),
        (_status(led_us=NOW_US - LED_US + 1), "twin_led", "3"),
    ],
)
def test_each_of_two_boxes_is_said_when_it_lasts(tmp_path: Path, said: TwinStatus, kind: str, subject: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            desk, now_s = _Desk(tmp_path), [0.0]
            watches = TwinWatches(desk, shop.registry.decode, lambda: now_s[0]).watches()

            def so() -> dict[str, list[Condition]]:
                read = {one.kind: [*one.read(shop.reader, NOW_US, "2027-01-15")] for one in watches}
                return {name: found for name, found in read.items() if found}

            assert so() == {}, "all is well"
            desk.said = said
            assert set(so()) == ({kind} - {*LASTS_S}), "what changes who may lead is told at once"
            now_s[0] += LASTS_S.get(kind, 0)
            found = so()
            assert [*found] == [kind] and found[kind][0].subject == subject
            assert kind in known_kinds()
            for language in ("en", "fr", "he"):
                text = title(language, kind, found[kind][0].values) + advice(language, kind, found[kind][0].values)
                assert "…" not in text and "{" not in text, text
            desk.said = _status()
            assert so() == {}

    run(scenario())


def test_papers_that_wait_aside_are_told_of_until_they_are_decided(tmp_path: Path) -> None:
    async def scenario() -> None:
        rows = await sold_elsewhere(tmp_path / "other")
        async with open_shop(tmp_path / "here") as shop:
            desk = _Desk(shop.path.parent)
            watch = next(one for one in TwinWatches(desk, shop.registry.decode).watches() if one.kind == "twin_aside")
            assert not [*watch.read(shop.reader, NOW_US, "2027-01-15")]
            assert aside.take(shop.path.parent, "7-9", rows)
            (found,) = watch.read(shop.reader, NOW_US, "2027-01-15")
            assert found.values == {"count": 3, "sum_minor": 360}
            assert "3" in title("en", "twin_aside", found.values)

    run(scenario())


async def _sold(folder: Path) -> None:
    async with open_shop(folder) as shop:
        for _ in range(3):
            await done(shop, AddLine(MILK))
            await done(shop, Pay("card"))


def _copy_of(folder: Path) -> LedgerCopy:
    run(_sold(folder))
    with closing(open_writer(folder / "data" / "ledger.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return LedgerCopy(folder / "data")


def test_a_copy_that_its_disk_changed_is_found_and_gets_no_vote(tmp_path: Path) -> None:
    copy = _copy_of(tmp_path)
    check = SelfCheck(copy, tmp_path / "config.toml", lambda why: None, lambda drill: None, lambda config: False)
    assert check.look() == ""
    content = bytearray(copy.ledger.read_bytes())
    at = content.rindex(b'"total_minor":120')
    content[at : at + 17] = b'"total_minor":150'
    copy.ledger.write_bytes(content)
    assert "#" in check.look()
    copy.doubt(NOW_US)
    assert copy.last == DAMAGED and copy.last.position == 0
    assert len(content) % PAGE_BYTES == 0


def test_all_of_a_copy_is_looked_at_beside_it(tmp_path: Path) -> None:
    copy = _copy_of(tmp_path)
    file = _file(tmp_path / "config.toml", SECOND)
    check = SelfCheck(copy, file, lambda why: None, lambda drill: None, lambda config: False)
    assert check.look_at_all() == ""
    assert not (tmp_path / "data" / "twin" / "check").exists(), "nothing of it is left"
    copy.settle()
    with pytest.raises(Hurried):
        check.look()
