"""Web shops are told what becomes of their orders and what there is of what at which price, over their wires as they
are documented; nothing is sold twice, whoever sells when."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.counter.kitchen_screens.commands import MarkBack, MarkRunOut
from edge.counter.till.commands import AddLine, Pay, TenderGiven
from edge.foundation.access.rights import system
from edge.goods.catalog.commands import SetPrice
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import available_of, read_stock
from edge.ordering.orders.commands import CancelOrder, HandOverOrder, MoveOrder
from edge.ordering.web_orders.arrival import deliver, signed_order
from edge.ordering.web_orders.commands import SetWebChannel
from edge.ordering.web_orders.queries import find_web_order
from edge.ordering.web_orders.service.part import WebShopsPart
from edge.ordering.web_orders.telling import tellings
from edge.ordering.web_orders.watches import WATCHES
from edge.ordering.web_orders.web_order import SIGNED_IN, Profile, WebChannel, access_name, secret_name
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from sim.vendors.web_shop_apis import SimOwnWire, SimShopApi, SimShopifyApi, SimWooApi
from sim.vendors.web_shops import SimShopify, SimWebShop, SimWooCommerce
from tests.outgoing import HERE
from tests.scheduling import each_by_day
from tests.shop_fixture import MILK, SYSTEM, FakeClock, agreed, config, done, open_shop, run

HOOK, ACCESS = "signs their webhooks", "lets:us in"
APIS: dict[Profile, type[SimShopApi]] = {"generic": SimOwnWire, "shopify": SimShopifyApi, "woocommerce": SimWooApi}
HOOKS: dict[Profile, type[SimWebShop]] = {"generic": SimWebShop, "shopify": SimShopify, "woocommerce": SimWooCommerce}
PROFILES: tuple[Profile, ...] = ("generic", "shopify", "woocommerce")
MINUTE_S = 61.0
STOCK = 5


@dataclass
class Told:
    """A shop, a web shop that sells the same milk, and what lies between them."""

    shop: CommandBus
    clock: FakeClock
    part: WebShopsPart
    there: SimShopApi
    profile: Profile
    next_id: int = 4711

    async def look(self) -> None:
        self.clock.advance(MINUTE_S)
        await self.part.look()

    async def sell(self) -> bool:
        """A milk at the till, where one is there."""
        await done(self.shop, AddLine(MILK))
        await done(self.shop, Pay("cash"))
        return True

    def order(self, pieces: int = 1) -> Any:
        """Someone orders there, where that is possible; what is told of it then, later."""
        if not self.there.buy("milk", pieces):
            return None
        self.next_id += 1
        self.there.states[str(self.next_id)] = []
        return HOOKS[self.profile](HOOK).order(self.next_id, [("milk", pieces)], f"{pieces * 1.2:.2f}")

    async def comes(self, told: Any) -> str:
        """What an order that was told of is here: its id; or "": it is held."""
        body, heads = HOOKS[self.profile](HOOK).make_webhook(told)
        order = signed_order(self.shop.reader, "web", body, heads[SIGNED_IN[self.profile]], HOOK, 2)
        assert isinstance(await deliver(self.shop, "web", order, system()), Done)
        found = find_web_order(self.shop.reader, "web", order.reference)
        assert found is not None
        return found.order

    @property
    def free(self) -> int:
        return available_of(self.shop.reader, ["milk"], MAIN)["milk"] // 1_000

    @property
    def last(self) -> list[str]:
        return self.there.states[str(self.next_id)]


@asynccontextmanager
async def telling(folder: Path, profile: Profile, pieces: int | None = 0) -> AsyncIterator[Told]:
    """A web shop that has another price, and `pieces` of the milk of which there are five."""
    clock = FakeClock()
    api = APIS[profile](HOOK if profile == "generic" else ACCESS, {"milk": ("1", pieces), "theirs": ("7", 3)})
    http = OutgoingHttp(Breakers(), (HERE,), timeout_s=5, mono_s=lambda: clock.mono_us / 1e6)
    async with open_shop(folder, clock) as shop, http, api.serve() as url:
        await agreed(shop, RecordMovement("milk", "in", units=STOCK * 1_000), SYSTEM)
        await done(shop, SetWebChannel(WebChannel("web", "Web", profile, True, url, "1")), SYSTEM)
        made = config(folder)
        secrets = secrets_of(made.folder)
        secrets.set(secret_name("web"), HOOK)
        secrets.set(access_name("web"), ACCESS)
        yield Told(shop, clock, WebShopsPart(made, shop, http, secrets, lambda: 0.5), api, profile)


def price_of(one: Told, minor: int) -> str:
    return str(minor) if one.profile == "generic" else f"{minor / 100:.2f}"


@pytest.mark.parametrize("profile", PROFILES)
def test_what_there_is_at_which_price_is_there_and_follows(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 9) as one:
            await one.look()
            assert (one.there.pieces["milk"], one.there.prices["milk"]) == (5, price_of(one, 120))
            assert (one.there.pieces["theirs"], one.there.prices["theirs"]) == (3, "7")
            assert ("beer" in one.there.prices) == (profile == "generic")
            sets = one.there.sets
            await one.look()
            assert one.there.sets == sets
            await one.sell()
            await done(one.shop, SetPrice("milk", 130), SYSTEM)
            await one.look()
            assert (one.there.pieces["milk"], one.there.prices["milk"]) == (4, price_of(one, 130))
            await done(one.shop, MarkRunOut("milk"), SYSTEM)
            await one.look()
            assert one.there.pieces["milk"] == 0
            await done(one.shop, MarkBack("milk"), SYSTEM)
            await one.look()
            assert one.there.pieces["milk"] == 4

    run(scenario())


@pytest.mark.parametrize("profile", PROFILES)
def test_what_was_ordered_there_and_is_under_way_is_offered_to_no_one_else(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 5) as one:
            await one.look()
            under_way = one.order(2)
            await one.sell()
            await one.look()
            assert (one.free, one.there.pieces["milk"]) == (4, 2)
            await one.comes(under_way)
            await one.look()
            assert (one.free, one.there.pieces["milk"]) == (2, 2)
            one.there.pieces["milk"] = 1  # somebody there types another number: no order comes of it
            one.clock.advance(15 * 60)
            await one.look()
            assert one.there.pieces["milk"] == 1
            one.clock.advance(31 * 60)
            await one.look()
            assert one.there.pieces["milk"] == 2

    run(scenario())


@pytest.mark.parametrize("profile", ["generic", "shopify"])
def test_who_buys_there_while_it_is_set_is_not_overwritten(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 5) as one:
            await one.look()
            await one.sell()
            one.there.buys_before_set.append("milk")
            await one.look()
            assert one.there.pieces["milk"] == 4  # of five: what is set is set once it is seen
            await one.look()
            assert one.there.pieces["milk"] == 3

    run(scenario())


ENDS: dict[Profile, tuple[list[str], list[str], list[str]]] = {
    "generic": (["accepted"], ["accepted", "ready"], ["accepted", "ready", "handed_over"]),
    "shopify": ([], ["ready"], ["ready", "fulfilled"]),
    "woocommerce": (["processing"], ["processing"], ["processing", "completed"]),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_it_hears_how_its_orders_stand_once_and_whatever_breaks_off(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 5) as one:
            id = await one.comes(one.order())
            await one.look()
            assert one.last == ENDS[profile][0]
            await done(one.shop, MoveOrder(id, "preparing"))
            await done(one.shop, MoveOrder(id, "ready"))
            one.there.faults.next = ["cut"]
            await one.look()
            assert tellings(one.shop.reader)["web"].why == "no_answer"
            await one.look()
            assert (one.last, tellings(one.shop.reader)["web"].failing_us) == (ENDS[profile][1], 0)
            await done(one.shop, HandOverOrder(id, (TenderGiven("cash"),)))
            await one.look()
            await one.look()
            assert one.last == ENDS[profile][2]
            cancelled = await one.comes(one.order())
            await done(one.shop, CancelOrder(cancelled, "no milk"), SYSTEM)
            await one.look()
            assert one.last[-1] == "cancelled"
            assert one.there.pieces["milk"] == one.free == 4

    run(scenario())


def test_one_that_takes_nothing_is_told_to_a_person_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "woocommerce", 5) as one:
            one.there.faults.down = True
            for _ in range(20):
                await one.look()
            failing = tellings(one.shop.reader)["web"]
            assert failing.why in ("server_failed", "breaker_open")
            (watch,) = [watch for watch in WATCHES if watch.kind == "web_shop_not_told"]
            assert [found.subject for found in watch.read(one.shop.reader, one.clock.at_us, "")] == ["web"]
            await one.sell()
            one.there.faults.down = False
            for _ in range(20):
                await one.look()
            assert (one.there.pieces["milk"], tellings(one.shop.reader)["web"].failing_us) == (4, 0)
            one.there.secret = "another"
            await one.sell()
            await one.look()
            assert tellings(one.shop.reader)["web"].why == "wrong_password"

    run(scenario())


def test_an_order_that_it_knows_no_more_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "woocommerce", 5) as one:
            await one.comes(one.order())
            del one.there.states[str(one.next_id)]
            await one.comes(one.order())
            await one.look()
            assert one.last == ["processing"]
            assert tellings(one.shop.reader)["web"].failing_us == 0

    run(scenario())


def test_an_order_that_shopify_has_deleted_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "shopify", 5) as one:
            for told in (one.order(), one.order()):
                id = await one.comes(told)
                await done(one.shop, HandOverOrder(id, (TenderGiven("cash"),)))
            del one.there.states[str(one.next_id - 1)]
            await one.look()
            assert (one.last, tellings(one.shop.reader)["web"].failing_us) == (["fulfilled"], 0)

    run(scenario())


@pytest.mark.parametrize("profile", ["shopify", "woocommerce"])
def test_a_product_that_is_refused_there_is_told_and_holds_up_no_other(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 9) as one:
            one.there.prices["beer"], one.there.pieces["beer"] = "1", 9
            one.there.refuses.add("beer")
            await agreed(one.shop, RecordMovement("beer", "in", units=2_000), SYSTEM)
            await one.look()
            assert (one.there.pieces["milk"], one.there.prices["milk"]) == (5, "1.20")
            assert tellings(one.shop.reader)["web"].why == "goods_refused"
            one.there.refuses.clear()
            await one.sell()
            await one.look()
            assert (one.there.pieces["beer"], tellings(one.shop.reader)["web"].failing_us) == (2, 0)

    run(scenario())


@pytest.mark.parametrize("profile", PROFILES)
def test_a_product_in_an_odd_form_is_told_and_holds_up_no_other(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 9) as one:
            one.there.odd = [
                {"id": 99, "sku": 7, "manage_stock": True, "stock_quantity": "some", "inventoryItem": None}
            ]
            await one.look()
            assert one.there.pieces["milk"] == 5
            assert tellings(one.shop.reader)["web"].why == "goods_refused"
            one.there.odd = []
            await one.sell()
            await one.look()
            assert (one.there.pieces["milk"], tellings(one.shop.reader)["web"].failing_us) == (4, 0)

    run(scenario())


@pytest.mark.parametrize("profile", ["shopify", "woocommerce"])
def test_our_prices_are_not_set_in_a_shop_of_another_currency(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 9) as one:
            one.there.currency = "USD"
            await one.look()
            assert (one.there.pieces["milk"], one.there.prices["milk"]) == (5, "1")
            assert tellings(one.shop.reader)["web"].why == "other_currency"

    run(scenario())


def test_a_menu_of_more_than_one_round_is_set_in_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.ordering.web_orders.service.part.CHANGES_MOST", 1)

    async def scenario() -> None:
        async with telling(tmp_path, "generic", 9) as one:
            await agreed(one.shop, RecordMovement("beer", "in", units=2_000), SYSTEM)
            for _ in range(6):
                await one.look()
            assert (one.there.pieces["milk"], one.there.pieces["beer"]) == (5, 2)

    run(scenario())


def test_an_order_that_waits_for_a_bank_transfer_is_not_called_paid(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "woocommerce", 5) as one:
            id = await one.comes(one.order())
            one.there.unpaid.add(str(one.next_id))
            await one.look()
            assert one.last == [], "'processing' would date its payment"
            await done(one.shop, HandOverOrder(id, (TenderGiven("cash"),)))
            await one.look()
            assert one.last == ["completed"]

    run(scenario())


def test_what_happened_more_than_a_week_ago_is_told_to_no_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "woocommerce", 5) as one:
            await one.comes(one.order())
            one.clock.advance(8 * 86_400)
            await one.look()
            assert one.last == []

    run(scenario())


@pytest.mark.parametrize(("profile", "seed"), each_by_day(PROFILES, range(4)))
def test_nothing_is_sold_twice_whoever_sells_when(profile: Profile, seed: int, tmp_path: Path) -> None:
    """Random sales here and there, orders that come late, looks that fail in between: what is here is never less than
    what was promised, what can't be had is held and not sold, and in the end both have the same."""

    async def scenario() -> None:
        luck = random.Random(seed)
        async with telling(tmp_path, profile, STOCK) as one:
            await agreed(one.shop, RecordMovement("milk", "in", units=15_000), SYSTEM)
            await one.look()
            coming, sold, taken, held = list[Any](), 0, 0, 0
            for _ in range(60):
                match luck.randrange(5):
                    case 0 if one.free:
                        sold += await one.sell()
                    case 1:
                        coming += [told] if (told := one.order()) else []
                    case 2 if coming:
                        came = bool(await one.comes(coming.pop(luck.randrange(len(coming)))))
                        taken, held = taken + came, held + (not came)
                    case 3:
                        one.there.faults.next = luck.choices(["500", "cut", "429"], k=luck.randrange(2))
                        await one.look()
                    case _:
                        await one.look()
                assert one.free >= 0
                assert read_stock(one.shop.reader, "milk") == (20 - sold) * 1_000
                assert one.free == 20 - sold - taken
            for told in coming:
                came = bool(await one.comes(told))
                taken, held = taken + came, held + (not came)
            one.clock.advance(31 * 60)
            for _ in range(4):
                await one.look()
            assert (one.there.pieces["milk"], one.free) == (one.free, 20 - sold - taken)
            assert sold + taken <= 20 and held <= 2

    run(scenario())
