"""What a store was sent from a feed of occasions, which head office looks up before it sends more."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec

from edge.analytics.forecast.commands import SetOccasion
from edge.app import hub
from edge.app.cli.hub_occasions import earlier_directives
from edge.app.head_office.hub_occasions import directive_of, prefix_of

OURS, THEIRS, TODAY = "https://town.example/events", "https://stadium.example/matches", "2027-01-15"
_TOLD = """
    INSERT INTO directive (tenant, store, version, kind, body, at)
    VALUES ('acme', 'one', $1, 'occasions', $2, now() - make_interval(hours => $3))
"""
_OUTCOME = """
    INSERT INTO directive_outcome (tenant, store, device, version, kind, outcome, changed, unknown, reason, at)
    VALUES ('acme', 'one', 'box', $1, 'occasions', 'applied', 0, $2, '', now())
"""


def occasion(url: str, name: str) -> SetOccasion:
    return SetOccasion(prefix_of(url) + name, name, "2027-02-01", "2027-02-02", 30)


def body(one: SetOccasion) -> bytes:
    return msgspec.json.encode({"occasions": [{"occasion": one}]})


def test_what_was_told_of_a_feed_is_found_behind_any_number_of_others(database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(database):
            pass
        fair, market, late = (occasion(OURS, name) for name in ("fair", "market", "late"))
        owner = await asyncpg.connect(database)
        try:
            for version, (one, hours) in enumerate(((fair, 900), (market, 800), (late, 2)), 1):
                await owner.execute(_TOLD, version, body(one), hours)
                await owner.execute(_OUTCOME, version, "" if one is fair else one.id)
            for version in range(4, 260):
                await owner.execute(_TOLD, version, body(occasion(THEIRS, f"match {version}")), 1)
        finally:
            await owner.close()
        before = await earlier_directives(database, "acme", "one", OURS)
        assert [told for told, _ in before] == [body(late), body(market), body(fair)], "of this feed alone"
        assert directive_of(OURS, (fair, late), before, TODAY) is None, "what a box refused waits for a day"
        again = directive_of(OURS, (market,), before, TODAY)
        assert again is not None
        assert [one.get("ended") or one["occasion"]["id"] for one in again["occasions"]] == [
            fair.id,
            late.id,
            market.id,
        ]

    asyncio.run(scenario())
