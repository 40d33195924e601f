"""What was counted on a phone that reached no one: of its moment, whatever was booked since."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from edge.core.messages import Done, Refused
from edge.goods.stock.commands import DropKept, NotePhone, RecordMovement
from edge.goods.stock.phones import silent
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

MINUTE_US, DAY_S = 60_000_000, 86_400.0
PHONE = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_a_count_is_of_its_moment_and_the_later_one_holds(tmp_path: Path) -> None:
    clock = FakeClock()

    async def scenario() -> None:
        async with open_shop(tmp_path, clock=clock) as shop:

            async def move(kind: str, units: int, said_us: int = 0) -> Any:
                command = RecordMovement("milk", kind, units=units * 1000, said_us=said_us)  # type: ignore[arg-type]
                outcome = await shop.do(command, SYSTEM)
                return outcome.code if isinstance(outcome, Refused) else cast(Done, outcome).result

            await move("in", 20)
            clock.advance(60)
            counted_us = shop.now_us()
            clock.advance(60)
            await move("waste", 3)
            clock.advance(60)
            after = await move("adjust", 12, counted_us)
            assert (after.total, after.since) == (9_000, -3_000), "you counted 12, 3 left since: 9"
            assert await move("adjust", 15, counted_us - MINUTE_US // 2) == "counted_later"
            after = await move("adjust", 11, counted_us + MINUTE_US // 2)
            assert (after.total, after.since) == (8_000, -3_000), "a correction of before is no goods"
            assert await move("waste", 1, shop.now_us() - 8 * 24 * 60 * MINUTE_US) == "said_when"
            assert await move("waste", 1, shop.now_us() + 3 * MINUTE_US) == "said_when"
            assert (await move("waste", 1, counted_us)).total == 7_000, "what leaves leaves when it is booked"

    run(scenario())


def test_a_phone_that_holds_something_and_is_silent_for_a_day_is_told_of(tmp_path: Path) -> None:
    clock = FakeClock()

    async def scenario() -> None:
        async with open_shop(tmp_path, clock=clock) as shop:

            def told() -> list[int | str]:
                return [one.values["waiting"] for one in silent(shop.reader, shop.now_us(), "")]

            assert isinstance(await shop.do(NotePhone(PHONE, 3), SYSTEM), Done)
            assert told() == []
            clock.advance(DAY_S + 1)
            assert told() == [3]
            given_up = await shop.do(DropKept("RecordMovement", "milk", shop.now_us()), SYSTEM)
            assert isinstance(given_up, Done) and given_up.events[0].why == "person"  # type: ignore[attr-defined]
            assert isinstance(await shop.do(NotePhone(PHONE, 0), SYSTEM), Done)
            assert told() == []

    run(scenario())
