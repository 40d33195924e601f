"""The shop's tables as they were: at the head equal to the live ones, at any earlier row to what the ledger held."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal import moments, past
from edge.core.journal.moments import find_moment
from edge.core.journal.past import PastFiles, open_view, projectors_of_views
from edge.core.journal.shadow_rebuild import build
from edge.core.messages import Refused
from edge.core.past_bus import PastBus
from edge.core.storage.database import Connection, ProcessLock
from edge.counter.till.commands import AddLine, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.goods.catalog.commands import ChangePrice, SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.catalog.queries import find_by_sku
from tests.catch_up import catch_up
from tests.shop_fixture import MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

Table = list[tuple[Any, ...]]


def rows_of(db: Connection, table: str) -> Table:
    return sorted(map(tuple, db.execute(f"SELECT * FROM {table}").fetchall()), key=repr)


def tables_of(shop: CommandBus, db: Connection) -> dict[str, Table]:
    return {table: rows_of(db, table) for one in projectors_of_views(shop.registry) for table in one.tables}


async def sell(shop: CommandBus) -> None:
    await done(shop, AddLine(MILK))
    await done(shop, Pay("cash"))


def read_view(shop: CommandBus, seq: int) -> dict[str, Table]:
    """The tables of a view, and how far its journal goes."""
    view = PastFiles(shop.path).view(shop.reader, shop.registry, seq)
    with closing(open_view(view, shop.path, seq)) as db:
        assert db.execute("SELECT max(seq) FROM journal").fetchone() == (seq,)
        return tables_of(shop, db)


def test_a_view_of_the_head_holds_what_the_live_tables_hold(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            await sell(shop)
            await catch_up(shop)
            live = tables_of(shop, shop.reader)
            assert len(live) > 50 and live["receipt"]
            assert read_view(shop, shop.head.seq) == live

    run(check())


def test_refunds_and_voids_know_their_sale_in_the_past_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Milk and soap have different taxes, a kit has two pieces, and the sale may be older than a view's base."""
    monkeypatch.setattr(past, "BASE_ROWS", 5)
    monkeypatch.setattr(past, "PART_OF_LEDGER", 0)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            soap = Product("soap", {"en": "Soap"}, (), 250)
            kit = Product("kit", {"en": "Kit"}, (), 500, parts=(BundlePart("soap", 2_000),))
            await done(shop, SetProducts((soap, kit)), SYSTEM)
            await done(shop, AddLine(MILK))
            await done(shop, AddLine(sku="soap"))
            await done(shop, Pay("cash"))
            for _ in range(3):
                await sell(shop)
            lines = (RefundedLine(1, 1_000), RefundedLine(2, 1_000))
            await done(shop, RefundSale(1, lines=lines), MANAGER)
            await done(shop, AddLine(sku="kit"))
            await done(shop, Pay("cash"))
            await done(shop, VoidLastSale(), MANAGER)
            await catch_up(shop)
            live = tables_of(shop, shop.reader)
            assert read_view(shop, shop.head.seq)["figure_day"] == live["figure_day"], "from the first row on"
            files = PastFiles(shop.path)
            forget_views(files)
            assert len(keep_all_bases(shop, files)) > 1
            assert read_view(shop, shop.head.seq) == live, "from a base"
            built = build(tmp_path / "beside.db", shop.reader, shop.registry, projectors_of_views(shop.registry))
            with closing(built):
                assert tables_of(shop, built) == live, "in a rebuild of everything"

    run(check())


