"""Suppliers and purchase orders over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast, get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Schema, get
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.purchasing import queries
from edge.goods.purchasing.order_paper import as_csv
from edge.goods.purchasing.pages.beside import OPEN_SALES
from edge.goods.purchasing.queries import DeliveryDue, KeptPurchase, KeptSupplier, Listed, PurchasePage
from edge.goods.purchasing.rules import SuggestedOrder, SuggestedTransfer, Suggestions, Unmet, Why
from edge.goods.purchasing.suggesting.supplier_choice import best_suggestions
from edge.goods.purchasing.supply.performance import SupplierPerformance, read_supplier_performance
from edge.goods.purchasing.supply.prices import (
    ComparedPrice,
    SupplierPrice,
    read_supplier_prices,
    read_supplier_pricing,
)
from edge.goods.purchasing.supply.supplier_api import key_name
from edge.goods.stock.rows import find_product
from edge.lib.units.money import show_minor
from edge.runtime.secrets import SECRETS
from edge.web.context import SITE, today_of
from edge.web.problem import Problem
from edge.web.request_body import choice_of, whole_of
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY

Text = Callable[[Why], str]


class DeliveryList(msgspec.Struct):
    """`GET deliveries`: expected goods for receiving, without costs."""

    deliveries: list[DeliveryDue]


class SupplierCard(msgspec.Struct, frozen=True):
    """`GET suppliers/{id}`: a supplier with prices and performance, whether its API key is set, and the key's name
    (`PUT secrets/{name}`).
    """

    supplier: KeptSupplier
    prices: list[SupplierPrice]
    performance: SupplierPerformance
    api_key: Literal["", "set"] = ""
    api_key_name: str = ""


class PricingList(msgspec.Struct):
    """`GET suppliers/pricing`: suppliers' prices for a quantity, best first."""

    sku: str
    quantity: int
    prices: list[ComparedPrice]


class ToldLine(msgspec.Struct, frozen=True):
    """A suggested line, with its reasons in words."""

    sku: str
    quantity: int
    packs: int
    pack: int
    unit_cost_minor: int
    total_minor: int
    why: list[Why]
    told: list[str]


class ToldOrder(msgspec.Struct, frozen=True):
    """A suggested order from one supplier for one location."""

    supplier: str
    location: str
    fee_minor: int
    total_minor: int
    lines: list[ToldLine]


OrderKind = Literal["purchase", "sales"]


class OpenOrders(msgspec.Struct, frozen=True):
    """`GET orders/open`: orders as in `purchase-orders` or `sales-orders`, and the number for the next page (0: the
    last).
    """

    orders: list[Any]
    before: int


class ToldSuggestions(msgspec.Struct, frozen=True):
    """`GET purchase-orders/suggestions`: suggestions, and unfilled needs; `saved_minor`: savings compared with usual
    suppliers."""

    orders: list[ToldOrder]
    unmet: list[Unmet]
    transfers: list[SuggestedTransfer]
    saved_minor: int


async def supplier(request: web.Request) -> web.Response:
    """`GET suppliers/{id}`: one supplier, with prices and performance."""
    return answer_json(await card_of(request, request.match_info["id"]))


async def card_of(request: web.Request, id: str) -> SupplierCard:
    """A supplier's card. Raises `Problem` 404."""
    read = request.app[SITE].asker.read
    found = await read(partial(queries.read_supplier, id=id))
    if found is None:
        raise Problem(404, "supplier_not_found", supplier=id[:80])
    prices = await read(partial(read_supplier_prices, supplier=id))
    performance = await read(partial(read_supplier_performance, supplier=id, today=today_of(request)))
    if not found.order_url:
        return SupplierCard(found, prices, performance)
    name, known = (
        key_name(id, found.order_url),
        await asyncio.to_thread(request.app[SITE].services.of(SECRETS).list_secrets),
    )
    is_set = any(one.name == name and not one.lost for one in known)
    return SupplierCard(found, prices, performance, "set" if is_set else "", name)


