"""HTTP API for shelf-edge labels: propose the products of a picture's facings, for review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from aiohttp import web

from edge.analytics.shelf.labels import LabelText, Side, facings_of, join_lines
from edge.analytics.shelf.pages.shelf_requests import brought_picture, look_at_picture
from edge.analytics.shelf.queries import names_of
from edge.analytics.shelf.text_reading import read_lines, reader_of
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.queries import find_by_code
from edge.lib.sight.kinds import FACINGS, ROWS, Facing, LabelsRead, LabelStrip, Part, Point, ReadLabels, ShelfLabel
from edge.runtime.models_state import RUNNING
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_json

NAMED = 3
"""Number of products found by name whose prices are compared with a label's."""


class LabelsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture (name from `POST shelf/pictures`), its rows, and facings between corners; `side`: the edge of a product
    at which its label is placed.
    """

    picture: str
    corners: tuple[Point, Point, Point, Point]
    rows: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=ROWS)]
    facings: Annotated[tuple[Facing, ...], msgspec.Meta(min_length=1, max_length=FACINGS)]
    side: Side = "left"


class LabelledFacing(msgspec.Struct, frozen=True):
    """A facing, and the product on the label below it."""

    id: str
    sku: str


class LabelsMade(msgspec.Struct, frozen=True):
    """`labels`: the number of labels read; `unknown`: codes without a product; `texts`: whether text was read too."""

    facings: tuple[LabelledFacing, ...]
    names: dict[str, dict[str, str]]
    labels: int
    unknown: tuple[str, ...]
    texts: bool


async def read_labels(request: web.Request) -> web.Response:
    """`POST shelf/labels`: the products of facings by the barcodes on their labels.

    With a text recognition engine, also by a printed number, or by a name with the product's price.
    """
    asked, site = await body_of(request, LabelsAsked), request.app[SITE]
    data = await brought_picture(request, asked.picture)
    seen = await look_at_picture(request, ReadLabels(data, asked.corners, asked.rows), LabelsRead)
    lines = await read_texts(site.services.of(RUNNING), seen.strips)
    labels = [LabelText(one.row, one.at, one.text) for one in seen.labels] + join_lines(lines or ())
    search = site.shop.registry.queries["search"].read

    def resolve(db: Connection) -> LabelsMade:
        known = [(one.row, one.at, sku) for one in labels if (sku := product_of(db, one, search))]
        found = facings_of(known, asked.facings, asked.side)
        unknown = {one.code for one in labels if one.code and find_by_code(db, one.code) is None}
        return LabelsMade(
            tuple(LabelledFacing(id, sku) for id, sku in found.items()),
            names_of(db, sorted(set(found.values()))),
            *(len(labels), tuple(sorted(unknown)), lines is not None),
        )

    return answer_json(await site.asker.read(resolve))


def product_of(db: Connection, label: LabelText, search: Any) -> str:
    """A label's product; "" if uncertain."""
    if label.code and (found := find_by_code(db, label.code)) is not None:
        return found.sku
    if label.price is None or not label.words:
        return ""
    alike = search(db, text=label.words, limit=NAMED).products
    return next((one.sku for one in alike if one.price_minor == label.price), "")


async def read_texts(models: object, strips: Sequence[LabelStrip]) -> list[ShelfLabel] | None:
    """The lines of text on shelf edges; None without text recognition."""
    reader = reader_of(models)
    if reader is None:
        return None
    lines = []
    for strip in strips:
        for line in await read_lines(reader, strip.data) or ():
            middle = sum(x for x, _ in line.corners) / max(1, len(line.corners)) / max(1, strip.width)
            lines.append(ShelfLabel(strip.row, min(1.0, max(0.0, middle)), line.text[:80]))
    return lines


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/shelf/labels",
        handler=read_labels,
        name="readShelfLabels",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        body=Body(LabelsAsked),
        answer=Answer(LabelsMade),
        statuses=(404, 422),
    ),
)
