"""A restore that a page requests: carried out before the shop opens, whole or not at all, with a way back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from edge.core.journal import epochs
from edge.core.journal.rows import read_head
from edge.core.journal.verify import verify
from edge.core.secrets import keys
from edge.core.storage import atomic_write, migrate
from edge.core.storage.database import open_reader
from edge.counter.till.commands import AddLine, Pay
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import backup, encrypted_file
from edge.operations.maintenance.restoring import set_aside, swap
from edge.operations.maintenance.restoring.carry_out import carry_out
from edge.operations.maintenance.restoring.preview import preview
from edge.runtime.backup_state import destinations, restore_request
from edge.runtime.backup_state.restore_request import TRIES, LastReceipt, RestoreOutcome, RestoreRequest
from edge.runtime.config import Config
from tests.shop_fixture import CONFIG, MILK, FakeClock, config, done, open_shop, run

SINCE = 3
SALE_MINOR = 120


class PowerCut(BaseException):
    """The machine is off: nothing handles this."""


def with_backups(folder: Path) -> str:
    return CONFIG + f'[backup]\nfolder = "{folder / "usb"}"\nsame_disk = true\n'


def sold_since(folder: Path, clock: FakeClock) -> tuple[Config, Path]:
    """A shop whose backup has two sales; three more are in its ledger alone."""
    loaded = config(folder, with_backups(folder))
    made: list[Path] = []

    async def scenario() -> None:
        async with open_shop(folder, clock, text=with_backups(folder)) as shop:
            for count in range(2 + SINCE):
                if count == 2:
                    made.append(backup.make(loaded, clock.read().at_us).path)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash"))
                clock.advance(60)

    run(scenario())
    return loaded, made[0]


def sales(loaded: Config) -> int:
    """The sales of a ledger that opens and is whole."""
    ledger = Ledger(loaded, FakeClock())
    try:
        assert not verify(ledger.db, ledger.registry).faults
        return int(ledger.db.execute("SELECT count(*) FROM journal WHERE type = 'SaleCompleted'").fetchone()[0])
    finally:
        ledger.close()


def ask(loaded: Config, path: Path, *, keep_since: bool, code: str = "") -> None:
    restore_request.put(loaded.folder, RestoreRequest("backup", str(path), keep_since, code, by="Dana"))


def carried_out(loaded: Config, clock: FakeClock) -> RestoreOutcome:
    ended = carry_out(loaded, clock)
    assert ended is not None
    assert restore_request.load(loaded.folder) is None, "it isn't done twice"
    return ended


def test_a_backup_is_shown_before_it_replaces_anything(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    before = loaded.ledger.read_bytes()
    seen = preview(loaded, path)
    assert seen.fault is None
    assert seen.receipt == LastReceipt("1", 2, seen.receipt.at_us if seen.receipt else 0)
    assert (seen.since_sales, seen.since_minor, seen.currency) == (SINCE, SINCE * SALE_MINOR, "EUR")
    assert seen.since >= SINCE and not seen.unaddable
    assert loaded.ledger.read_bytes() == before and not list(loaded.folder.glob("drill-*"))


def test_what_was_entered_since_stays_or_is_left_out_as_asked(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    ask(loaded, path, keep_since=True)
    kept = carried_out(loaded, clock)
    assert (kept.fault, kept.by, kept.name) == (None, "Dana", path.name)
    assert kept.added >= SINCE and sales(loaded) == 2 + SINCE
    assert set_aside.load(loaded.folder) == []
    clock.advance(60)
    ask(loaded, path, keep_since=False)
    left = carried_out(loaded, clock)
    assert not left.added and sales(loaded) == 2
    (waiting,) = set_aside.load(loaded.folder)
    assert (waiting.folder, waiting.sales, waiting.sum_minor) == (left.aside, SINCE, SINCE * SALE_MINOR)
    assert (loaded.folder / left.aside / "ledger.db").is_file()


def test_the_way_back_brings_what_was_left_out(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    ask(loaded, path, keep_since=False)
    left = carried_out(loaded, clock)

    async def sell() -> None:
        async with open_shop(tmp_path, clock, stocked=False, text=with_backups(tmp_path)) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))

    run(sell())
    restore_request.put(loaded.folder, RestoreRequest("aside", left.aside))
    back = carried_out(loaded, clock)
    assert back.fault is None and back.added >= SINCE
    assert sales(loaded) == 2 + 1 + SINCE
    assert set_aside.load(loaded.folder) == [], "nothing waits any longer"


def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(destinations.shutil, "disk_usage", lambda _: usage._replace(free=4096))


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (lambda loaded, path, patch: path.unlink(), "first.restore_no_file"),
        (lambda loaded, path, patch: keys.store(loaded.folder, keys.make()), "backup.needs_code"),
        (lambda loaded, path, patch: patch.setattr(migrate, "newest", lambda: 99), "backup.newer"),
        (lambda loaded, path, patch: fill_disk(patch), "backup.restore_full"),
        (lambda loaded, path, patch: path.write_bytes(path.read_bytes()[:-4096]), "backup.damaged"),
    ],
    ids=["gone", "another code", "newer", "full disk", "damaged"],
)
def test_a_backup_that_does_not_fit_changes_nothing_and_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Config, Path, pytest.MonkeyPatch], object],
    key: str,
) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    with monkeypatch.context() as patch:
        patch.setattr("edge.operations.maintenance.restoring.restore.newest", lambda: migrate.newest())
        spoil(loaded, path, patch)
        seen = preview(loaded, path)
        assert seen.fault is not None and seen.fault.key == key
        ask(loaded, path, keep_since=False)
        ended = carried_out(loaded, clock)
        assert ended.fault is not None and ended.fault.key == key
    assert sales(loaded) == 2 + SINCE, "the shop goes on as it was"
    assert not list(loaded.folder.glob("aside-*"))


def test_another_shops_backup_is_refused(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    other = config(tmp_path / "other", with_backups(tmp_path).replace('id = "corner"', 'id = "harbour"'))
    other.folder.mkdir(parents=True)
    Ledger(other, clock).close()
    keys.store(other.folder, keys.stored_or_made(loaded.folder))
    seen = preview(other, path)
    assert seen.fault is not None and seen.fault.key == "backup.other_shop"
    ask(other, path, keep_since=False)
    ended = carried_out(other, clock)
    assert ended.fault is not None and ended.fault.key == "backup.other_shop"


def test_the_code_of_the_paper_opens_a_backup_made_with_another(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    code = keys.show(keys.stored_or_made(loaded.folder))
    mine = keys.make()
    keys.store(loaded.folder, mine)
    for wrong, key in (("0000", "first.restore_no_code"), (keys.show(keys.make()), "first.restore_other_code")):
        seen = preview(loaded, path, wrong)
        assert seen.fault is not None and seen.fault.key == key and seen.needs_code
    assert preview(loaded, path, code.lower()).fault is None
    ask(loaded, path, keep_since=False, code=code)
    assert carried_out(loaded, clock).fault is None
    assert sales(loaded) == 2
    assert keys.read_stored_secret(loaded.folder) == mine, "the box keeps the code that its owner has on paper"


def cut_at(moment: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Cut the power before the `moment`th change of a name in the data folder. Returns how many there were."""
    count = 0

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count == moment:
                raise PowerCut
            return act(*args, **named)

        return step

    for kind, name in ((Path, "replace"), (Path, "unlink"), (Path, "mkdir")):
        monkeypatch.setattr(kind, name, counted(getattr(kind, name)))
    return lambda: count


