"""A restore that a page requests: carried out before the shop opens, whole or not at all, with a way back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import aiohttp
import msgspec
import pytest

from edge.app.requested_restore import RestorePage
from edge.core.journal import epochs
from edge.core.journal.verify import verify
from edge.core.people import key_rotation, wrapping_keys
from edge.core.people.forgetting import ForgetPerson
from edge.core.secrets import keys
from edge.core.storage import atomic_write, migrate
from edge.core.storage.database import open_reader
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.rights import system
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import backup, encrypted_file
from edge.operations.maintenance.part import MaintenancePart
from edge.operations.maintenance.restoring import restore as restoring
from edge.operations.maintenance.restoring import swap
from edge.operations.maintenance.restoring.carry_out import carry_out
from edge.operations.maintenance.restoring.preview import preview
from edge.people.customers.commands import SetCustomer
from edge.runtime.backup_state import aside_ledgers, restore_request, waiting_rows
from edge.runtime.backup_state.aside_ledgers import AsideLedger
from edge.runtime.backup_state.restore_request import TRIES, LastReceipt, RestoreOutcome, RestoreRequest
from edge.runtime.config import Config
from sim.ports import free_port
from tests.http_client import when
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
    assert waiting_rows.load(loaded.folder) == []
    clock.advance(60)
    ask(loaded, path, keep_since=False)
    left = carried_out(loaded, clock)
    assert not left.added and sales(loaded) == 2
    (waiting,) = waiting_rows.load(loaded.folder)
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
    assert waiting_rows.load(loaded.folder) == [], "nothing waits any longer"


def replaced(loaded: Config) -> AsideLedger:
    """The only replaced ledger."""
    (found,) = aside_ledgers.list_all(loaded.folder, loaded.header)
    return found


def test_replaced_data_goes_after_its_days_unless_it_has_entries_of_its_own(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path / "left", clock)
    ask(loaded, path, keep_since=False)
    carried_out(loaded, clock)
    later = clock.at_us + 10_000 * aside_ledgers.DAY_US
    assert replaced(loaded).waits and not aside_ledgers.is_due(replaced(loaded), later, 90)
    waiting_rows.settle(loaded.folder, replaced(loaded).folder)
    assert replaced(loaded).written_off and not aside_ledgers.is_due(replaced(loaded), later, 90)

    kept, path = sold_since(tmp_path / "kept", clock)
    ask(kept, path, keep_since=True)
    carried_out(kept, clock)
    one = replaced(kept)
    assert one.entries and one.size_bytes > 100_000 and one.last_us <= clock.at_us
    for days, due in ((89, False), (90, True)):
        assert aside_ledgers.is_due(one, one.replaced_us + days * aside_ledgers.DAY_US, 90) is due
    assert not aside_ledgers.is_due(one, later, 0), "the shop wants to keep them"


def test_a_shop_deletes_old_replaced_data_by_itself_and_says_so_in_its_journal(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    ask(loaded, path, keep_since=True)
    name = carried_out(loaded, clock).aside
    (loaded.folder / "deleting-aside-7").mkdir()  # a deletion that a power cut interrupted
    clock.advance(91 * 86_400)

    async def scenario() -> list[object]:
        async with open_shop(tmp_path, clock, stocked=False, text=with_backups(tmp_path)) as shop:
            part = asyncio.create_task(MaintenancePart(loaded, clock, shop).run(lambda state=None: None))
            await when(lambda: asyncio.to_thread((loaded.folder / name).exists), lambda there: not there, "deleted")
            part.cancel()
            rows = shop.reader.execute("SELECT body FROM journal WHERE type = 'AsideLedgerDeleted'").fetchall()
            return [msgspec.json.decode(body)["folder"] for (body,) in rows]

    assert run(scenario()) == [name]
    assert not list(loaded.folder.glob("*aside-*"))


def test_whoever_is_forgotten_is_unreadable_in_replaced_data_too(tmp_path: Path) -> None:
    clock = FakeClock()
    text = with_backups(tmp_path)
    loaded = config(tmp_path, text)

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=text) as shop:
            person = (await done(shop, SetCustomer(name="Avigail Mizrahi"), system())).result
        made = backup.make(loaded, clock.read().at_us).path
        await asyncio.to_thread(ask, loaded, made, keep_since=True)
        aside = (await asyncio.to_thread(carried_out, loaded, clock)).aside
        assert readable(aside) == {person}
        async with open_shop(tmp_path, clock, stocked=False, text=text) as shop:
            await done(shop, ForgetPerson(person), system())
        ledger = Ledger(loaded, clock)
        assert key_rotation.rotate_completely(ledger.db, loaded.ledger, ledger.writer.head, clock.at_us)
        ledger.close()
        assert readable(aside) == set()

    def readable(aside: str) -> set[str]:
        known = {key.id for key in wrapping_keys.read(loaded.folder).keys}
        with closing(open_reader(loaded.folder / aside / "ledger.db")) as db:
            rows = db.execute("SELECT person, wrapping FROM person_key").fetchall()
            assert rows, "its key is there, under a key that is destroyed or not"
            return {person for person, wrapping in rows if wrapping in known}

    run(scenario())


def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("edge.runtime.backup_state.destinations.shutil.disk_usage", lambda _: usage._replace(free=4096))


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


class Prepared(msgspec.Struct, frozen=True):
    """A folder whose restored ledger is in `fresh`, ready to be put in place."""

    folder: Path
    fresh: Path
    notes: swap.Notes


def prepared(folder: Path, clock: FakeClock) -> Prepared:
    """A request that was carried out up to the swap; it leaves out what was entered since."""
    loaded, path = sold_since(folder / "made", clock)
    ask(loaded, path, keep_since=False)
    found: list[Prepared] = []

    def put(_config: Config, fresh: Path, _at_us: int, notes: swap.Notes) -> None:
        shutil.copytree(fresh, folder / "fresh")
        found.append(Prepared(folder / "made", folder / "fresh", notes))
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("edge.operations.maintenance.restoring.restore.put_in_place", put)
        with pytest.raises(PowerCut):
            carry_out(loaded, clock)
    return found[0]


def sales_in(path: Path) -> int:
    with closing(open_reader(path)) as db:
        return int(db.execute("SELECT count(*) FROM journal WHERE type = 'SaleCompleted'").fetchone()[0])


def test_a_power_cut_at_any_moment_of_the_swap_leaves_the_old_or_the_restored_shop(tmp_path: Path) -> None:
    clock = FakeClock()
    ready = prepared(tmp_path, clock)
    moment, ends = 0, set[int]()
    while True:
        moment += 1
        for name in ("tried", "new"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        shutil.copytree(ready.folder, tmp_path / "tried")
        shutil.copytree(ready.fresh, tmp_path / "new")
        tried = config(tmp_path / "tried", with_backups(ready.folder))
        with pytest.MonkeyPatch.context() as patch:
            count = cut_at(moment, patch)
            with suppress(PowerCut):
                swap.put_in_place(tried, tmp_path / "new", clock.at_us, ready.notes)
        if count() < moment:
            break
        for _ in range(2):  # the second start finds nothing left to do
            swap.complete(tried.folder)
        there = sales_in(tried.ledger)
        ends.add(there)
        asides = list(tried.folder.glob("aside-*"))
        waits = restore_request.load(tried.folder) is not None
        assert waits == (there == 2 + SINCE), (moment, "the request waits exactly while the old ledger is there")
        assert [sales_in(one / "ledger.db") for one in asides] == ([] if waits else [2 + SINCE]), moment
        assert sum(one.sales for one in waiting_rows.load(tried.folder)) == (0 if waits else SINCE), moment
        assert not (tried.folder / epochs.MARK).exists() and not (tried.folder / swap.READY).exists()
    assert ends == {2, 2 + SINCE} and moment > 15
    assert sales(tried) == 2, "and it opens"


@pytest.mark.parametrize("stage", ["unseal_for", "verify_ledger", "begin"])
def test_a_power_cut_before_the_swap_changes_nothing_and_the_next_start_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    clock = FakeClock()
    loaded, path = sold_since(tmp_path, clock)
    ask(loaded, path, keep_since=True)
    act = getattr(restoring, stage)

    def cut(*args: object, **named: object) -> None:
        act(*args, **named)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(restoring, stage, cut)
        with pytest.raises(PowerCut):
            carry_out(loaded, clock)
    assert sales_in(loaded.ledger) == 2 + SINCE and not list(loaded.folder.glob("aside-*"))
    assert carried_out(loaded, clock).fault is None
    assert sales(loaded) == 2 + SINCE and len(list(loaded.folder.glob("aside-*"))) == 1
    assert not list(loaded.folder.glob("restore-????????")), "nothing half done is left"


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
    assert sales_in(loaded.ledger) == 2, "it is in place"
    assert sales(loaded) == 2
    assert restore_request.load(loaded.folder) is None


def test_an_unreadable_request_opens_the_shop(tmp_path: Path) -> None:
    clock = FakeClock()
    loaded, _ = sold_since(tmp_path, clock)
    atomic_write.write_whole(loaded.folder / restore_request.REQUEST, b"{")
    assert restore_request.load(loaded.folder) is None
    assert carry_out(loaded, clock) is None
    assert msgspec.json.encode(RestoreRequest("office")), "as it is written"


def test_tills_wait_while_the_shop_is_restored(tmp_path: Path) -> None:
    text = CONFIG.replace("port = 0", f"port = {free_port()}")
    loaded = config(tmp_path, text)

    async def scenario() -> None:
        page = RestorePage(loaded)
        served = await page.open()
        assert served is not None
        try:
            async with aiohttp.ClientSession() as session:
                for language, said in (("en", "The shop is being restored"), ("fr", "Restauration du magasin")):
                    address = f"http://127.0.0.1:{loaded.panel.port}/manager?lang={language}"
                    async with session.get(address) as answer:
                        assert answer.status == 503 and answer.headers["Retry-After"] == "3"
                        assert said in await answer.text()
                page.show(5, 20)
                async with session.post(f"http://127.0.0.1:{loaded.panel.port}/api/v1/commands/Pay") as answer:
                    assert answer.status == 503 and "5 of 20" in await answer.text()
        finally:
            await served[0].close()
            await served[1].cleanup()

    run(scenario())
