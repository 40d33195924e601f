"""The manager's loyalty page, and the till's rewards dialog."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.counter.loyalty.entities import REWARDS, RULES, TIERS
from edge.counter.loyalty.idle import good_until
from edge.counter.loyalty.queries import (
    PURPOSE,
    Membership,
    earn_rules,
    loyalty_totals,
    membership,
    rewards,
    tiers,
)
from edge.counter.loyalty.service.member_settlement import SETTLING
from edge.counter.loyalty.settings import LoyaltySettings, live, settings_of
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.rights import MANAGE, SELL
from edge.foundation.settings.queries import LiveSettings
from edge.people.customers.queries import customer_name, newest_wordings
from edge.runtime.config import CONFIG
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

FORMS = (
    ("earn-rules", "earn_rule", form_fields(RULES.struct)),
    ("rewards", "reward", form_fields(REWARDS.struct)),
    ("tiers", "tier", form_fields(TIERS.struct)),
)
"""The page's lists: path, text section, form fields."""


async def rewards_dialog(request: web.Request) -> web.Response:
    """`GET /fragments/rewards`: the balance of the basket's customer at this register, and their available rewards."""
    site, texts = request.app[SITE], texts_of(request)
    now_us = site.shop.now_us()
    today, register = site.config.business_date(now_us), register_of(request)
    customer = site.services.of(TILLS).counters[register].basket.customer
    if customer:
        await site.services.of(SETTLING).ask(customer)
    settings = live(settings_of(site.services.of(CONFIG)))
    read = partial(_of_customer, customer=customer, now_us=now_us, today=today, settings=settings)
    found = await site.asker.read(read)
    return html(site.renderer.render("rewards.html", texts.language, **found))


def _of_customer(
    db: Connection, customer: str, now_us: int, today: str, settings: LiveSettings[LoyaltySettings]
) -> dict[str, Any]:
    known: Membership | None = membership(db, customer, now_us, today) if customer else None
    wording = newest_wordings(db)[PURPOSE]
    who = customer_name(db, customer) if customer else ""
    until = good_until(db, known.customer, settings.at(db)) if known and known.member and known.purses else ""
    return {
        "known": known,
        "who": who,
        "wording": wording,
        "any_rewards": bool(rewards(db)),
        "until": date.fromisoformat(until) if until else None,
    }


async def loyalty_page(request: web.Request) -> web.Response:
    """`GET /manager/loyalty`: earning rules, rewards and tiers, with totals."""

    def read(db: Connection) -> dict[str, Any]:
        things = {"earn-rules": earn_rules(db), "rewards": rewards(db), "tiers": tiers(db)}
        return {"things": things, "totals": loyalty_totals(db)}

    return page(request, "loyalty", sections=FORMS, **await request.app[SITE].asker.read(read))


ENDPOINTS = (fragment("/fragments/rewards", rewards_dialog, SELL),)
PAGES = (
    Page(
        path="/manager/loyalty",
        name="loyalty",
        handler=loyalty_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="loyalty.title",
        group="people",
        place=30,
        past=True,
        changed_by=("loyalty",),
    ),
)
