"""The manager's bulk edit page: selection, edit, and a preview of each change."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Annotated, Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.endpoints import fragment as piece
from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.counter.bulk_edit.commands import MOST_PRODUCTS, ProductEdit
from edge.counter.bulk_edit.from_config import edit_settings
from edge.counter.bulk_edit.handlers import head, refusal
from edge.counter.bulk_edit.job import EditSettings
from edge.counter.bulk_edit.look import Looker, ProductOutcome
from edge.counter.quick_keys.queries import read_layout
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.listing.category_tree import tree
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.listing.queries import brands, select_skus
from edge.goods.catalog.product import Sku
from edge.goods.catalog.queries import read_products
from edge.goods.ingest.pages import columns
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.request_body import body_of
from edge.web.responses import answer_outcome, texts_of

ROWS_SHOWN, REASONS_SHOWN = 200, 100
"""Maximum changes and exclusions listed. All of them are counted."""

STEPS_MINOR = (1, 5, 10, 50, 100)
"""Choices for rounding prices, in minor units."""


class WhichProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Selection of products by category, brand and state.

    `category`: it and those below ("": products without one; None: any). `given_up`: discontinued instead of sold ones.
    """

    category: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    brand: Annotated[str, msgspec.Meta(max_length=200)] = ""
    given_up: bool = False


class EditLook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An edit to preview, of these `skus` or of the products matching `which`."""

    edit: ProductEdit
    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MOST_PRODUCTS)] = ()
    which: WhichProducts | None = None


class EditPreview(msgspec.Struct):
    """The preview of an edit: changed and unchanged products, and products left out, by reason.

    `seen`: the journal row that the preview is based on.
    """

    seen: int
    changed: list[ProductOutcome]
    same: int
    left_out: list[ProductOutcome]

    @property
    def reasons(self) -> dict[str, int]:
        return dict(Counter(one.reason for one in self.left_out))


async def edit_page(request: web.Request) -> web.Response:
    """`GET /manager/bulk-edit`: the page; `?category=` and `?brand=`, or each `?sku=`, preselect products."""
    site = request.app[SITE]

    def read(db: Connection) -> dict[str, Any]:
        layouts = {of: read_layout(db, of) for of in ("", *site.config.registers)}
        key_pages = dict.fromkeys(texts.name(one.names) for pages in layouts.values() for one in pages)
        called = {sku: texts.name(one.names or {}) or sku for sku, (_, one, _) in read_products(db, skus).items()}
        return {"tree": tree(db), "brands": brands(db), "key_pages": list(key_pages), "called": called}

    texts, skus = texts_of(request), list(dict.fromkeys(request.query.getall("sku", ())))[:MOST_PRODUCTS]
    values = await site.asker.read(read)
    chosen = {name: request.query.get(name) for name in ("category", "brand")}
    return page(
        request, "bulk_edit", chosen=chosen, tax_classes=site.services.of(CONFIG).tax.ids, steps=STEPS_MINOR, **values
    )


async def edit_preview(request: web.Request) -> web.Response:
    """`POST /fragments/bulk-edit`: preview an edit as a table; nothing is changed."""
    wanted, site, texts = await body_of(request, EditLook), request.app[SITE], texts_of(request)
    settings = edit_settings(site.services.of(CONFIG))
    try:
        found = await site.asker.read(
            partial(_preview_changes, wanted=wanted, settings=settings, now_us=site.shop.now_us())
        )
    except Refusal as refusal:
        return answer_outcome(refusal.refused, texts)
    limits = {"rows_shown": ROWS_SHOWN, "reasons_shown": REASONS_SHOWN}
    label = partial(columns.label, texts=texts)
    return html(site.renderer.render("bulk_edit_look.html", texts.language, found=found, label=label, **limits))


def _preview_changes(db: Connection, wanted: EditLook, settings: EditSettings, now_us: int) -> EditPreview:
    refusal(db, wanted.edit, settings)
    seen = head(db)
    skus = list(dict.fromkeys(wanted.skus))
    if wanted.which is not None:
        which = wanted.which
        retired = "yes" if which.given_up else "no"
        skus = select_skus(db, Filter(which.category, which.brand or None, retired), MOST_PRODUCTS + 1)  # type: ignore[arg-type]
    if not skus:
        raise Refusal("edit_none")
    if len(skus) > MOST_PRODUCTS:
        raise Refusal("edit_too_many", {"count": len(skus), "most": MOST_PRODUCTS})
    looker = Looker(db, wanted.edit, seen, settings.sources, settings.currency, settings.language)
    found = looker.look(skus, now_us)
    changed = [one for one in found if one.is_changed]
    left_out = [one for one in found if one.reason]
    return EditPreview(seen, changed, len(found) - len(changed) - len(left_out), left_out)


ENDPOINTS = (piece("/fragments/bulk-edit", edit_preview, MANAGE, "POST"),)
PAGES = (
    Page(
        path="/manager/bulk-edit",
        name="bulk_edit",
        handler=edit_page,
        right=MANAGE,
        fragments=("alerts", "clock", "jobs"),
        menu="bulk.title",
        group="goods",
        place=12,
    ),
)
