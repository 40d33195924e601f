"""Prices past, in effect and planned, in the store's list and in others; the till's look-up and the history agree."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.goods.catalog.commands import ChangePrice, SetPrice, SetProducts
from edge.goods.catalog.prices import PriceEntry, price_at, price_history
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import find_by_sku
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

HOUR = 3_600_000_000
TEA = Product("tea", {"en": "Tea"}, price_minor=100)


def in_a_shop(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, stocked=False) as shop:
            await do(shop, SetProducts((TEA,), Source("a list")))
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def do(shop: CommandBus, command: Command) -> Done:
    done = await shop.do(command, SYSTEM)
    assert isinstance(done, Done), done
    return done


def price(shop: CommandBus, at_us: int, of: str = "store") -> int | None:
    found = find_by_sku(shop.reader, "tea", at_us, of)
    assert found is not None
    assert found.price_minor == price_at(shop.reader, "tea", at_us, of)
    return found.price_minor


def test_a_price_with_an_end_comes_before_one_without(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        now = clock.at_us
        await do(shop, SetPrice("tea", 80, from_us=now + HOUR, until_us=now + 4 * HOUR))
        await do(shop, SetPrice("tea", 120, from_us=now + 2 * HOUR))
        await do(shop, SetPrice("tea", 70, from_us=now + 3 * HOUR, until_us=now + 4 * HOUR))
        assert [price(shop, now + hour * HOUR) for hour in range(5)] == [100, 80, 80, 70, 120]
        await do(shop, SetPrice("tea", None, from_us=now + HOUR))
        assert [price(shop, now + hour * HOUR) for hour in range(5)] == [100, 100, 120, 70, 120]

    in_a_shop(scenario, tmp_path)


def test_a_member_pays_the_lower_one(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        now = clock.at_us
        assert price(shop, now, "member") == 100
        await do(shop, SetPrice("tea", 90, "member"))
        await do(shop, SetPrice("tea", 60, from_us=now + HOUR, until_us=now + 2 * HOUR))
        assert [price(shop, now + hour * HOUR, "member") for hour in range(3)] == [90, 60, 90]
        assert price(shop, now) == 100
        clock.advance(3 * 3600)
        await do(shop, SetPrice("tea", None, "member", from_us=now))
        assert price(shop, clock.at_us, "member") == 100
        assert PriceEntry("member", 90, now, clock.at_us, "") in price_history(shop.reader, "tea"), "ended, not undone"

    in_a_shop(scenario, tmp_path)


def test_the_past_is_kept_with_who_said_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        start = clock.at_us
        for minor, source in ((110, "a list"), (120, "manager")):
            clock.advance(3600)
            await do(shop, ChangePrice("tea", minor, Source(source)))
        assert [(entry.price_minor, entry.from_us, entry.source) for entry in price_history(shop.reader, "tea")] == [
            (120, start + 2 * HOUR, "manager"),
            (110, start + HOUR, "a list"),
            (100, start, "a list"),
        ]
        assert [price_at(shop.reader, "tea", start + hour * HOUR) for hour in (-1, 0, 1, 2)] == [None, 100, 110, 120]

    in_a_shop(scenario, tmp_path)


def test_the_old_price_is_a_new_one_once_a_planned_one_has_begun(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, SetPrice("tea", 150, from_us=clock.at_us + HOUR))
        clock.advance(2 * 3600)
        assert price(shop, clock.at_us) == 150
        await do(shop, ChangePrice("tea", 100, Source("a list")))
        assert price(shop, clock.at_us) == 100
        assert await shop.do(ChangePrice("tea", 100, Source("a list")), SYSTEM) != Refused("unknown_sku")
        assert len([entry for entry in price_history(shop.reader, "tea") if entry.price_minor == 100]) == 2

    in_a_shop(scenario, tmp_path)


def test_what_cannot_be_planned_is_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        now = clock.at_us
        for command, code in (
            (SetPrice("mate", 1), "unknown_sku"),
            (SetPrice("tea", 1, from_us=now - 1), "price_begun"),
            (SetPrice("tea", 1, until_us=now), "price_ended"),
            (SetPrice("tea", 1, from_us=now + 2, until_us=now + 2), "price_ended"),
            (SetPrice("tea", None, from_us=now + 5), "price_unknown"),
            (SetPrice("tea", None, from_us=now), "price_begun"),
        ):
            refused = await shop.do(command, SYSTEM)
            assert isinstance(refused, Refused), command
            assert refused.code == code

    in_a_shop(scenario, tmp_path)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("change", "plan", "bound", "undo", "wait")),
        st.integers(1, 9),
        st.integers(0, 3),
        st.integers(1, 3),
        st.sampled_from(("store", "member")),
    ),
    max_size=10,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_tills_look_up_and_the_history_agree(tmp_path_factory: Any, steps: Any) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for kind, minor, later, length, of in steps:
            at_us = clock.at_us + later * HOUR
            match kind:
                case "change":
                    await do(shop, ChangePrice("tea", minor, Source("a list")))
                case "plan":
                    await shop.do(SetPrice("tea", minor, of, from_us=at_us), SYSTEM)
                case "bound":
                    await do(shop, SetPrice("tea", minor, of, from_us=at_us, until_us=at_us + length * HOUR))
                case "undo":
                    await shop.do(SetPrice("tea", None, of, from_us=at_us), SYSTEM)
                case "wait":
                    clock.advance(later * 3600)
            for hours in range(8):
                price(shop, clock.at_us + hours * HOUR, of)

    in_a_shop(scenario, tmp_path_factory.mktemp("prices"))