def test_each_row_has_its_view_whichever_base_it_is_built_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BASE_ROWS": 6,
        "CHAIN": 2,
        "RUNGS": (4, 2),
        "VIEWS": 2,
        "PART_OF_LEDGER": 0,
    }.items():
        monkeypatch.setattr(past, name, value)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            held: dict[int, dict[str, Table]] = {}
            for price in range(100, 108):
                await done(shop, ChangePrice("milk", price), SYSTEM)
                await sell(shop)
                await catch_up(shop)
                held[shop.head.seq] = tables_of(shop, shop.reader)
            files = PastFiles(shop.path)
            while files.keep_bases(shop.reader, shop.registry):
                pass
            assert len(files.bases()) >= 3
            for seq in (*reversed(held), *held):
                assert read_view(shop, seq) == held[seq]
            assert len(list(files.folder.glob("view-*"))) <= 2

    run(check())


async def trade(shop: CommandBus) -> dict[int, dict[str, Table]]:
    """A few sales at rising prices: the live tables behind each, by the journal's row."""
    held = {}
    for price in range(100, 108):
        await done(shop, ChangePrice("milk", price), SYSTEM)
        await sell(shop)
        await catch_up(shop)
        held[shop.head.seq] = tables_of(shop, shop.reader)
    return held


def keep_all_bases(shop: CommandBus, files: PastFiles) -> list[int]:
    while files.keep_bases(shop.reader, shop.registry):
        pass
    return list(files.bases())


def forget_views(files: PastFiles) -> None:
    for path in files.folder.glob("view-*"):
        path.unlink()


def test_a_view_at_the_row_of_a_base_leaves_the_next_base_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"BASE_ROWS": 6, "RUNGS": (), "PART_OF_LEDGER": 0}.items():
        monkeypatch.setattr(past, name, value)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            held = await trade(shop)
            files = PastFiles(shop.path)
            files.keep_bases(shop.reader, shop.registry)
            files.view(shop.reader, shop.registry, max(files.bases()))
            assert len(keep_all_bases(shop, files)) >= 3
            for seq in held:
                forget_views(files)
                assert read_view(shop, seq) == held[seq]

    run(check())


def link_to(files: set[Path], folder: Path) -> dict[Path, Path]:
    """Keep these files under another name as well, to recognise them."""
    folder.mkdir()
    for path in files:
        os.link(path, folder / path.name)
    return {path: folder / path.name for path in files}


def test_bases_and_views_of_another_format_are_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BASE_ROWS": 6, "PART_OF_LEDGER": 0}.items():
        monkeypatch.setattr(past, name, value)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            held = await trade(shop)
            files = PastFiles(shop.path)
            made = keep_all_bases(shop, files)
            view = files.view(shop.reader, shop.registry, shop.head.seq)
            old = link_to({*files.bases().values(), view}, tmp_path / "old")
            monkeypatch.setattr(past, "FORMAT", past.FORMAT + 1)
            assert keep_all_bases(shop, files) == made
            assert read_view(shop, shop.head.seq) == held[shop.head.seq]
            assert not any(path.samefile(link) for path, link in old.items())

    run(check())


@pytest.mark.parametrize(
    ("damage", "chain", "place"),
    [("emptied", 128, 1), ("cut", 128, 1), ("altered", 128, 1), ("cut", 2, 0), ("cut", 2, 1), ("altered", 2, 2)],
)
def test_a_base_that_cannot_be_read_is_passed_over_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, chain: int, place: int
) -> None:
    for name, value in {"BASE_ROWS": 6, "RUNGS": (), "PART_OF_LEDGER": 0, "CHAIN": chain}.items():
        monkeypatch.setattr(past, name, value)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            held = await trade(shop)
            files, rows = PastFiles(shop.path), list(held)[::-3]
            made = keep_all_bases(shop, files)
            assert len(made) >= 4
            broken = files.bases()[made[place]]
            whole = broken.read_bytes()
            damaged = {"emptied": b"", "cut": whole[:-9], "altered": whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]}
            broken.write_bytes(damaged[damage])
            for seq in rows:
                forget_views(files)
                assert read_view(shop, seq) == held[seq]
            assert keep_all_bases(shop, files) == made
            for seq in rows:
                forget_views(files)
                assert read_view(shop, seq) == held[seq]
            assert list(files.bases()) == made, "and none of them was unreadable"

    run(check())


