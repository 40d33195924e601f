"""Tills of others that are asked what changed: how far back, and what of a day is asked for again."""

from __future__ import annotations

from pathlib import Path

from edge.foundation.settings.commands import SetSetting
from sim.vendors.square import SimSquare
from tests.flow.backoffice.test_other_tills_wired import square_till, wired
from tests.shop_fixture import SYSTEM, done, run

MINUTE_US = 60 * 1_000_000
TURN_S = 15 * 60


def test_how_much_of_what_changed_is_asked_for_once_more_is_the_shops_to_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url), square.signs_with, square.token)
            await one.look()
            one.clock.advance(60)
            square.sell("in time", one.now_us, {"beer-v": "1"})
            await one.look(TURN_S)
            assert one.beers == 99
            reached_us = one.now_us - TURN_S * 1_000_000  # what was asked for ends with that order
            square.sell("late", reached_us - 10 * MINUTE_US, {"beer-v": "1"})
            await one.look(TURN_S)
            assert one.beers == 99, "two minutes once more do not reach it"
            await done(one.shop, SetSetting("other_tills.overlap_min", 15), SYSTEM)
            await one.look(TURN_S)
            assert one.beers == 98
            await one.look(TURN_S)
            assert one.beers == 98, "and what comes again counts once"

    run(scenario())
