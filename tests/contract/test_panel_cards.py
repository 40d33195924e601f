"""Gift cards over HTTP: what one holds, and what it lost the shop on the manager's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.shop.gift_cards.card import card_id
from edge.shop.gift_cards.commands import SettleCard
from edge.shop.till.commands import AddLine, AddLoad, Pay
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.counter_shop import books_of
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, done, run

CODE = "GIFT-0001-2345"
CARD = card_id("GIFT00012345")


def test_a_card_is_read_and_a_loss_is_listed_until_it_is_noted(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG + '[sync]\nhost = "127.0.0.1"\n'
        async with serve(tmp_path, text) as served, calling(served) as caller:
            token = served.site.door.token
            await done(served.shop, AddLoad(CODE, 3000))
            await done(served.shop, Pay("cash"))
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("gift", reference=CODE))
            read = await caller.call("POST", "/api/v1/gift-cards/read", {"code": CODE})
            assert (read.json["known"], read.json["balance_minor"]) == (True, 2880)
            assert (await caller.call("POST", "/api/v1/gift-cards/read", {"code": "?"})).code == "card_code_wrong"
            unknown = await caller.call("POST", "/api/v1/gift-cards/read", {"code": "GIFT99999999"})
            assert not unknown.json["known"]
            await done(served.shop, SettleCard(CARD, "2345", "gift", 0, 2**40, lost_minor=500), SYSTEM)
            page = await caller.get("/manager/cards?register=1", Grant=token, Surface="panel")
            assert page.status == 200
            assert "was spent of card …2345" in page.text
            assert (await caller.manage("NoteCardLoss", {"card": CARD})).status == 200
            await served.shop.maintain(lambda db: None)
            page = await caller.get(f"/manager/cards?register=1&id={CARD}", Grant=token, Surface="panel")
            assert "was spent of card" not in page.text
            assert "Settled by head office" in page.text

    run(scenario())


@pytest.mark.parametrize("sync", ["", '[sync]\nhost = "127.0.0.1"\n'])
def test_what_expired_is_booked_on_the_page_but_not_while_head_office_is_away(tmp_path: Path, sync: str) -> None:
    async def scenario() -> None:
        clock, text = FakeClock(), CONFIG + "[gift_cards]\nvalid_months = 1\n" + sync
        async with serve(tmp_path, text, clock=clock) as served, calling(served) as caller:
            await done(served.shop, AddLoad(CODE, 3000))
            await done(served.shop, Pay("cash"))
            card = {"card": CARD}
            assert (await caller.call("POST", "/api/v1/gift-cards/book-expired", card)).code == "right_denied"
            manager = {"Grant": served.site.door.token, "Surface": "panel"}
            early = await caller.call("POST", "/api/v1/gift-cards/book-expired", card, **manager)
            assert early.code == "card_not_over"
            clock.advance(40 * 86_400)
            late = await caller.call("POST", "/api/v1/gift-cards/book-expired", card, **manager)
            assert late.code == "card_not_asked" if sync else late.status == 200
            assert books_of(served.shop).get(("income", "gift cards expired"), 0) == (0 if sync else -3000)

    run(scenario())
