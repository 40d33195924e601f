"""A receipt on the customer's phone: its QR code is on the customer display after payment, and on paper if `[till]
receipt_proof` is set.

The address contains an unguessable digest of the receipt's journal row. Anyone who has the address can see the receipt,
and the proof that it's unchanged in the journal: its row has the digest in the address, and later rows are chained to
it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import partial

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.journal.rows import check_chain, fact_of, read_rows
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.after_sale.receipt_links import path_of, secret_of
from edge.counter.till.after_sale.receipts import of_sale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.live_settings import NOW
from edge.counter.till.pages.template_words import elements
from edge.counter.till.pages.till_context import TILLS
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import BASKET, SELL
from edge.lib.units.receipt_number import number_of
from edge.web.context import SITE
from edge.web.live.fragments import FragmentSource
from edge.web.pages.shell import html
from edge.web.pairing import OpenTo, is_open
from edge.web.phone_link import phone_link
from edge.web.problem import Problem
from edge.web.responses import texts_of
from edge.web.site_config import SiteConfig

OPEN_TO = (OpenTo(below=("/receipt/",), when=lambda config: bool(config.said_of("till.receipt_proof"))),)
CHAIN_ROWS = 16
"""Number of later rows checked. Each contains the digest of the row before it."""
DIGEST_SHOWN = 16
KEPT_US = 90 * 24 * 3600 * 1_000_000
"""How long a receipt can be viewed (microseconds)."""


class ReceiptProof(msgspec.Struct, frozen=True):
    """The receipt as issued, with its journal row and the start of that row's digest.

    `unchanged`: the hash chain is intact there. `voided`: it was voided later; `refunded_minor`: the amount refunded
    later.
    """

    shown: Sequence[object]
    seq: int
    digest: str
    unchanged: bool
    at_us: int
    voided: bool
    refunded_minor: int


def is_open_to_phones(config: SiteConfig) -> bool:
    """Whether customers' phones may view receipts."""
    return is_open(config, "/receipt/")


def path_just_paid(source: FragmentSource, register: str) -> str:
    """The path of the receipt just paid at a register; empty if customers' phones may not view receipts."""
    ended = source.services.of(TILLS).counters[register].ended
    if not isinstance(ended, SaleCompleted) or not is_open_to_phones(source.config):
        return ""
    return path_of(source.shop.reader, register, ended.number)


async def receipt(request: web.Request) -> web.Response:
    """`GET /receipt/{number}/{secret}`: a sale's receipt, for holders of its code."""
    site, place = request.app[SITE], number_of(request.match_info["number"], "")
    read = partial(_read, registry=site.shop.registry, place=place, secret=request.match_info["secret"])
    found = await site.asker.read(partial(read, settings=site.services.of(NOW)(), now_us=site.shop.now_us()))
    if found is None:
        raise Problem(404, "not_found", path="/receipt")
    shown = {"elements": found.shown, "proof": found}
    return html(site.renderer.render("receipt.html", texts_of(request).language, **shown))


async def code(request: web.Request) -> web.Response:
    """`GET /display/code?path=`: a QR code with a receipt's address in the form that phones can reach."""
    path = request.query.get("path", "")
    if not path.startswith("/receipt/") or len(path) > 200:
        raise Problem(404, "not_found", path="/display/code")
    import zxingcpp

    drawn = zxingcpp.create_barcode(phone_link(request, path), zxingcpp.BarcodeFormat.QRCode)
    return web.Response(text=zxingcpp.write_barcode_to_svg(drawn), content_type="image/svg+xml")


def _read(
    db: Connection, registry: Registry, place: tuple[str, int] | None, secret: str, settings: TillSettings, now_us: int
) -> ReceiptProof | None:
    receipt = read_receipt(db, *place) if place else None
    if receipt is None or receipt.kind != "sale" or receipt.at_us + KEPT_US < now_us:
        return None
    (row,) = read_rows(db, receipt.seq, 1)
    if not hmac.compare_digest(secret_of(row.hash).encode(), secret.encode()):
        return None
    fact = fact_of(registry, row)
    if not isinstance(fact.event, SaleCompleted):
        return None
    unchanged = not any(check_chain(db, receipt.seq, receipt.seq + CHAIN_ROWS))
    return ReceiptProof(
        elements(of_sale(fact.event, fact, settings), ""),
        receipt.seq,
        row.hash.hex()[:DIGEST_SHOWN],
        unchanged,
        receipt.at_us,
        receipt.voided_by is not None,
        receipt.refunded_minor,
    )


ENDPOINTS = (Endpoint(method="GET", path="/display/code", handler=code, right=SELL, also=BASKET),)
PAGES = (
    Page(
        path="/receipt/{number}/{secret}",
        name="receipt",
        handler=receipt,
        right=ANYBODY,
        group="counter",
        place=91,
        rate="people",
    ),
)
