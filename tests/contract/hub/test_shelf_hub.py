"""Head office's view of a store's shelves matches what the store found."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.analytics.shelf.commands import AnswerFinding, RecordLook, SetPlanogram, UndoAnswer
from edge.analytics.shelf.hub import ShelfTables
from edge.analytics.shelf.queries import read_compliance, read_findings
from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.lib.sight.kinds import Seen
from sync.hub.model import Key
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, TEXT

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_found(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        clock, deeper_us = FakeClock(), 2**60
        async with open_shop(tmp_path, clock, text=TEXT) as shop:

            async def looked(milk: str, times: int, every_s: int = 61) -> None:
                for _ in range(times):
                    clock.advance(every_s)
                    behind = milk == "gap" and clock.at_us > deeper_us
                    seen = (Seen("a", milk, 95, behind=behind), Seen("b", "present", 95))  # type: ignore[arg-type]
                    await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)

            await done(shop, SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE), SYSTEM)
            await looked("present", 2)
            await looked("gap", 4)
            [first] = read_findings(shop.reader)
            for word in (AnswerFinding(first.seq, "right"), UndoAnswer(first.seq)):
                await done(shop, word, SYSTEM)
            await looked("present", 2)
            deeper_us = clock.at_us
            await looked("gap", 7)  # twice as slow, because it was only back for a moment
            [second] = read_findings(shop.reader)
            await done(shop, AnswerFinding(second.seq, "right"), SYSTEM)
            await looked("gap", 1, every_s=3700)

            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["shelf"])
            projector = ShelfTables(shop.registry)
            for key in (KEY, OTHER):
                rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
                for project in dict.fromkeys(projector.handlers.values()):
                    ours = [row for row in rows if projector.handlers[row.type] == project]
                    for at in range(0, len(ours), batch):
                        await project(connection, key, ours[at : at + batch])
            await projector.reset(connection, OTHER)
            found = await connection.fetch("SELECT * FROM shelf_finding ORDER BY seq")
            kept = await connection.fetch("SELECT sum(right_count), sum(seen_count) FROM shelf_compliance")
            await connection.close()
            fields = ("seq", "sku", "how", "answer", "behind")
            theirs = [(*(row[name] for name in fields), row["closed_at"] is None) for row in found]
            assert [one[3:5] for one in theirs] == [(None, False), ("right", True)]
            assert theirs == [
                (one.seq, one.sku, one.how, one.answer, one.behind, one.closed_us is None)
                for one in reversed(read_findings(shop.reader, open=False))
            ]
            assert found[0]["empty_s"] == 4 * 61, "from the first look that saw it empty to the first that did not"
            [day] = read_compliance(shop.reader)
            assert day.compliance_pm == 1000 * kept[0][0] // kept[0][1]

    run(scenario())
