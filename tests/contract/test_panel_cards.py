"""Gift cards over HTTP: what one holds, and what it lost the shop on the manager's page."""

from __future__ import annotations

from pathlib import Path

from edge.shop.gift_cards.card import card_id
from edge.shop.gift_cards.commands import SettleCard
from edge.shop.till.commands import AddLine, AddLoad, Pay
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import CONFIG, MILK, SYSTEM, done, run

CODE = "GIFT-0001-2345"
CARD = card_id("GIFT00012345")


def test_a_card_is_read_and_a_loss_is_listed_until_it_is_noted(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG + '[sync]\nhost = "127.0.0.1"\n'
        async with serve(tmp_path, text) as served, calling(served) as caller:
            token = served.site.token
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
