"""A coupon in two shops and head office: used in one, refused in the other, and usable again after a void."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from msgspec.structs import astuple

from edge.app.head_office.hub_relay import CouponRelay
from edge.app.hub import open_hub
from edge.backoffice.directives.kinds.coupon_key import COUPON_KEY
from edge.backoffice.directives.kinds.coupon_uses import COUPON_USES
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, AddOpenAmount, VoidLastSale
from edge.foundation.access.rights import system
from edge.ordering.orders.commands import AddToCart, CancelOrder, OpenCart, PlaceOrder
from edge.people.coupons.commands import MakeCoupons, TakeCouponKey
from edge.people.coupons.hub import CouponTables
from edge.people.coupons.queries import read_coupon_key, read_series, unused_codes
from edge.people.coupons.watches import WATCHES
from sync.hub.model import Key
from sync.hub.store import Store
from sync.mqtt import BrokerConfig
from tests.counter_shop import paid
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, SYSTEM, done, open_shop, run

CORNER, NORTH = Key("demo", "corner", "box1"), Key("demo", "north", "box1")


class Office:
    """Head office between two stores. The test decides when rows and directives are transferred."""

    def __init__(self, store: Store) -> None:
        self._pool = store.pool
        self._store = store
        self.relay = CouponRelay(store, BrokerConfig(host="127.0.0.1", port=1))
        self._done: dict[Key, int] = {}

    async def know(self, key: Key) -> None:
        query = "INSERT INTO device (tenant, store, device, through_hash) VALUES ($1, $2, $3, $4)"
        await self._pool.execute(query, *astuple(key), bytes(32))

    async def up(self, key: Key, shop: CommandBus) -> None:
        projector = CouponTables(shop.registry)
        rows = read_rows(shop.reader, self._done.get(key, 0) + 1, 10_000)
        self._done[key] = rows[-1].seq if rows else self._done.get(key, 0)
        async with self._pool.acquire() as connection, connection.transaction():
            wanted = [row for row in rows if row.type in projector.handlers]
            await projector.handlers["CouponUsed"](connection, key, wanted)

    async def down(self, key: Key, shop: CommandBus) -> None:
        """Deliver all directives ever published to a store, once more."""
        query = "SELECT kind, body FROM directive WHERE tenant = $1 AND store = $2 ORDER BY version"
        for kind, body in await self._pool.fetch(query, key.tenant, key.store):
            assert kind == COUPON_USES.name
            for command in COUPON_USES.items(bytes(body)):
                await done(shop, command, system("hub"))


async def use(shop: CommandBus, code: str) -> None:
    await done(shop, AddOpenAmount("Soup", "standard", 1_000))
    await done(shop, AddLine(code))
    assert (await paid(shop)).total_minor == 500


async def makes_coupons(shop: CommandBus) -> list[str]:
    await done(shop, MakeCoupons("Half", date(2027, 1, 1), date(2027, 2, 28), 2, 50_000), SYSTEM)
    return [code.text for code in unused_codes(shop.reader, read_series(shop.reader)[0], "EUR")]


def test_a_coupon_of_an_order_is_used_in_all_shops_until_that_is_given_up(tmp_path: Path, database: str) -> None:
    folders = (tmp_path / "corner", tmp_path / "north")
    for folder in folders:
        folder.mkdir()
    north_text = CONFIG.replace('id = "corner"', 'id = "north"')

    async def scenario() -> None:
        async with (
            open_shop(folders[0]) as corner,
            open_shop(folders[1], text=north_text) as north,
            open_hub(database) as store,
        ):
            office = Office(store)
            for key in (CORNER, NORTH):
                await office.know(key)
            first, _ = await makes_coupons(corner)
            await done(north, TakeCouponKey(read_coupon_key(corner.reader)), SYSTEM)
            cart = (await done(corner, OpenCart())).result
            await done(corner, AddToCart(cart.id, sku="milk"))
            await done(corner, AddToCart(cart.id, code=first))
            order = (await done(corner, PlaceOrder(cart.id, 60))).result
            await office.up(CORNER, corner)
            await office.relay.turn()
            await office.down(NORTH, north)
            outcome = await north.do(AddLine(first), CASHIER)
            assert isinstance(outcome, Refused) and outcome.code == "coupon_used"
            assert outcome.values["receipt"] == f"corner {order.said}-20270115"

            await done(corner, CancelOrder(order.id), MANAGER.with_rights("orders"))
            await office.up(CORNER, corner)
            await office.relay.turn()
            await office.down(NORTH, north)
            await use(north, first)
            for shop in (corner, north):
                assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_coupon_of_one_shop_is_refused_in_another_that_has_synced(tmp_path: Path, database: str) -> None:
    folders = (tmp_path / "corner", tmp_path / "north", tmp_path / "spare")
    for folder in folders:
        folder.mkdir()
    north_text = CONFIG.replace('id = "corner"', 'id = "north"')

    async def scenario() -> None:
        async with (
            open_shop(folders[0]) as corner,
            open_shop(folders[1], text=north_text) as north,
            open_shop(folders[2]) as spare,
            open_hub(database) as store,
        ):
            office = Office(store)
            await office.know(CORNER)
            first, second = await makes_coupons(corner)
            assert await north.do(AddLine(first), CASHIER) == Refused("coupon_unknown")
            body = b'{"keys": ["%s"]}' % read_coupon_key(corner.reader).encode()
            assert COUPON_KEY.fault(body) is None
            (key,) = COUPON_KEY.items(body)
            for other in (north, spare):
                await done(other, TakeCouponKey(key), SYSTEM)

            await use(corner, first)
            await office.up(CORNER, corner)
            assert await office.relay.turn() > 0
            assert await office.relay.turn() == 0, "there is nobody else"
            await office.down(CORNER, corner)
            await office.down(CORNER, spare)  # a box that replaces the first one, or joins it later
            assert list(WATCHES[0].read(corner.reader, 0, "2027-01-15")) == [], "its own use is not a second one"
            outcome = await spare.do(AddLine(first), CASHIER)
            assert isinstance(outcome, Refused) and outcome.code == "coupon_used"
            await office.know(NORTH)
            assert await office.relay.turn() == 1, "who comes later hears of it, too"
            assert await office.relay.turn() == 0
            for _ in range(2):
                await office.down(NORTH, north)
            outcome = await north.do(AddLine(first), CASHIER)
            assert isinstance(outcome, Refused) and outcome.code == "coupon_used"
            assert outcome.values["receipt"] == "corner 1-000001"

            await done(corner, VoidLastSale(), MANAGER)
            await office.up(CORNER, corner)
            assert await office.relay.turn() == 2
            await office.down(NORTH, north)
            await use(north, first)

            await use(corner, second)
            await use(north, second)  # before either shop heard of the other
            await office.up(CORNER, corner)
            await office.up(NORTH, north)
            assert await office.relay.turn() == 2
            for shop, key in ((corner, CORNER), (north, NORTH)):
                await office.down(key, shop)
                (twice,) = WATCHES[0].read(shop.reader, 0, "2027-01-15")
                assert twice.values["uses"] == 2
                assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
