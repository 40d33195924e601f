"""Goods from one store to another through head office: in transit, received with a difference, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import astuple

from edge.app.head_office.hub_relay import UNKNOWN_STORE, TransferRelay, turns
from edge.app.hub import open_hub
from edge.backoffice.directives.commands import TakeDirective
from edge.backoffice.directives.kinds.shipments import SHIPMENTS
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.foundation.access.rights import system
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement, TransferLine
from edge.goods.stock.lists.listings import read_cost_corrections
from edge.goods.stock.queries import StockItem, read_item
from edge.goods.transfers import commands as between
from edge.goods.transfers.hub import TransferTables
from edge.goods.transfers.queries import StoreTransfer, read_transfer, read_transfers
from edge.goods.transfers.watches import WATCHES
from sync.directive_signing import Signer
from sync.hub.model import Key
from sync.hub.store import Store
from sync.mqtt import BrokerConfig
from tests.http_client import when
from tests.importing import job_runner
from tests.shop_fixture import SYSTEM, done, open_shop, run

LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24)
CORNER, NORTH = Key("demo", "corner", "box1"), Key("demo", "north", "box1")
NO_BROKER = BrokerConfig(host="127.0.0.1", port=1)


class Office:
    """Head office between two stores. The test decides when rows and directives are transferred."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.relay = TransferRelay(store, NO_BROKER)
        self._done: dict[Key, int] = {}
        self._taken: dict[Key, int] = {}

    async def know(self, *keys: Key) -> None:
        for key in keys:
            await self.store.pool.execute(
                "INSERT INTO device (tenant, store, device, through_hash) VALUES ($1, $2, $3, $4)",
                *astuple(key),
                bytes(32),
            )

    async def up(self, key: Key, shop: CommandBus) -> None:
        projector = TransferTables(shop.registry)
        rows = read_rows(shop.reader, self._done.get(key, 0) + 1, 10_000)
        wanted = [row for row in rows if row.type in projector.handlers]
        self._done[key] = rows[-1].seq if rows else self._done.get(key, 0)
        async with self.store.pool.acquire() as connection, connection.transaction():
            await projector.handlers["TransferSent"](connection, key, wanted)

    async def project_again(self, key: Key, shop: CommandBus) -> None:
        async with self.store.pool.acquire() as connection, connection.transaction():
            await TransferTables(shop.registry).reset(connection, key)
        self._done.pop(key)
        await self.up(key, shop)

    async def down(self, key: Key, shop: CommandBus, again: bool = False) -> None:
        """Deliver the directives published to a store. `again`: from the first one on, as after a restore."""
        rows = await self.store.pool.fetch(
            "SELECT version, kind, body FROM directive WHERE tenant = $1 AND store = $2 AND version > $3 ORDER BY 1",
            key.tenant,
            key.store,
            0 if again else self._taken.get(key, 0),
        )
        for version, kind, body in rows:
            assert kind == SHIPMENTS.name
            for one in SHIPMENTS.items(bytes(body)):
                for command in filter(None, (one.announced, one.settled)):
                    await done(shop, command, system("hub"))
            self._taken[key] = version


async def say(shop: CommandBus, command: Command) -> str:
    """Return a shop's answer to a command: its result, or the refusal's code."""
    outcome = await shop.do(command, SYSTEM)
    if isinstance(outcome, Refused):
        return outcome.code
    assert isinstance(outcome, Done), outcome
    return str(outcome.result)


def item(shop: CommandBus) -> StockItem:
    found = read_item(shop.reader, "lager")
    assert found is not None
    return found


def one(shop: CommandBus, id: str) -> StoreTransfer:
    found = read_transfer(shop.reader, id)
    assert found is not None
    return found


async def states(office: Office) -> Sequence[Any]:
    rows = await office.store.pool.fetch("SELECT state, quantity, got FROM transfer_between_stores ORDER BY id, n")
    return [tuple(row) for row in rows]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "corner").mkdir()
    (tmp_path / "north").mkdir()
    return tmp_path / "corner", tmp_path / "north"