def test_whoever_builds_the_past_keeps_others_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BASE_ROWS": 6, "PART_OF_LEDGER": 0}.items():
        monkeypatch.setattr(past, name, value)
    alone: list[bool] = []
    apply, declare_again = past.apply, past._recreate_empty_tables

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            files, head = PastFiles(shop.path), (await trade(shop), shop.head.seq)[1]

            def is_alone() -> None:
                alone.append(ProcessLock(files.folder, "lock").is_held())

            monkeypatch.setattr(past, "apply", lambda *given: (is_alone(), apply(*given)))
            monkeypatch.setattr(past, "_recreate_empty_tables", lambda *given: (is_alone(), declare_again(*given)))
            for build in (
                lambda: files.view(shop.reader, shop.registry, head),
                lambda: files.keep_bases(shop.reader, shop.registry),
                lambda: files.write_ledger(shop.reader, shop.registry, head, tmp_path / "then.db"),
            ):
                alone.clear()
                build()
                assert alone and all(alone)
                assert not ProcessLock(files.folder, "lock").is_held()

    run(check())


def test_while_the_past_is_built_a_minute_is_found_without_the_index_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "SPAN_ROWS", 4)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            await trade(shop)
            folder = PastFiles(shop.path).folder
            building = ProcessLock(folder, "lock")
            assert building.take()
            assert find_moment(shop.reader, folder, shop.now_us() + 1).seq == shop.head.seq
            assert not (folder / moments.FILE).exists()
            building.release()
            assert find_moment(shop.reader, folder, shop.now_us() + 1).seq == shop.head.seq
            assert (folder / moments.FILE).exists()

    run(check())


def test_a_minute_is_the_last_row_that_was_believed_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "SPAN_ROWS", 4)

    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            ends = []
            for _ in range(6):
                clock.advance(60)
                await sell(shop)
                ends.append((clock.at_us, shop.head.seq))
            folder = PastFiles(shop.path).folder
            for at_us, seq in ends:
                found = find_moment(shop.reader, folder, at_us + 1_000_000)
                assert (found.seq, found.is_doubted) == (seq, False)
            assert find_moment(shop.reader, folder, 1).seq == 0
            clock.advance(-86_400)
            await sell(shop)  # the clock is a day behind: the order stays the journal's
            assert find_moment(shop.reader, folder, ends[2][0]).seq == ends[2][1]
            last = find_moment(shop.reader, folder, ends[-1][0])
            assert (last.seq, last.is_doubted) == (shop.head.seq, True)

    run(check())


@pytest.mark.parametrize("left", [b"", b"\x82", b"nonsense"])
def test_an_index_of_times_that_a_power_cut_spoiled_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes
) -> None:
    monkeypatch.setattr(moments, "SPAN_ROWS", 4)

    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            await sell(shop)
            folder = PastFiles(shop.path).folder
            found = find_moment(shop.reader, folder, shop.now_us())
            assert found.seq == shop.head.seq
            whole = (folder / moments.FILE).read_bytes()
            (folder / moments.FILE).write_bytes(left)
            assert find_moment(shop.reader, folder, shop.now_us()) == found
            assert (folder / moments.FILE).read_bytes() == whole

    run(check())


def test_nothing_is_done_in_the_past(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_shop(tmp_path) as shop:
            moment = moments.moment_of(shop.reader, shop.head.seq)
            await done(shop, ChangePrice("milk", 999), SYSTEM)
            view = PastFiles(shop.path).view(shop.reader, shop.registry, moment.seq)
            with closing(PastBus(shop, view, moment)) as then:
                price = find_by_sku(then.reader, "milk", then.now_us())
                assert price is not None and price.price_minor == 120
                assert await then.do(ChangePrice("milk", 1), SYSTEM) == Refused("past_read_only")
                assert isinstance(await then.maintain(lambda db: db.execute("DELETE FROM product")), Refused)

    run(check())
