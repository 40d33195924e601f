"""What head office knows about each store's assortment, and what publishing one would change."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.goods.assortment.commands import RangeListing, SetAssortment
from sync.hub.model import Key
from tests.contract.hub.test_hub_api import an_api
from tests.contract.hub.test_hub_tenant_records import send
from tests.head_office import head_office
from tests.shop_fixture import SYSTEM, done, open_shop


def test_head_office_knows_the_range_and_shows_what_would_change(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, head_office(database) as office, open_shop(tmp_path) as shop:
            await done(shop, SetAssortment((RangeListing("milk", False),), "head office"), SYSTEM)
            await office.up(Key("demo", "corner", "box1"), shop)
            writer = await house.client("demo", "read", "publish")
            _, found, _ = await writer.get("/v1/assortment?listed=false")
            assert [(row["store"], row["sku"], row["said_by"]) for row in found["rows"]] == [
                ("corner", "milk", "head office")
            ]
            body = {"assortment": [{"sku": "milk", "listed": True}, {"sku": "beer", "listed": False}]}
            wanted = {"directives": [{"kind": "assortment", "body": body}], "stores": ["corner"], "pause_s": 0}
            status, _ = await send(writer, house, "PUT", "/v1/publications/range", wanted)
            assert status == 201
            _, seen, _ = await writer.get("/v1/publications/range/preview?store=corner")
            assert [(one["field"], one["was"], one["now"]) for one in seen["changes"]] == [
                ("milk", {"listed": False}, {"listed": True}),
                ("beer", None, {"listed": False}),
            ]

    asyncio.run(asyncio.wait_for(scenario(), 120))
