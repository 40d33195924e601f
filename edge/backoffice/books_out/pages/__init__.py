"""Manager page of the accounting export: systems, and the state of each bill and journal."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.queries import read_books_documents, read_books_target_states
from edge.backoffice.feeds.connector import secret_name
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.runtime.secrets import SECRETS
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page

SHOWN = 60
PAIRS = ("accounts", "suppliers")
FORM = form_fields(BOOKS_TARGETS.struct, without=("id", *PAIRS))


async def books_page(request: web.Request) -> web.Response:
    """`GET /manager/books-out`."""
    site = request.app[SITE]
    found = await site.asker.read(_read)
    store = site.services.of(SECRETS)
    names = {one.target.id: secret_name(one.target.connector) for one in found["targets"]}
    lets_in = {id: {"name": name, "set": store.has(name)} for id, name in names.items()}
    return page(request, "books_out", fields=FORM, pairs=PAIRS, lets_in=lets_in, **found)


def _read(db: Connection) -> dict[str, Any]:
    return {"targets": read_books_target_states(db), "documents": read_books_documents(db, limit=SHOWN)}


PAGES = (
    Page(
        path="/manager/books-out",
        name="books_out",
        handler=books_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="books_out.title",
        group="goods",
        place=47,
    ),
)
