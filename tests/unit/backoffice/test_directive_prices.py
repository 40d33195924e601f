"""Prices from head office: at once, for later, for members; late ones, and rows that are no product's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.backoffice.directives.commands import NewPrice, TakeDirective
from edge.backoffice.directives.events import DirectiveApplied
from edge.backoffice.directives.kinds.prices import PRICES
from edge.core.journal.rows import facts
from edge.core.messages import Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.prices import price_at
from edge.goods.catalog.product import Pack, Product
from tests.importing import ean, job_runner
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

HOUR = 3_600_000_000


def test_a_directive_of_prices_says_when_and_for_whom(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        now = clock.at_us
        case = Product("cola", {"en": "Cola"}, (ean(1),), 150, packs=(Pack(ean(2), 24),))
        prices: list[dict[str, Any]] = [
            {"sku": "milk", "price_minor": 110},
            {"sku": "milk", "price_minor": 99, "from_us": now + HOUR, "until_us": now + 2 * HOUR},
            {"sku": "milk", "price_minor": 105, "list": "member"},
            {"code": ean(1), "price_minor": 160, "from_us": now - HOUR},
            {"code": ean(2), "price_minor": 3000},
            {"sku": "beer", "price_minor": 200, "from_us": now - 2 * HOUR, "until_us": now - HOUR},
            {"sku": "nothing", "price_minor": 1},
        ]
        async with open_shop(tmp_path, clock) as shop:
            assert isinstance(await shop.do(SetProducts((case,)), SYSTEM), Done)
            body = msgspec.json.encode({"prices": prices}).decode()
            subscription = shop.bus.subscribe("committed")
            async with job_runner(shop):
                await shop.do(TakeDirective(1, "prices", body), SYSTEM)
                while not (found := [f.event for f in facts(shop.reader, shop.registry) if _is_end(f.event)]):
                    await subscription.next()
            assert found == [DirectiveApplied(1, "prices", 4, (ean(2), "beer: price_ended", "nothing"))]
            assert [price_at(shop.reader, "milk", now + hour * HOUR) for hour in range(3)] == [110, 99, 110]
            assert price_at(shop.reader, "milk", now, "member") == 105
            assert price_at(shop.reader, "cola", now) == 160
            assert price_at(shop.reader, "beer", now) == 250, "what is over is over"

    run(scenario())


def _is_end(event: object) -> bool:
    return isinstance(event, DirectiveApplied)


def test_rows_are_handed_on_as_they_were_decoded() -> None:
    rows = PRICES.items(b'{"prices": [{"sku": "milk", "price_minor": 110}]}')
    assert rows == (NewPrice(110, "milk"),)
    assert PRICES.rows(rows)[0] is rows[0], "a job decodes a directive once"
    assert PRICES.rows(({"sku": "milk", "price_minor": 110},)) == rows
    with pytest.raises(msgspec.ValidationError, match="price_minor"):
        PRICES.rows(({"sku": "milk"},))
