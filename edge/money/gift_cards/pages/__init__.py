"""The manager's page of gift cards and store credit: balances and movements."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.money.gift_cards.queries import (
    find_card,
    read_card,
    read_card_moves,
    read_cards,
    read_lost_cards,
    sum_of_cards,
)
from edge.web.context import SITE
from edge.web.pages.shell import page

CARDS_SHOWN = 50


async def cards_page(request: web.Request) -> web.Response:
    """`GET /manager/cards`: the cards changed last, paged by `?before=`; `?code=` or `?id=`: one with its movements."""
    found = await request.app[SITE].asker.read(partial(_read, query=dict(request.query)))
    site = request.app[SITE]
    return page(request, "gift_cards", business_date=site.config.business_date(site.shop.now_us()), **found)


def _read(db: Connection, query: dict[str, str]) -> dict[str, Any]:
    before = int(query["before"]) if query.get("before", "").isdecimal() else None
    code, id = query.get("code", "")[:40], query.get("id", "")[:40]
    card = find_card(db, code) if code else read_card(db, id) if id else None
    cards = read_cards(db, before, CARDS_SHOWN)
    moves = read_card_moves(db, card.id) if card else []
    more = cards[-1].seq if len(cards) == CARDS_SHOWN else 0
    return {
        "lost": read_lost_cards(db),
        "cards": cards,
        "card": card,
        "moves": moves,
        "owed_minor": sum_of_cards(db),
        "code": code,
        "more": more,
    }


PAGES = (
    Page(
        path="/manager/cards",
        name="gift_cards",
        handler=cards_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="cards.title",
        group="counter",
        place=52,
        past=True,
        changed_by=("gift_cards",),
    ),
)