def test_head_office_asks_a_store_for_goods_for_another(folders: tuple[Path, Path], database: str) -> None:
    """The request becomes a draft there, and moves nothing until someone sends it. Unknown goods are named."""

    async def scenario() -> None:
        async with open_shop(folders[0]) as corner, job_runner(corner):
            await done(corner, SetProducts((LAGER,)), SYSTEM)
            await done(corner, RecordMovement("lager", "in", units=50_000, unit_cost_minor=95), SYSTEM)
            own = await done(corner, between.DraftTransfer("south", (TransferLine("lager", 1_000),)), SYSTEM)
            lines = ({"sku": "lager", "quantity": 20_000}, {"sku": "unheard", "quantity": 1_000})
            wanted = [{"wanted": {"to_store": "north", "lines": [line], "id": own.result}} for line in lines]
            body = msgspec.json.encode({"shipments": wanted}).decode()
            jobs = corner.bus.subscribe("committed")
            await done(corner, TakeDirective(1, SHIPMENTS.name, body), SYSTEM)
            while corner.reader.execute("SELECT count(*) FROM directive_open").fetchone()[0]:
                await jobs.next()
            drafts = {one.store: one for one in read_transfers(corner.reader, state="drafted")}
            assert set(drafts) == {"north", "south"}, "the store's own draft stays"
            assert item(corner).on_hand == 50_000
            applied = next(row for row in read_rows(corner.reader, 1, 10_000) if row.type == "DirectiveApplied")
            assert b"unheard" in applied.body and b"lager" not in applied.body
            await done(corner, between.SendDraft(drafts["north"].id), SYSTEM)
            assert item(corner).on_hand == 30_000

    run(scenario())


