"""Manager page of other tills: state, items to assign, and differences."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aiohttp import web

from edge.backoffice.other_tills.entities import TILLS
from edge.backoffice.other_tills.other_till import OtherTill, secret_name
from edge.backoffice.other_tills.queries import (
    read_dead_hooks,
    read_held_lines,
    read_pos_days,
    read_pos_items,
    read_pos_sales,
    read_till_states,
)
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.runtime.config import CONFIG
from edge.runtime.secrets import SECRETS
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page
from edge.web.pairing import OpenTo

SALES_SHOWN = 12
DAYS_SHOWN = 7
ITEMS_SHOWN = 100
"""Maximum items shown per till. Further items are edited through the API (`other-till-items`)."""
FORM = form_fields(TILLS.struct)


async def other_tills_page(request: web.Request) -> web.Response:
    """`GET /manager/other-tills`."""
    site = request.app[SITE]
    found = await site.asker.read(_read)
    store = site.services.of(SECRETS)
    secrets = {
        one.till.id: [(use, name, store.has(name)) for use, name in _secrets(one.till)] for one in found["tills"]
    }
    return page(request, "other_tills", fields=FORM, secrets=secrets, store=site.services.of(CONFIG).store.id, **found)


def _secrets(till: OtherTill) -> list[tuple[str, str]]:
    found = [("hook", secret_name(till, "hook"))]
    return [*found, ("access", secret_name(till, "access"))] if till.address else found


def _read(db: Connection) -> dict[str, Any]:
    tills, items = read_till_states(db), read_pos_items(db)
    return {
        "tills": tills,
        "held": {one.till.id: read_held_lines(db, one.till.id) if one.waiting else [] for one in tills},
        "items": {one.till.id: [item for item in items if item.pos == one.till.id][:ITEMS_SHOWN] for one in tills},
        "days": {one.till.id: read_pos_days(db, one.till.id, DAYS_SHOWN) for one in tills},
        "sales": {one.till.id: read_pos_sales(db, one.till.id, limit=SALES_SHOWN) for one in tills},
        "dead": (dead := sorted(read_dead_hooks(db), key=lambda hook: hook.pos)),
        "dead_many": {pos for pos, count in Counter(hook.pos for hook in dead).items() if count > 1},
    }


PAGES = (
    Page(
        path="/manager/other-tills",
        name="other_tills",
        handler=other_tills_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="other_tills.title",
        group="goods",
        place=46,
    ),
)
OPEN_TO = (OpenTo(below=("/v1/webhooks/",)),)
"""Paths open without signing in: webhooks of other tills, which are authenticated by signature."""
