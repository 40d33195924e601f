"""Goods come back by word: shown with what the refund itself comes to, done by a confirmation, never more than was
sold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.counter.till.queries import read_receipts
from edge.foundation.access.rights import BASKET, OVERRIDE, REFUND, SELL, STOCK
from edge.goods.catalog.commands import ChangePrice
from edge.lib.i18n import LANGUAGES
from edge.lib.units.written_money import written_money
from tests.catch_up import catch_up
from tests.chat_fixture import Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

SELLER = Actor("lee", "chat", "1", frozenset({BASKET, STOCK, SELL}))
HEAD = SELLER.with_rights(OVERRIDE, REFUND)
YES = {"en": "yes", "fr": "oui", "he": "כן"}
SOME = {"en": "refund 2 milk of receipt 1", "fr": "rembourse 2 laits du ticket 1", "he": "תזכה 2 חלב מקבלה 1"}
LAST = {"en": "refund the last sale", "fr": "rembourse la dernière vente", "he": "תזכי את המכירה האחרונה"}
BARE = {"en": "refund", "fr": "remboursez", "he": "תזכה"}
OF = {"en": "receipt 1", "fr": "le ticket 1", "he": "קבלה 1"}
NOT_THAT = {
    "en": ("refund 9 milk of receipt 1", "refund rice of receipt 1", "refund receipt 77"),
    "fr": ("rembourse 9 laits du ticket 1", "rembourse le riz du ticket 1", "rembourse le ticket 77"),
    "he": ("תזכה 9 חלב מקבלה 1", "תזכה אורז מקבלה 1", "תזכה את קבלה 77"),
}
NOT_ASKED = {
    "en": ("should I refund receipt 1?", "don't refund the last sale", "refund 2 unicorns of receipt 1"),
    "fr": ("tu as remboursé le ticket 1 ?", "ne rembourse pas la dernière vente", "rembourse 2 licornes du ticket 1"),
    "he": ("לזכות את קבלה 1?", "אל תזכה את המכירה האחרונה", "תזכה 2 חד קרן מקבלה 1"),
}


@asynccontextmanager
async def _sold(folder: Path) -> AsyncIterator[CommandBus]:
    """Two sales of three milks at 1.50 each and two colas at 1.00."""
    async with talking_shop(folder) as shop:
        for sku, minor in (("milk", 150), ("cola-can", 100), ("rice", 400)):
            await done(shop, ChangePrice(sku, minor), SYSTEM)
        lines = (LineSold(sku="milk", quantity=3000), LineSold(sku="cola-can", quantity=2000))
        for _ in range(2):
            await done(shop, SellBasket(lines, (TenderGiven("cash", 650),)), HEAD)
        await catch_up(shop)
        yield shop


def _given_back(shop: CommandBus) -> dict[int, int]:
    return {one.number: one.refunded_minor for one in read_receipts(shop.reader, "1") if one.kind == "sale"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_back_is_shown_and_confirmation_gives_it_back(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with _sold(tmp_path) as shop:
            head, milk = Talker(shop, language, HEAD), Talker(shop, language, HEAD).stock("milk")
            asked = await head.say(BARE[language])
            assert (asked.state, [one.id for one in asked.options]) == ("asking_slot", ["last"]), asked.text
            steps = (
                (SOME[language], 300, {1: 300, 2: 0}),
                (OF[language], 350, {1: 650, 2: 0}),
                (LAST[language], 650, {1: 650, 2: 650}),
            )
            for text, minor, given in steps:
                if text == OF[language]:
                    await head.say(BARE[language])
                shown = await head.say(text)
                assert shown.state == "confirming" and written_money(minor, "EUR", language) in shown.text, shown.text
                assert _given_back(shop) != given, "not without a yes"
                assert (await head.say(YES[language])).state == "done", text
                assert _given_back(shop) == given, text
            assert head.stock("milk") == milk + 6000
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_more_than_was_sold_and_nothing_that_was_not_asked(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with _sold(tmp_path) as shop:
            head = Talker(shop, language, HEAD)
            for text in (*NOT_THAT[language], *NOT_ASKED[language]):
                answer = await head.say(text)
                assert answer.state not in ("confirming", "asking_slot"), (text, answer.text)
            seller = await Talker(shop, language, SELLER).say(LAST[language])
            assert seller.state == "cancelled", "whoever may not refund is shown none"
            elsewhere = Actor("lee", "chat", "", HEAD.rights)
            assert (await Talker(shop, language, elsewhere).say(LAST[language])).state == "cancelled", "at no till"
            assert _given_back(shop) == {1: 0, 2: 0}

    run(scenario())


def test_a_confirmation_is_for_the_money_that_was_shown(tmp_path: Path) -> None:
    """Someone else takes a part back meanwhile: it is asked again, with what is left."""

    async def scenario() -> None:
        async with _sold(tmp_path) as shop:
            head, other = Talker(shop, "en", HEAD), Talker(shop, "en", Actor("sam", "chat", "1", HEAD.rights))
            await head.say("refund receipt 1")
            await other.say(SOME["en"])
            assert (await other.say("yes")).state == "done"
            again = await head.say("yes")
            assert again.state == "confirming" and "€3.50" in again.text
            assert (await head.say("yes")).state == "done" and _given_back(shop)[1] == 650
            stays = await head.say("undo")
            assert "can't be undone" in stays.text and _given_back(shop) == {1: 650, 2: 0}

    run(scenario())