def test_goods_are_in_transit_and_come_with_a_difference(folders: tuple[Path, Path], database: str) -> None:
    async def scenario() -> None:
        async with open_shop(folders[0]) as corner, open_shop(folders[1]) as north, open_hub(database) as store:
            office = Office(store)
            await office.know(CORNER, NORTH)
            for shop in (corner, north):
                await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(corner, RecordMovement("lager", "in", boxes=2, lot="A", unit_cost_minor=90), SYSTEM)
            await done(corner, RecordMovement("lager", "in", units=1_000, unit_cost_minor=95), SYSTEM)
            worth = item(corner).value_milli or 0
            sent = await done(corner, between.SendTransfer("north", (TransferLine("lager", 30_000, "A"),)), SYSTEM)
            id = str(sent.result)
            assert (item(corner).on_hand, item(corner).boxes) == (19_000, 0)

            assert await office.relay.turn() == 0, "head office does not know of it yet"
            await office.up(CORNER, corner)
            assert (await office.relay.turn(), await office.relay.turn()) == (1, 0), "told once"
            assert await states(office) == [("sent", 30_000, None)]
            await office.down(NORTH, north)
            await office.down(NORTH, north, again=True)
            assert (item(north).on_hand, item(north).on_order) == (0, 30_000)
            more = between.ReceiveTransfer(id, (between.GotLine(0, 31_000),))
            outcome = await north.do(more, SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "more_than_sent"
            got = await done(north, between.ReceiveTransfer(id, (between.GotLine(0, 28_000),)), SYSTEM)
            assert got.result == "received_short"
            found = item(north)
            assert (found.on_hand, found.boxes, found.on_order, found.rows[0].lot) == (28_000, 1, 0, "A")
            assert abs((found.value_milli or 0) - 28 * 90_102) < 2_000, "at the value it left with"
            outcome = await north.do(between.ReceiveTransfer(id), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "transfer_over"

            await office.up(NORTH, north)
            assert (await office.relay.turn(), await office.relay.turn()) == (2, 0)
            await office.down(CORNER, corner)
            await office.down(CORNER, corner, again=True)
            await office.down(NORTH, north)
            assert (one(corner, id).state, one(north, id).state) == ("received_short", "received_short")
            assert await states(office) == [("received_short", 30_000, 28_000)]
            await office.project_again(CORNER, corner)
            assert await states(office) == [("received_short", 30_000, 28_000)]
            assert await office.relay.turn() == 0, "its history was projected again, and nobody is told twice"
            (lost,) = read_cost_corrections(corner.reader)
            assert (lost.why, lost.document) == ("lost_in_transit", id)
            total = (item(corner).value_milli or 0) + (found.value_milli or 0) + lost.amount_milli
            assert abs(total - worth) < 3_000, "no cent is anywhere twice"
            for shop in (corner, north):
                assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_was_sent_and_received_during_an_outage_is_not_in_transit(
    folders: tuple[Path, Path], database: str
) -> None:
    """The rows of both stores reach head office at the same time, in either order."""

    async def scenario() -> None:
        async with open_shop(folders[0]) as corner, open_shop(folders[1]) as north, open_hub(database) as store:
            office = Office(store)
            await office.know(CORNER, NORTH)
            for shop in (corner, north):
                await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(corner, RecordMovement("lager", "in", units=9_000, unit_cost_minor=90), SYSTEM)
            sent = await done(corner, between.SendTransfer("north", (TransferLine("lager", 4_000),)), SYSTEM)
            await office.up(CORNER, corner)
            await office.relay.turn()
            await office.down(NORTH, north)
            await done(north, between.ReceiveTransfer(str(sent.result)), SYSTEM)
            projector = TransferTables(corner.registry)
            for first, second in ((CORNER, NORTH), (NORTH, CORNER)):
                shops = {CORNER: corner, NORTH: north}
                async with store.pool.acquire() as one, store.pool.acquire() as two:
                    async with two.transaction():
                        await projector.reset(two, first)
                        await projector.reset(two, second)
                    async with one.transaction():
                        await put(projector, one, first, shops[first])
                        later = asyncio.ensure_future(within(projector, two, second, shops[second]))
                        await until_it_waits(store)
                    await later
                assert await states(office) == [("received", 4_000, 4_000)]

    run(scenario())


async def put(projector: TransferTables, connection: Any, key: Key, shop: CommandBus) -> None:
    """Write a store's transfers to head office's tables."""
    rows = [row for row in read_rows(shop.reader, 1, 10_000) if row.type in projector.handlers]
    await projector.handlers["TransferSent"](connection, key, rows)


async def within(projector: TransferTables, connection: Any, key: Key, shop: CommandBus) -> None:
    async with connection.transaction():
        await put(projector, connection, key, shop)


async def until_it_waits(store: Store) -> None:
    """Wait until a transaction waits for another one's lock."""
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory')"
    await when(lambda: store.pool.fetchval(waiting), bool, "it waits for the other store's rows")


def test_goods_arrive_without_a_value_at_a_store_of_another_currency(folders: tuple[Path, Path], database: str) -> None:
    async def scenario() -> None:
        async with open_shop(folders[0]) as corner, open_shop(folders[1]) as north, open_hub(database) as store:
            office = Office(store)
            await office.know(CORNER, NORTH)
            stores = "INSERT INTO store_record (tenant, store, currency) VALUES ('demo', $1, $2)"
            owner = await asyncpg.connect(database)
            await owner.executemany(stores, [("corner", "EUR"), ("north", "JPY")])
            await owner.close()
            for shop in (corner, north):
                await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(corner, RecordMovement("lager", "in", units=4_000, unit_cost_minor=90), SYSTEM)
            sent = await done(corner, between.SendTransfer("north", (TransferLine("lager", 4_000),)), SYSTEM)
            await office.up(CORNER, corner)
            await office.relay.turn()
            await office.down(NORTH, north)
            await done(north, between.ReceiveTransfer(str(sent.result)), SYSTEM)
            assert (item(north).on_hand, item(north).value_milli) == (4_000, None), "90 cents aren't 90 yen"

    run(scenario())


def test_what_is_refused_or_sent_nowhere_comes_back(folders: tuple[Path, Path], database: str) -> None:
    async def scenario() -> None:
        async with open_shop(folders[0]) as corner, open_shop(folders[1]) as north, open_hub(database) as store:
            office = Office(store)
            await office.know(CORNER, NORTH)
            await done(corner, SetProducts((LAGER,)), SYSTEM)
            await done(corner, RecordMovement("lager", "in", units=10_000, unit_cost_minor=90), SYSTEM)
            lines = (TransferLine("lager", 4_000),)
            to_north = str((await done(corner, between.SendTransfer("north", lines), SYSTEM)).result)
            nowhere = str((await done(corner, between.SendTransfer("nowhere", lines), SYSTEM)).result)
            outcome = await corner.do(between.SendTransfer("corner", lines), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "transfer_to_itself"
            await office.up(CORNER, corner)
            await office.relay.turn()
            await office.down(NORTH, north)
            assert [one.names for one in read_transfers(north.reader)[0].lines] == [{}], "it has no such product"
            outcome = await north.do(between.ReceiveTransfer(to_north), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "unknown_sku"
            await done(north, between.RefuseTransfer(to_north, "not ours"), SYSTEM)
            await office.up(NORTH, north)
            await office.relay.turn()
            await office.down(CORNER, corner)
            assert [one.state for one in read_transfers(corner.reader)] == ["refused", "refused"]
            told = {watch.kind: len(list(watch.read(corner.reader, 0, ""))) for watch in WATCHES}
            assert told == {"transfer_late": 0, "transfer_refused": 2}
            for id in (to_north, nowhere):
                await done(corner, between.TakeBackTransfer(id), SYSTEM)
                outcome = await corner.do(between.TakeBackTransfer(id), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == "transfer_over"
            assert (item(corner).on_hand, item(corner).value_milli) == (10_000, 900_000)
            assert read_cost_corrections(corner.reader) == []
            assert UNKNOWN_STORE and verify(corner.reader, corner.registry).faults == ()

    run(scenario())


def test_what_is_prepared_stays_in_the_stock_until_it_is_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProducts((LAGER,)), SYSTEM)
            await done(shop, RecordMovement("lager", "in", units=10_000, lot="A", unit_cost_minor=90), SYSTEM)
            few, many = (TransferLine("5449000000996", 4_000),), (TransferLine("lager", 12_000, "A"),)
            for command, code in (
                (between.DraftTransfer("corner", few), "transfer_to_itself"),
                (between.DraftTransfer("north", ()), "transfer_empty"),
                (between.DraftTransfer("north", few, "attic"), "no_location"),
                (between.DraftTransfer("north", (*few, TransferLine("lager", 1_000))), "line_twice"),
                (between.DraftTransfer("north", (TransferLine("lager", 1_500),)), "pieces_moved_whole"),
                (between.DraftTransfer("north", (TransferLine("nothing", 1_000),)), "unknown_sku"),
                (between.DraftTransfer("north", few, id="0123456789"), "no_transfer"),
                (between.SendDraft("0123456789"), "no_transfer"),
            ):
                assert await say(shop, command) == code
            id = await say(shop, between.DraftTransfer("south", many, note="for Saturday"))
            assert (item(shop).on_hand, one(shop, id).state, one(shop, id).lines[0].lot) == (10_000, "drafted", "A")
            assert await say(shop, between.SendDraft(id)) == "stock_short", "there are only ten"
            assert await say(shop, between.DraftTransfer("north", few, note="for Sunday", id=id)) == id
            assert await say(shop, between.ReceiveTransfer(id)) == "no_transfer", "it goes from here"
            assert await say(shop, between.TakeBackTransfer(id)) == "transfer_over", "it is here"
            waiting = read_transfers(shop.reader, state="drafted")
            assert [(each.store, len(each.lines)) for each in waiting] == [("north", 1)]
            assert read_transfers(shop.reader) == [], "drafts hide nothing that is on its way"
            assert await say(shop, between.SendDraft(id)) == id
            sent = one(shop, id)
            assert (sent.state, sent.store, sent.note, sent.lines[0].lot) == ("sent", "north", "for Sunday", "A")
            assert (sent.lines[0].value_milli, item(shop).on_hand) == (360_000, 6_000)
            for late in (between.SendDraft(id), between.DropDraft(id), between.DraftTransfer("north", few, id=id)):
                assert await say(shop, late) == "transfer_not_draft"
            other = await say(shop, between.DraftTransfer("north", few))
            await done(shop, between.DropDraft(other), SYSTEM)
            assert await say(shop, between.SendDraft(other)) == "transfer_not_draft"
            assert (one(shop, other).state, item(shop).on_hand) == ("dropped", 6_000)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


class Told:
    """A relay that has something to send in every turn."""

    def __init__(self, store: Store) -> None:
        self.store, self.meanwhile = store, list[int]()

    async def turn(self) -> int:
        self.meanwhile.append(await turns(self.store, [Never()]))
        return 1


class Never:
    """A relay whose turn never comes."""

    async def turn(self) -> int:
        raise AssertionError("two processes told at once")


def test_stores_are_told_wherever_the_hub_runs_by_one_at_a_time_that_may_sign(database: str) -> None:
    async def scenario() -> None:
        signer = Signer(Ed25519PrivateKey.generate())
        async with open_hub(database) as worker, open_hub(database, signer) as api:
            told = Told(api)
            assert await turns(worker, [Never()]) == 0, "boxes may have been given a key before anything was signed"
            assert (await turns(worker, [told], True), told.meanwhile) == (1, [0]), "the other one waits meanwhile"
            await worker.publish("demo", "corner", "shipments", b'{"shipments":[]}')
            assert await turns(worker, [told], True) == 1, "nothing is signed here"
            await api.publish("demo", "north", "shipments", b'{"shipments":[]}')
            assert await turns(worker, [Never()], True) == 0, "boxes would not believe it"
            assert await turns(api, [Told(worker)]) == 1

    run(scenario())