@pytest.mark.parametrize("keep_since", [True, False])
def test_a_power_cut_at_any_moment_leaves_the_old_or_the_restored_shop(tmp_path: Path, keep_since: bool) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path / "made", clock)
    ask(loaded, path, keep_since=keep_since)
    wanted = 2 + SINCE if keep_since else 2
    moment, cuts = 0, 0
    while True:
        moment += 1
        shutil.rmtree(tmp_path / "tried", ignore_errors=True)
        shutil.copytree(tmp_path / "made", tmp_path / "tried")
        tried = config(tmp_path / "tried", with_backups(tmp_path / "made"))
        with pytest.MonkeyPatch.context() as patch:
            count = cut_at(moment, patch)
            with suppress(PowerCut):
                carry_out(tried, clock)
            if count() < moment:
                break
        cuts += 1
        ended = carried_out(tried, clock)
        assert ended.fault is None, (moment, ended)
        assert sales(tried) == wanted, moment
        assert not (tried.folder / epochs.MARK).exists() and not (tried.folder / swap.READY).exists()
        left = set_aside.load(tried.folder)
        assert sum(one.sales for one in left) == (0 if keep_since else SINCE), moment
    assert cuts > 8, "the swap has this many steps"


def test_a_restore_that_never_ends_is_given_up_and_the_shop_opens(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    ask(loaded, path, keep_since=False)
    with pytest.MonkeyPatch.context() as patch:

        def cut(*_: object) -> None:
            raise PowerCut

        patch.setattr(encrypted_file, "read_sealed_pieces", cut)
        for _ in range(TRIES):
            with pytest.raises(PowerCut):
                carry_out(loaded, clock)
    ended = carried_out(loaded, clock)
    assert ended.fault is not None and ended.fault.key == "backup.restore_interrupted"
    assert sales(loaded) == 2 + SINCE


def test_a_swap_goes_on_when_the_ledger_is_opened_by_anything(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    ask(loaded, path, keep_since=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swap, "_record", lambda *_: (_ for _ in ()).throw(PowerCut()))
        with pytest.raises(PowerCut):
            carry_out(loaded, clock)
    assert (loaded.folder / epochs.MARK).read_bytes(), "the plan is on the disk"
    with open_reader(loaded.ledger) as db:
        assert read_head(db).epoch > 1
    assert sales(loaded) == 2
    assert restore_request.load(loaded.folder) is None


def test_an_unreadable_request_opens_the_shop(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, _ = sold_since(tmp_path, clock)
    atomic_write.write_whole(loaded.folder / restore_request.REQUEST, b"{")
    assert restore_request.load(loaded.folder) is None
    assert carry_out(loaded, clock) is None
    assert msgspec.json.encode(RestoreRequest("office")), "as it is written"