async def pricing(request: web.Request) -> web.Response:
    """`GET suppliers/pricing`: suppliers' prices for `quantity` thousandths of `sku`."""
    sku, quantity = request.query.get("sku", ""), whole_of(request, "quantity", 1000)
    if not sku:
        raise Problem(400, "argument_missing", name="sku")
    if await request.app[SITE].asker.read(lambda db: find_product(db, sku)) is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    read = partial(read_supplier_pricing, sku=sku, today=today_of(request), quantity=quantity)
    return answer_json(PricingList(sku, quantity, await request.app[SITE].asker.read(read)))


async def orders(request: web.Request) -> web.Response:
    """`GET purchase-orders`: orders, newest first; `?state=` may also be open or late."""
    return answer_json(await orders_of(request, request.query.get("state", "")))


async def deliveries(request: web.Request) -> web.Response:
    """`GET deliveries`: expected orders with outstanding goods, for `.../receive`."""
    return answer_json(DeliveryList(await request.app[SITE].asker.read(queries.read_deliveries)))


async def open_orders(request: web.Request) -> web.Response:
    """`GET orders/open`: purchase orders with outstanding goods; with `?kind=sales`, unfulfilled customer orders as in
    `sales-orders`."""
    kind = choice_of(request, "kind", *get_args(OrderKind))
    if kind == "purchase":
        return answer_json(await orders_of(request, "open"))
    before, limit = whole_of(request, "before", 0), max(1, min(whole_of(request, "limit", 100), queries.PAGE_LIMIT))
    read = request.app[SITE].services.of(OPEN_SALES)
    found = await request.app[SITE].asker.read(lambda db: read(db, before, limit + 1))
    return answer_json(OpenOrders([*found[:limit]], found[limit - 1].number if len(found) > limit else 0))


async def open_purchases(request: web.Request) -> web.Response:
    """`GET purchase-orders/open`: orders with outstanding goods."""
    return answer_json(await orders_of(request, "open"))


async def orders_of(request: web.Request, state: str) -> PurchasePage:
    """A page of orders. Raises `Problem` 400 for an unknown state."""
    if state not in get_args(Listed):
        raise Problem(400, "argument_wrong", name="state", why=", ".join(get_args(Listed)[1:]))
    read = partial(
        queries.read_purchases,
        today=today_of(request),
        state=cast(Listed, state),
        supplier=request.query.get("supplier", "")[:80],
        before=whole_of(request, "before", 0),
        limit=whole_of(request, "limit", 100),
    )
    return await request.app[SITE].asker.read(read)


async def order(request: web.Request) -> web.Response:
    """`GET purchase-orders/{number}`: one order, with lines and receipts."""
    return answer_json(await order_of(request, request.match_info["number"]))


