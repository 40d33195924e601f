"""The journal's page over HTTP: it shows rows in words, whatever an event contains."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.settings.commands import SetText
from edge.foundation.settings.texts import ALWAYS_US
from edge.goods.catalog.commands import ChangePrice
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.customers import known
from tests.shop_fixture import MANAGER, MILK, SYSTEM, done, run


async def told(caller: Caller, grant: str, query: str = "") -> str:
    answer = await caller.get(f"/manager/journal?lang=en{query}", Grant=grant, Accept="text/html")
    assert answer.status == 200
    return answer.text


@pytest.mark.parametrize(("until_us", "said"), [(None, "no end"), (ALWAYS_US - 1, str(ALWAYS_US - 1))])
def test_a_text_for_ever_and_a_moment_of_no_calendar_are_told(tmp_path: Path, until_us: int | None, said: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            text = SetText("t1", "cashier", {"en": "Hello"}, until_us=until_us)
            assert isinstance(await served.shop.do(text, SYSTEM), Done)
            assert said in await told(caller, grant)

    run(scenario())


def test_whose_word_it_was_is_no_persons_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            for id, by in (("u1", "manager"), ("h1", "head office")):
                user = SetUser(id, "Dana", "manager", hash_pin("731946"), by)
                assert isinstance(await served.shop.do(user, SYSTEM), Done)
            page = await told(caller, grant, "&type=UserSet")
            assert "manager" in page and "head office" in page
            assert "shop PIN" not in page.partition('class="facts"')[2]

    run(scenario())


@pytest.mark.parametrize(
    ("language", "sold", "moved"),
    [
        ("en", "Milk sold for €1.20, receipt 1-000001.", "Milk -1 (sold)."),
        ("fr", "Lait\u00a0: vente de 1,20\u00a0€, ticket 1-000001.", "Lait"),
        ("he", "קבלה 1-000001.", "חלב"),
    ],
)
def test_facts_are_told_in_sentences_and_lead_to_their_pages(
    tmp_path: Path, language: str, sold: str, moved: str
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await done(served.shop, AddLine(MILK), MANAGER)
            await done(served.shop, Pay("cash"), MANAGER)
            await done(served.shop, ChangePrice("milk", 130), SYSTEM)
            page = unescape((await caller.get(f"/manager/journal?lang={language}")).text)
            assert sold in page and moved in page
            for address in (
                "/manager/sale?register=1&number=1",
                "/manager/replay?of=1&number=1",
                "/manager/product?sku=milk",
                "/manager/stock/item?sku=milk",
            ):
                assert f'href="{address}"' in page, address
                assert (await caller.get(address)).status == 200, address

    run(scenario())


def test_facts_that_mention_something_are_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await done(served.shop, ChangePrice("milk", 130), SYSTEM)
            await done(served.shop, ChangePrice("beer", 260), SYSTEM)
            page = (await caller.get("/manager/journal?about=beer&type=PriceChanged")).text
            assert "Beer: price changed" in page and "Milk: price changed" not in page
            assert 'id="about"' in page
            product = (await caller.get("/manager/product?sku=beer")).text
            assert "/manager/journal?about=beer" in product
            customer = await known(served.shop)
            assert f"/manager/journal?about={customer}" in (await caller.get(f"/manager/customer?id={customer}")).text
            told_of = (await caller.get(f"/manager/journal?about={customer}")).text
            assert "CustomerSet" in told_of and "PriceChanged" not in told_of.partition('class="facts"')[2]

    run(scenario())
