"""Sales of a box while a person let the other one lead, at head office: each receipt, and what became of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.backoffice.office import quarantine
from edge.backoffice.office.commands import BringInAside, LeaveAside
from edge.backoffice.twin.aside_report import AsideReport
from edge.backoffice.twin.copy import aside
from edge.backoffice.twin.copy.aside import Quarantine
from edge.core import ids
from edge.foundation.access.rights import MANAGE
from sync.hub.model import Key
from tests.head_office import head_office
from tests.shop_fixture import CASHIER, FakeClock, open_shop, run
from tests.sold_elsewhere import SALES, sold_elsewhere

KEY = Key("demo", "corner", "box1")
OWNER = CASHIER.with_rights(MANAGE)
_PAPERS = "SELECT number, state, total_minor, decided_by FROM put_aside WHERE kind = 'sale' ORDER BY number"
_SOLD = "SELECT count(*) FROM sale"


def test_head_office_has_each_paper_and_what_became_of_it(database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        rows = await sold_elsewhere(tmp_path / "other")
        async with head_office(database) as office, open_shop(tmp_path / "here", FakeClock()) as shop:
            assert aside.take(shop.path.parent, "7-9", rows)
            await AsideReport(shop, Quarantine(shop.path.parent).rows).report()
            await office.up(KEY, shop)
            found = [tuple(row) for row in await office.store.pool.fetch(_PAPERS)]
            assert found == [(number, "waits", 120, None) for number in range(1, SALES + 1)]
            assert await office.store.pool.fetchval(_SOLD) == 0, "it is in no total"
            every = quarantine.group_by_command(Quarantine(shop.path.parent).rows(), shop.registry.decode)
            first, second, *_ = (one for one in every if one.kind)
            brought = BringInAside(tuple(msgspec.json.encode(row) for row in first.rows))
            await shop.do(brought, OWNER, ids.child_id(first.command_id, quarantine.BROUGHT_IN))
            await shop.do(LeaveAside(second.id, len(second.rows), "never paid"), OWNER, second.left_id)
            await office.up(KEY, shop)
            found = [tuple(row) for row in await office.store.pool.fetch(_PAPERS)]
            assert found == [(1, "brought_in", 120, OWNER.name), (2, "left", 120, OWNER.name), (3, "waits", 120, None)]
            assert await office.store.pool.fetchval(_SOLD) == 1

    run(scenario())
