"""The manager's list of promotions says what each kind of deal does, in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

from edge.core.messages import Done
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import (
    AmountOff,
    BuyGet,
    Deal,
    FixedPrice,
    PercentOff,
    Promotion,
    SeveralFor,
    SpendAmount,
    SpendShare,
)
from tests.flow.analytics.test_insight import opened
from tests.shop_fixture import SYSTEM, run

SAID: dict[Deal, str] = {
    PercentOff(12_500): "12.5% off",
    AmountOff(50): "0.50 off each",
    FixedPrice(100): "1.00 each",
    SeveralFor(3, 200): "3 for ",
    BuyGet(2, 1): "Buy 2, get 1 free",
    SpendShare(5_000, 10_000): "10% off totals from ",
    SpendAmount(5_000, 500): "5.00 off for every ",
}


def test_every_kind_of_deal_is_listed_in_words(tmp_path: Path) -> None:
    assert {type(deal) for deal in SAID} == set(Deal.__args__)

    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            for at, deal in enumerate(SAID):
                promotion = Promotion(f"deal-{at}", {"en": f"Deal {at}"}, deal)
                assert isinstance(await served.shop.do(SetPromotion(promotion), SYSTEM), Done)
            page = await caller.page("/manager/promotions?lang=en")
            for said in SAID.values():
                assert re.search(rf"<bdi>[^<]*{re.escape(said)}[^<]*</bdi>", page), said
            french = await caller.page("/manager/promotions?lang=fr")
            assert "12,5" in french and "Deal 4" in french

    run(scenario())
