"""What has become of a proposed price until someone says yes or no to it, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from edge.analytics.pricing.commands import (
    FinishPrices,
    LeaveProposedPrices,
    NoteCompetitorPrice,
    RevertPriceModel,
    TakeProposedPrices,
)
from edge.analytics.pricing.events import PriceModelTrained
from edge.analytics.pricing.pages import _outcome_key
from edge.analytics.pricing.queries import (
    competitor_prices,
    model_at,
    price_models,
    priced_by_head_office,
    proposals_of,
    proposed_prices,
)
from edge.analytics.pricing.train_protocol import PriceRequest
from edge.analytics.pricing.trainer import finish_training
from edge.core.command_bus import CommandBus
from edge.core.messages import Command
from edge.goods.catalog.commands import ChangePrice, RetireProducts, SetPrice
from edge.goods.catalog.prices import price_at
from edge.goods.catalog.product import Source
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_pricing import BOSS, DAY_S, TODAY, better, proposed, refused, settled

DAY_US = DAY_S * 1_000_000


def costs_more(shop: CommandBus) -> None:
    shop._writer._db.execute("UPDATE figure_cost SET average_micro = 380000000 WHERE sku = 'tomato'")


@pytest.mark.parametrize(
    ("code", "became"),
    [
        ("price_below_cost", costs_more),
        ("price_not_settled", lambda shop: RetireProducts(("tomato",))),
        ("price_not_settled", lambda shop: SetPrice("tomato", 500, from_us=shop.now_us() + DAY_US)),
        ("price_moved", lambda shop: ChangePrice("tomato", 398)),
    ],
)
def test_a_yes_looks_at_what_has_become_of_the_product(
    tmp_path: Path, code: str, became: Callable[[CommandBus], Command | None]
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            settled(shop)
            await done(shop, proposed("one", better("tomato", 350, 399)), SYSTEM)
            if command := became(shop):
                await done(shop, command, BOSS)
            assert await refused(shop, TakeProposedPrices(("tomato",))) == code
            assert price_at(shop.reader, "tomato", shop.now_us()) != 350

    run(scenario())


def test_a_yes_is_good_for_ten_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            settled(shop)
            await done(shop, proposed("one", better("tomato", 350, 399), better("milk", 110, 120)), SYSTEM)
            clock.advance(10 * DAY_S)
            await done(shop, TakeProposedPrices(("milk",)), BOSS)
            clock.advance(60)
            assert await refused(shop, TakeProposedPrices(("tomato",))) == "price_proposed_long_ago"

    run(scenario())


def test_prices_of_a_model_that_was_taken_back_are_proposed_under_no_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            db, ask = settled(shop), PriceRequest("", TODAY, shop.now_us())
            old = PriceModelTrained("old", "2026-12-01", "deployed", 900, 5_000, 810, 0, {"": 100}, "0" * 64)
            await done(shop, FinishPrices(old), SYSTEM)
            first = finish_training(db, ask)
            assert first.trained.outcome == "deployed" and first.priced_by == first.trained.model_version
            await done(shop, first, SYSTEM)
            assert proposed_prices(db)
            await done(shop, RevertPriceModel(), BOSS)
            await done(shop, first, SYSTEM)
            assert not proposed_prices(db), "what was under way when somebody went back"
            again = finish_training(db, ask)
            assert again.trained.outcome == "kept" and again.priced_by != first.priced_by
            await done(shop, again, SYSTEM)
            now = model_at(db, 0)
            assert now and now.version == "old"
            told = {one.version: _outcome_key(one) for one in price_models(db)}
            assert told == {"old": "deployed", first.priced_by: "taken_back"}
            for version, one in proposals_of(db, ["milk", "beer", "tomato"]).values():
                assert version == "old" and one not in first.prices

    run(scenario())


def test_a_no_given_while_a_model_is_made_is_a_no(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            db, ask = settled(shop), PriceRequest("", TODAY, shop.now_us())
            await done(shop, finish_training(db, ask), SYSTEM)
            under_way = finish_training(db, ask)
            assert {one.sku for one in under_way.prices} == {"milk", "beer", "tomato"}
            await done(shop, LeaveProposedPrices(("milk",)), BOSS)
            await done(shop, ChangePrice("beer", 240), BOSS)
            await done(shop, under_way, SYSTEM)
            assert [one.sku for one in proposed_prices(db)] == ["tomato"]

    run(scenario())


def test_a_model_in_use_that_foretells_too_little_proposes_nothing_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            db, ask = settled(shop), PriceRequest("", TODAY, shop.now_us())
            old = PriceModelTrained("old", "2026-12-01", "deployed", 900, 5_000, 810, 0, {"": 3000}, "0" * 64)
            await done(shop, FinishPrices(old, (better("tomato", 350, 399),), "old"), SYSTEM)
            assert proposed_prices(db)
            clock.advance(60)
            db.execute("UPDATE figure_day SET quantity = 4 * quantity WHERE business_date > '2026-12-18'")
            db.execute("UPDATE figure_day SET minor = 4 * minor WHERE business_date > '2026-12-18'")
            made = finish_training(db, ask)
            assert max(made.trained.right, made.trained.right_before) <= 800 and made.prices == ()
            await done(shop, made, SYSTEM)
            assert not proposed_prices(db), "what it proposed before neither"
            assert _outcome_key(price_models(db, 1)[0]) == "too_little", "which is said"
            db.execute("DELETE FROM figure_day WHERE kind = 'sales'")
            few = finish_training(db, ask)
            assert few.trained.outcome == "not_enough" and few.prices == ()

    run(scenario())


def test_what_is_known_of_others_can_be_corrected_and_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            for name in range(20):
                await done(shop, NoteCompetitorPrice("milk", f"shop {name}", 100), BOSS)
            await done(shop, NoteCompetitorPrice("milk", " shop 1 ", 90), BOSS)
            known = {one.competitor: one.price_minor for one in competitor_prices(shop.reader)}
            assert known["shop 1"] == 90 and len(known) == 20
            assert await refused(shop, NoteCompetitorPrice("milk", "one more", 90)) == "too_many_competitors"
            assert (await done(shop, NoteCompetitorPrice("milk", "shop 1"), BOSS)).events
            assert not (await done(shop, NoteCompetitorPrice("milk", "shop 1"), BOSS)).events, "it was forgotten"

    run(scenario())


@pytest.mark.parametrize("wrong", [{"competitor": "  "}, {"price_minor": 0}])
def test_no_one_asks_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"sku": "milk", "competitor": "Them", "price_minor": 100} | wrong, NoteCompetitorPrice)


def test_a_price_of_head_office_holds_until_it_is_replaced(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            theirs = Source("head office")
            clock.advance(60)
            await done(shop, SetPrice("milk", 125, from_us=shop.now_us() + 1_000_000, source=theirs), BOSS)
            await done(shop, SetPrice("beer", 255, from_us=shop.now_us() + DAY_US, source=theirs), BOSS)
            await done(shop, ChangePrice("tomato", 390, theirs), BOSS)
            clock.advance(60)
            asked = (shop.reader, ["milk", "beer", "tomato"])
            assert priced_by_head_office(*asked, shop.now_us()) == {"milk", "beer", "tomato"}
            await done(shop, ChangePrice("milk", 130), BOSS)
            await done(shop, ChangePrice("tomato", 395), BOSS)
            clock.advance(60)
            assert priced_by_head_office(*asked, shop.now_us()) == {"beer"}, "one is to come, two are of the past"

    run(scenario())