async def order_of(request: web.Request, text: str) -> KeptPurchase:
    """An order by number. Raises `Problem` 404."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    found = await request.app[SITE].asker.read(partial(queries.read_purchase, number=number))
    if found is None:
        raise Problem(404, "purchase_not_found", number=text[:20])
    return found


async def order_csv(request: web.Request) -> web.Response:
    """`GET purchase-orders/{number}.csv`: the order as a table for its supplier."""
    found, texts = await order_of(request, request.match_info["number"]), texts_of(request)
    currency = found.currency or request.app[SITE].settings.currency
    text = as_csv(found, texts.say, texts.name, partial(show_minor, currency=currency))
    headers = {"Content-Disposition": f'attachment; filename="order-{found.number}.csv"', "Cache-Control": "no-store"}
    return web.Response(body=text.encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers)


async def suggestions(request: web.Request) -> web.Response:
    """`GET purchase-orders/suggestions`: suggested orders with reasons, optionally within `?budget_minor=`."""
    found, told = await read_suggestions(request), teller(request)
    return answer_json(
        ToldSuggestions(
            [_explain_order(one, told) for one in found.orders],
            list(found.unmet),
            list(found.transfers),
            found.saved_minor,
        )
    )


async def read_suggestions(request: web.Request) -> Suggestions:
    """Current suggestions."""
    budget = whole_of(request, "budget_minor", 0) if request.query.get("budget_minor") else None
    site = request.app[SITE]
    read = partial(site.shop.registry.queries["purchase_wanted"].read, today=today_of(request))
    wanted = await site.asker.read(read)
    return await site.services.of(HEAVY).do(best_suggestions, wanted, budget)


def _round_estimate(quantity: int) -> int:
    """Round an estimated quantity in thousandths: to a tenth of a unit below 10 units, otherwise to whole units."""
    step = 100 if abs(quantity) < 10_000 else 1_000
    return round(quantity / step) * step


def teller(request: web.Request) -> Text:
    """Formatter of reasons in the requested language."""
    texts = texts_of(request)
    shown: dict[str, Callable[[int], str]] = {
        **dict.fromkeys(("packs", "fewer", "pack", "days", "chance"), texts.count)
    }
    shown |= dict.fromkeys(("least", "less", "more"), texts.money)
    # Estimates: thousandths of a piece would suggest a precision that they don't have.
    shown |= dict.fromkeys(("point", "target", "expected", "missing"), lambda n: texts.quantity(_round_estimate(n)))
    return lambda why: texts.say(
        f"purchasing.why_{why.code}", **{key: shown.get(key, texts.quantity)(n) for key, n in why.values.items()}
    )


def _explain_order(order: SuggestedOrder, told: Text) -> ToldOrder:
    lines = [
        ToldLine(
            *(line.sku, line.quantity, line.packs, line.pack, line.unit_cost_minor, line.total_minor),
            *(list(line.why), [told(why) for why in line.why]),
        )
        for line in order.lines
    ]
    return ToldOrder(order.supplier, order.location, order.fee_minor, order.total_minor, lines)


_get = partial(get, right=MANAGE, tag="purchasing")


_WORD: Schema = {"type": "string", "maxLength": 200}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_LISTED = {"supplier": _WORD, "before": _COUNT, "limit": _COUNT}
_ONE = "purchase-orders/{number:[0-9]{1,15}}"

_BUDGET = {"budget_minor": _COUNT}
_OF_KIND = {**_LISTED, "kind": {"enum": list(get_args(OrderKind))}}
ENDPOINTS = (
    # for clients that call purchase orders "orders"; customers' orders have other paths
    _get("orders/suggestions", suggestions, Answer(ToldSuggestions), _BUDGET, name="orders_suggested"),
    _get("orders/open", open_orders, Answer(OpenOrders), _OF_KIND, name="orders_open"),
    _get(
        "suppliers/pricing",
        pricing,
        Answer(PricingList),
        {"sku": _WORD, "quantity": _COUNT},
        name="suppliers_pricing",
        statuses=(404,),
    ),
    _get("suppliers/{id}", supplier, Answer(SupplierCard), statuses=(404,), name="supplier_card"),
    _get("purchase-orders", orders, Answer(PurchasePage), {**_LISTED, "state": _WORD}, name="purchase_orders_list"),
    _get("purchase-orders/open", open_purchases, Answer(PurchasePage), _LISTED, name="purchase_orders_open"),
    _get(
        "purchase-orders/suggestions", suggestions, Answer(ToldSuggestions), _BUDGET, name="purchase_orders_suggested"
    ),
    _get(_ONE, order, Answer(KeptPurchase), statuses=(404,), name="purchase_orders_one"),
    _get(f"{_ONE}.csv", order_csv, Answer(media="text/csv"), statuses=(404,), name="purchase_orders_csv"),
    _get("deliveries", deliveries, Answer(DeliveryList), also=STOCK),
)
