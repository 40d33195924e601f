"""A camera that sees a part of its bay softly for days is told of, quietly."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.shelf.commands import RecordLook, SetPlanogram
from edge.lib.sight.kinds import Seen
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, TEXT, told


def test_a_part_that_is_seen_softly_for_days_is_a_note(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)

            async def seen(soft: tuple[int, ...], hours: int, milk: str = "present", state: str = "ok") -> list[str]:
                for _ in range(hours):
                    clock.advance(3600)
                    facings = (Seen("a", milk, 95), Seen("b", "present", 95))  # type: ignore[arg-type]
                    await done(shop, RecordLook("bay", 1, state, facings, PICTURE, soft=soft), SYSTEM)  # type: ignore[arg-type]
                return told(shop, clock, "shelf_dirty")

            assert await seen((3,), 48) == []
            assert await seen((3,), 2) == ["bay"]
            assert await seen((), 1, milk="blocked") == ["bay"], "who stands there says nothing of it"
            assert await seen((), 1, state="dark") == ["bay"], "nor does the dark"
            assert await seen((), 1) == [], "wiped"
            for soft, hours in (((3,), 30), ((5,), 1), ((3,), 30)):
                assert await seen(soft, hours) == [], "no patch for two days"

    run(scenario())
