"""Gift cards over HTTP: a card's balance, and the shop's losses on the manager's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, AddLoad, Pay
from edge.money.gift_cards.card import card_id
from edge.money.gift_cards.commands import SettleCard
from edge.money.gift_cards.queries import WRONG_MOST, closed_registers
from edge.money.gift_cards.watches import WATCHES
from tests.browser.calling import Answer, calling
from tests.browser.serving import serve
from tests.counter_shop import books_of
from tests.http_client import when
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, FakeClock, done, run

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
            assert "Card …2345 was overspent" in page.text
            assert (await caller.manage("NoteCardLoss", {"card": CARD})).status == 200
            await served.shop.maintain(lambda db: None)
            page = await caller.get(f"/manager/cards?register=1&id={CARD}", Grant=token, Surface="panel")
            assert "was overspent" not in page.text
            assert "Settled by head office" in page.text

    run(scenario())


def test_codes_that_nobody_knows_close_a_register_for_a_while(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await done(served.shop, AddLoad(CODE, 3000))
            await done(served.shop, Pay("cash"))

            async def read(code: str, **headers: str) -> Answer:
                return await caller.call("POST", "/api/v1/gift-cards/read", {"code": code}, **headers)

            for end in range(6, 13):  # typing a code letter by letter counts as one try
                shown = await caller.get(f"/fragments/gift-card?code={'GIFT00099999'[:end]}")
                assert shown.status == 200
            for number in range(WRONG_MOST - 1):
                assert not (await read(f"GIFT9{number:03d}8765")).json["known"]
            shut = await read(CODE)
            assert (shut.status, shut.code, int(shut.headers["Retry-After"]) > 0) == (429, "card_wait", True)
            assert (await caller.get("/fragments/gift-card?code=GIFT00012345")).status == 429
            assert (await caller.get("/api/v1/queries/gift_card?code=GIFT00012345")).code == "right_denied"
            await done(served.shop, AddLine(MILK))
            assert await served.shop.do(Pay("gift", reference=CODE), CASHIER) == Refused("card_wait", {"minutes": 10})
            assert (await read(CODE, Register="2")).json["known"], "the other till goes on"
            told = {watch.kind: watch for watch in WATCHES}["gift_codes_guessed"]
            assert [one.subject for one in told.read(served.shop.reader, served.shop.now_us(), "")] == ["1"]
            clock.advance(601)
            assert (await read(CODE)).json["known"]
            await done(served.shop, Pay("gift", reference=CODE))

    run(scenario())


def test_a_card_that_should_pay_and_is_no_ones_counts_as_well(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await done(served.shop, AddLine(MILK))
            for number in range(WRONG_MOST):
                body = {"kind": "gift", "reference": f"GIFT9{number:03d}8765"}
                assert (await caller.do("Pay", body)).code == "card_unknown"

            async def closed() -> list[str]:
                return closed_registers(served.shop.reader, served.shop.now_us())

            await when(closed, lambda found: found == ["1"], "the register is closed to codes")
            assert (await caller.do("Pay", {"kind": "gift", "reference": CODE})).code == "card_wait"

    run(scenario())


def test_a_new_card_has_a_code_that_is_not_soon_guessed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            short = await served.shop.do(AddLoad("GIFT-1234", 3000), CASHIER)
            assert short == Refused("card_code_short", {"least": 10})
            await done(served.shop, AddLoad("GIFT-123456", 3000))

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
