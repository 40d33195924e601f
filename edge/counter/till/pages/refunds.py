"""Fragments of the refund dialog: find the receipt, choose returned goods, and show the refund."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice

import msgspec
from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.messages import Refusal, Refused
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket import money_back
from edge.counter.till.events import SaleCompleted
from edge.counter.till.live_settings import NOW
from edge.counter.till.queries import Receipt, read_receipt, read_receipts, refunded_before
from edge.counter.till.rules import refund
from edge.counter.till.rules.refund import AlreadyRefunded, RefundMethod, ReturnRequest
from edge.counter.till.sales import paper_event
from edge.foundation.access.rights import SELL
from edge.lib.units.money import parse_minor
from edge.lib.units.quantity import LIMIT
from edge.lib.units.receipt_number import GIFT, number_of, shown_number
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.limits import REFUNDABLE_SHOWN
from edge.web.responses import texts_of

Names = Mapping[str, str]
SEARCHED = 300
"""Number of a register's recent papers searched by product or total: about one or two days."""
_QUANTITY = re.compile(r"[0-9]{1,10}")


class Refundable(msgspec.Struct, frozen=True):
    """A sale, and its earlier refunds."""

    receipt: Receipt
    sale: SaleCompleted
    before: AlreadyRefunded


async def receipts(request: web.Request) -> web.Response:
    """`GET /fragments/receipts?text=...`: the receipt with that number, or recent sales with a matching product or
    total."""
    site = request.app[SITE]
    register, text = register_of(request), request.query.get("text", "")[:80].strip()
    read = partial(_choice, registry=site.shop.registry, register=register, text=text)
    found = await site.asker.read(partial(read, minor=_minor(text, site.settings.currency)))
    return _html(request, "receipts.html", receipts=found, here=register, gift=text.upper().startswith(GIFT))


async def sale(request: web.Request) -> web.Response:
    """`GET /fragments/refund?of=1&number=42`: a sale's refundable lines, or why it has none."""
    try:
        found = await _find(request)
    except Refusal as refusal:
        return _html(request, "refund.html", refused=refusal.refused)
    left = refund.returnable_by_line(found.sale, found.before)
    number = shown_number(found.receipt.register, found.receipt.number)
    refused = None if left else Refused("all_refunded", {"number": number})
    paid = money_back.brought_by_tender(found.sale.tenders, found.sale.change_minor)
    return _html(request, "refund.html", refused=refused, receipt=found.receipt, sale=found.sale, left=left, paid=paid)


async def sums(request: web.Request) -> web.Response:
    """`GET /fragments/refund/sums?of=1&number=42&line=3&quantity=1000`: the refund and its tenders."""
    try:
        found, settings = await _find(request), request.app[SITE].services.of(NOW)()
        wanted = tuple(_return_requests(request.query.getall("line", ()), request.query.getall("quantity", ())))
        if not wanted:
            raise Refusal("refund_nothing")
        as_paid = refund.refund(found.sale, wanted, found.before, RefundMethod(), settings)
    except Refusal as refusal:
        return _html(request, "refund_sums.html", refused=refusal.refused)
    in_cash = None
    with suppress(Refusal):  # if cash isn't possible, there is no choice to offer
        in_cash = refund.refund(found.sale, wanted, found.before, RefundMethod("cash", reason="-"), settings)
    return _html(request, "refund_sums.html", refused=None, refund=as_paid, in_cash=in_cash)


def _minor(text: str, currency: str) -> int | None:
    with suppress(ValueError):
        return parse_minor(text.replace(",", "."), currency)
    return None


def _choice(
    db: Connection, registry: Registry, register: str, text: str, minor: int | None
) -> list[tuple[Receipt, tuple[Names, ...]]]:
    """Sales to choose from, each with the names of its products."""
    place = number_of(text, register) if text else None
    found = read_receipt(db, *place) if place else None
    if found and found.kind == "sale":
        return [(found, _goods(db, registry, found))]
    newest = read_receipts(db, register, limit=SEARCHED if text else REFUNDABLE_SHOWN)
    sales = ((one, _goods(db, registry, one)) for one in newest if one.kind == "sale" and one.voided_by is None)
    wanted = (
        (one, goods) for one, goods in sales if not text or one.total_minor == minor or _matches_name(goods, text)
    )
    return list(islice(wanted, REFUNDABLE_SHOWN))


def _goods(db: Connection, registry: Registry, receipt: Receipt) -> tuple[Names, ...]:
    sold = paper_event(db, registry, receipt.seq)
    assert isinstance(sold, SaleCompleted)
    return tuple(line.names for line in sold.lines if not line.voided)


def _matches_name(goods: Iterable[Names], text: str) -> bool:
    """Whether any product's name contains the text, in any language."""
    wanted = text.casefold()
    return any(wanted in name.casefold() for names in goods for name in names.values())


async def _find(request: web.Request) -> Refundable:
    site = request.app[SITE]
    number = request.query.get("number", "")
    register = request.query.get("of") or register_of(request)
    if not _QUANTITY.fullmatch(number):
        raise Refusal("no_sale_to_refund", {"number": number[:40]})
    return await site.asker.read(partial(_read, registry=site.shop.registry, register=register, number=int(number)))


def _read(db: Connection, registry: Registry, register: str, number: int) -> Refundable:
    receipt, shown = read_receipt(db, register, number), shown_number(register, number)
    if receipt is None or receipt.kind != "sale":
        raise Refusal("no_sale_to_refund", {"number": shown})
    if receipt.voided_by is not None:
        raise Refusal("sale_is_void", {"number": shown})
    sold = paper_event(db, registry, receipt.seq)
    assert isinstance(sold, SaleCompleted)
    return Refundable(receipt, sold, refunded_before(db, receipt))


def _return_requests(lines: Sequence[str], quantities: Sequence[str]) -> Iterator[ReturnRequest]:
    for line, quantity in zip(lines, quantities, strict=False):
        if _QUANTITY.fullmatch(line) and _QUANTITY.fullmatch(quantity):
            yield ReturnRequest(int(line), min(int(quantity), LIMIT))


def _html(request: web.Request, template: str, **values: object) -> web.Response:
    html = request.app[SITE].renderer.render(template, texts_of(request).language, **values)
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


ENDPOINTS = (
    fragment("/fragments/receipts", receipts, SELL),
    fragment("/fragments/refund", sale, SELL),
    fragment("/fragments/refund/sums", sums, SELL),
)
