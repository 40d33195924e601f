"""Requests to other tills: recent changes, orders by number, and all orders of a day."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode

import msgspec

from edge.backoffice.other_tills import canonical_sale, clover, square, toast
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import PosSale
from edge.backoffice.other_tills.wire import (
    NotUnderstood,
    json_of,
    moment_us,
    object_of,
    objects_of,
    text_of,
    thousandths,
)
from edge.lib.errors import EdgeError
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success
from edge.runtime.outgoing.page_tries import TRIES, is_worth_again

ANSWER_BYTES = 16 * 1024 * 1024
PAGES_MOST = 500
SQUARE_VERSION = "2025-10-16"
SQUARE_LIMIT, SQUARE_PLACES = 200, 10
SQUARE_ITEMS, SQUARE_CHANGES = 500, 100
TOAST_LIMIT = 100
CLOVER_LIMIT = 100
"""Clover's maximum page size when requesting nested lists, and its maximum length for each nested list."""
GENERIC_COUNTS = 500
COUNTED = frozenset({"QUANTITY", "OUT_OF_STOCK"})
"""Toast's stock states that have a count. Items that are merely in stock have none."""
AHEAD_US = 5 * 60 * 1_000_000
"""How far the vendor's clock may be ahead, in microseconds."""


class AskFailed(EdgeError):
    """A request to another till failed. `key`: the text key of the reason; `what`: the till's message."""


class OddOrder(msgspec.Struct, frozen=True):
    """An order that doesn't match the vendor's documentation: its id, a digest, and the error. It waits for a user and
    doesn't block other orders."""

    id: str
    digest: str
    why: str


class SalePage(msgspec.Struct, frozen=True):
    """The sales in a response; `until_us`: the latest change (0: none)."""

    sales: tuple[PosSale, ...]
    until_us: int = 0
    odd: tuple[OddOrder, ...] = ()


class VendorCalls(Protocol):
    """Requests to another till. They raise `AskFailed` if there is no readable response."""

    def fetch_changes(self, since_us: int, now_us: int) -> AsyncIterator[SalePage]:
        """Changes from a time until now, page by page."""
        ...

    def day(self, place: str, day: str, from_us: int, until_us: int) -> AsyncIterator[SalePage]:
        """A place's sales on a business day, between two times."""
        ...

    async def orders(self, ids: Sequence[str]) -> list[PosSale] | None:
        """The sales of these orders; None if one isn't available yet."""
        ...

    async def counts(self, place: str, items: Sequence[str]) -> dict[str, int]:
        """The stock on hand of these items at a place, in thousandths; items not counted there are left out."""
        ...

    async def give_counts(self, place: str, counts: Mapping[str, int], at_us: int) -> None:
        """Set the stock on hand at `place` to these counts, taken at `at_us`."""
        ...


class TillAsking:
    """HTTP client for one till, with retries. `http` is an open session; `secret` reads the access secret."""

    def __init__(
        self,
        till: OtherTill,
        http: OutgoingHttp,
        secret: Callable[[], str],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self.till, self.http, self.secret, self._pause, self._luck = till, http, secret, pause, luck

    async def ask(
        self, method: Literal["GET", "POST", "PUT"], path: str, headers: dict[str, str], asked: Any = None
    ) -> Any:
        """Return the JSON response. Raises `AskFailed`, or `SignInRefused` if the secret is refused."""
        body = None if asked is None else msgspec.json.encode(asked)
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body else {}), **headers}
        url = self.till.address.rstrip("/") + path
        for tried in range(1, TRIES + 1):
            try:
                answer = await self.http.ask(method, url, headers, body, ANSWER_BYTES)
                return json_of(require_success(answer, (200,)).body)
            except NotUnderstood as error:
                raise AskFailed(str(error), "", "other_tills.page_not_understood") from error
            except (Undelivered, MaybeSent) as error:
                await self._wait_or_fail(error, tried)
        raise AssertionError("the last try returns or raises")

    async def _wait_or_fail(self, error: Undelivered | MaybeSent, tried: int) -> None:
        if isinstance(error, Undelivered) and error.credentials:
            raise SignInRefused(error.detail, "", "other_tills.sign_in") from error
        if not await is_worth_again(error, tried, self._pause, self._luck):
            why = error.why if isinstance(error, Undelivered) else "no_answer"
            raise AskFailed(error.detail or why, "", f"undelivered.{why}") from error


class SignInRefused(AskFailed):
    """The till's server denies access."""


class SquareCalls:
    """Requests to Square (developer.squareup.com/reference/square/orders-api)."""

    def __init__(self, asking: TillAsking) -> None:
        self._asking, self._pos = asking, asking.till.id

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._asking.secret()}", "Square-Version": SQUARE_VERSION}

    async def fetch_changes(self, since_us: int, now_us: int) -> AsyncIterator[SalePage]:
        wanted = {"updated_at": {"start_at": rfc3339(since_us)}}
        places = tuple(self._asking.till.our_places)
        for at in range(0, len(places), SQUARE_PLACES):
            async for page in self._search(places[at : at + SQUARE_PLACES], wanted, "UPDATED_AT"):
                yield page

    async def day(self, place: str, day: str, from_us: int, until_us: int) -> AsyncIterator[SalePage]:
        wanted = {"closed_at": {"start_at": rfc3339(from_us), "end_at": rfc3339(until_us)}}
        async for page in self._search((place,), wanted, "CLOSED_AT"):
            yield page

    async def _search(self, places: Sequence[str], wanted: Any, field: str) -> AsyncIterator[SalePage]:
        filters: dict[str, Any] = {"date_time_filter": wanted}
        if field == "CLOSED_AT":  # sorting by CLOSED_AT requires a state filter
            filters["state_filter"] = {"states": ["COMPLETED", "CANCELED"]}
        query = {"filter": filters, "sort": {"sort_field": field, "sort_order": "ASC"}}
        asked: dict[str, Any] = {"location_ids": list(places), "query": query, "limit": SQUARE_LIMIT}
        seen = ""
        for _ in range(PAGES_MOST):
            answer = await self._asking.ask("POST", "/v2/orders/search", self._headers(), asked)
            orders = objects_of(object_of(answer, "answer").get("orders"))
            seen = require_other(orders, "id", seen)
            yield page_of(orders, lambda order: square.sales_of(self._pos, order), "updated_at", "id")
            if not (cursor := text_of(answer.get("cursor"), 2000)):
                return
            asked["cursor"] = cursor

    async def orders(self, ids: Sequence[str]) -> list[PosSale] | None:
        path = "/v2/orders/batch-retrieve"
        answer = await self._asking.ask("POST", path, self._headers(), {"order_ids": list(ids)})
        found = objects_of(object_of(answer, "answer").get("orders"))
        unready = [
            one
            for one in found
            if one.get("state") == "COMPLETED" and not (one.get("line_items") or one.get("returns"))
        ]
        if unready or len(found) < len(set(ids)):
            return None
        page = page_of(found, lambda order: square.sales_of(self._pos, order), "updated_at", "id")
        if page.odd:
            raise AskFailed(page.odd[0].why, "", "other_tills.page_not_understood")
        return list(page.sales)

    async def counts(self, place: str, items: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        path = "/v2/inventory/counts/batch-retrieve"
        for at in range(0, len(items), SQUARE_ITEMS):
            some = list(items[at : at + SQUARE_ITEMS])
            asked: dict[str, Any] = {"catalog_object_ids": some, "location_ids": [place], "states": ["IN_STOCK"]}
            for _ in range(PAGES_MOST):
                answer = object_of(await self._asking.ask("POST", path, self._headers(), asked), "answer")
                found |= counts_in(objects_of(answer.get("counts")), "catalog_object_id")
                if not (cursor := text_of(answer.get("cursor"), 2000)):
                    break
                asked["cursor"] = cursor
        return found

    async def give_counts(self, place: str, counts: Mapping[str, int], at_us: int) -> None:
        told = {"state": "IN_STOCK", "location_id": place, "occurred_at": rfc3339(at_us)}
        counted = [{"catalog_object_id": item, "quantity": decimal(count), **told} for item, count in counts.items()]
        changes = [{"type": "PHYSICAL_COUNT", "physical_count": one} for one in counted]
        for at in range(0, len(changes), SQUARE_CHANGES):
            some = changes[at : at + SQUARE_CHANGES]
            key = hashlib.sha256(msgspec.json.encode(some)).hexdigest()[:64]  # repeating the same changes has no effect
            asked = {"idempotency_key": key, "changes": some, "ignore_unchanged_counts": True}
            await self._asking.ask("POST", "/v2/inventory/changes/batch-create", self._headers(), asked)


class ToastCalls:
    """Requests to Toast (doc.toasttab.com: Authentication API, Orders API with `ordersBulk`)."""

    def __init__(self, asking: TillAsking, currency: str) -> None:
        self._asking, self._currency, self._token = asking, currency, ""

    async def _signed_in(self) -> str:
        said = {
            "clientId": self._asking.till.account,
            "clientSecret": self._asking.secret(),
            "userAccessType": "TOAST_MACHINE_CLIENT",
        }
        answer = await self._asking.ask("POST", "/authentication/v1/authentication/login", {}, said)
        found = text_of(object_of(object_of(answer, "answer").get("token") or {}, "token").get("accessToken"), 8000)
        if not found:
            raise AskFailed("no token", "", "other_tills.page_not_understood")
        return found

    async def _ask(self, path: str, place: str, method: Literal["GET", "PUT"] = "GET", asked: Any = None) -> Any:
        """Make a request, signing in again once if the session has expired."""
        for fresh in (not self._token, True):
            if fresh:
                self._token = await self._signed_in()
            headers = {"Authorization": f"Bearer {self._token}", "Toast-Restaurant-External-ID": place}
            try:
                return await self._asking.ask(method, path, headers, asked)
            except SignInRefused:
                if fresh:
                    raise
        raise AssertionError("the second time it returns or raises")

    async def _bulk(self, place: str, wanted: dict[str, str]) -> AsyncIterator[SalePage]:
        seen, till, currency = "", self._asking.till.id, self._currency
        for page in range(1, PAGES_MOST + 1):
            query = urlencode({**wanted, "page": page, "pageSize": TOAST_LIMIT})
            orders = objects_of(await self._ask(f"/orders/v2/ordersBulk?{query}", place))
            seen = require_other(orders, "guid", seen)
            yield page_of(orders, lambda one: toast.sales_of(till, one, place, currency), "modifiedDate", "guid")
            if len(orders) < TOAST_LIMIT:
                return

    async def fetch_changes(self, since_us: int, now_us: int) -> AsyncIterator[SalePage]:
        wanted = {"startDate": toast_moment(since_us), "endDate": toast_moment(now_us + AHEAD_US)}
        for place in self._asking.till.our_places:
            async for page in self._bulk(place, wanted):
                yield page

    async def day(self, place: str, day: str, from_us: int, until_us: int) -> AsyncIterator[SalePage]:
        async for page in self._bulk(place, {"businessDate": day.replace("-", "")}):
            yield page

    async def orders(self, ids: Sequence[str]) -> list[PosSale] | None:
        raise AssertionError("Toast's webhooks have whole orders, so none is fetched by id")

    async def counts(self, place: str, items: Sequence[str]) -> dict[str, int]:
        rows = objects_of(await self._ask("/stock/v1/inventory", place))
        said = [{"quantity": 0, **row} if row.get("status") == "OUT_OF_STOCK" else row for row in rows]
        said = [{**row, "quantity": row["quantity"] or 0} for row in said if row.get("status") in COUNTED]
        found, wanted = counts_in(said, "guid"), set(items)
        return {item: count for item, count in found.items() if item in wanted}

    async def give_counts(self, place: str, counts: Mapping[str, int], at_us: int) -> None:
        asked = [
            {"guid": item, "status": "QUANTITY", "quantity": count / 1000}
            if count > 0
            else {"guid": item, "status": "OUT_OF_STOCK"}
            for item, count in counts.items()
        ]
        await self._ask("/stock/v1/inventory/update", place, "PUT", asked)


class CloverCalls:
    """Requests to Clover (docs.clover.com: Orders and Inventory APIs, `/v3/merchants/ID`). A merchant is a place."""

    _EXPANDED = "lineItems,lineItems.modifications,refunds"

    def __init__(self, asking: TillAsking) -> None:
        self._asking, self._pos = asking, asking.till.id

    async def _ask(self, place: str, path: str, asked: Any = None, wanted: Sequence[tuple[str, str]] = ()) -> Any:
        headers = {"Authorization": f"Bearer {self._asking.secret()}"}
        query = f"?{urlencode(wanted)}" if wanted else ""
        url = f"/v3/merchants/{quote(place, safe='')}/{path}{query}"
        return object_of(await self._asking.ask("GET" if asked is None else "POST", url, headers, asked), "answer")

    async def fetch_changes(self, since_us: int, now_us: int) -> AsyncIterator[SalePage]:
        for place in self._asking.till.our_places:
            async for page in self._list(place, "modifiedTime", since_us // 1000):
                yield page

    async def day(self, place: str, day: str, from_us: int, until_us: int) -> AsyncIterator[SalePage]:
        async for page in self._list(place, "createdTime", from_us // 1000, until_us // 1000):
            yield page

    async def _list(self, place: str, field: str, from_ms: int, until_ms: int = 0) -> AsyncIterator[SalePage]:
        """Orders in a time range. Each page starts at the last order's time: an order that changes meanwhile moves to
        the end, so none is skipped."""
        skipped, seen = 0, ""
        for _ in range(PAGES_MOST):
            filters = [f"{field}>={from_ms}", *([f"{field}<{until_ms}"] if until_ms else [])]
            wanted = [("filter", one) for one in filters]
            wanted += [("orderBy", f"{field} ASC"), ("expand", self._EXPANDED)]
            wanted += [("limit", str(CLOVER_LIMIT)), ("offset", str(skipped))]
            orders = objects_of((await self._ask(place, "orders", None, wanted)).get("elements"))
            seen = require_other(orders, "id", seen)
            yield self._page_of(place, [await self._complete(place, order) for order in orders])
            if len(orders) < CLOVER_LIMIT:
                return
            last_ms = orders[-1].get(field)
            if isinstance(last_ms, int) and last_ms > from_ms:
                from_ms, skipped = last_ms, 0
            else:
                skipped += CLOVER_LIMIT

    def _page_of(self, place: str, orders: Sequence[dict[str, Any]]) -> SalePage:
        def changed_us(part: Any, what: str) -> int:
            return clover.milliseconds(part, what) * 1000

        return page_of(orders, lambda one: clover.sales_of(self._pos, one, place), "modifiedTime", "id", changed_us)

    async def _complete(self, place: str, order: dict[str, Any]) -> dict[str, Any]:
        """An order with all its line items. The list of orders may contain only the first ones."""
        items = order.get("lineItems")
        if not isinstance(items, dict) or len(objects_of(items.get("elements"))) < CLOVER_LIMIT:
            return order
        path = f"orders/{quote(text_of(order.get('id')), safe='')}/line_items"
        found = [one async for one in self._elements(place, path, "modifications")]
        return {**order, "lineItems": {"elements": found}}

    async def _elements(self, place: str, path: str, expanded: str) -> AsyncIterator[dict[str, Any]]:
        seen = ""
        for page in range(PAGES_MOST):
            wanted = [("expand", expanded), ("limit", str(CLOVER_LIMIT)), ("offset", str(page * CLOVER_LIMIT))]
            rows = objects_of((await self._ask(place, path, None, wanted)).get("elements"))
            seen = require_other(rows, "id", seen)
            for row in rows:
                yield row
            if len(rows) < CLOVER_LIMIT:
                return

    async def orders(self, ids: Sequence[str]) -> list[PosSale] | None:
        found = list[PosSale]()
        for place, _, id in (one.partition("/") for one in ids):
            order = await self._ask(place, f"orders/{quote(id, safe='')}", None, [("expand", self._EXPANDED)])
            page = self._page_of(place, [await self._complete(place, order)])
            if page.odd:
                raise AskFailed(page.odd[0].why, "", "other_tills.page_not_understood")
            found += page.sales
        return found

    async def counts(self, place: str, items: Sequence[str]) -> dict[str, int]:
        """Stock counts of items whose stock Clover tracks. Other items have a number that is never updated."""
        rows, wanted = list[dict[str, Any]](), set(items)
        async for item in self._elements(place, "items", "itemStock"):
            stock = item.get("itemStock")
            if item.get("autoManage") and isinstance(stock, dict) and stock.get("quantity") is not None:
                rows.append({"id": item.get("id"), "quantity": stock["quantity"]})
        return {item: count for item, count in counts_in(rows, "id").items() if item in wanted}

    async def give_counts(self, place: str, counts: Mapping[str, int], at_us: int) -> None:
        for item, count in counts.items():
            await self._ask(place, f"item_stocks/{quote(item, safe='')}", {"quantity": count / 1000})


class GenericCalls:
    """The canonical API (README.md): `GET ?changed_since=` and `GET ?day=&location=`, answering `{"sales": [..],
    "next": cursor}`; `GET` and `PUT ?counts_of=LOCATION`, with `{"counts": [{"item": .., "quantity": ..}]}`."""

    def __init__(self, asking: TillAsking) -> None:
        self._asking = asking

    async def _pages(self, wanted: dict[str, str]) -> AsyncIterator[SalePage]:
        seen = ""
        async for answer in self._answers(wanted):
            sales = objects_of(answer.get("sales"))
            seen = require_other(sales, "event_id", seen)
            yield page_of(
                sales, lambda one: iter((canonical_sale.sale_of(self._asking.till.id, one),)), "at", "event_id"
            )

    async def _answers(self, wanted: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        for _ in range(PAGES_MOST):
            answer = object_of(await self._ask("GET", wanted), "answer")
            yield answer
            if not (cursor := text_of(answer.get("next"), 2000)):
                return
            wanted = {**wanted, "cursor": cursor}

    async def _ask(self, method: Literal["GET", "PUT"], wanted: dict[str, str], asked: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._asking.secret()}"}
        return await self._asking.ask(method, "?" + urlencode(wanted), headers, asked)

    async def fetch_changes(self, since_us: int, now_us: int) -> AsyncIterator[SalePage]:
        async for page in self._pages({"changed_since": rfc3339(since_us)}):
            yield page

    async def day(self, place: str, day: str, from_us: int, until_us: int) -> AsyncIterator[SalePage]:
        async for page in self._pages({"day": day, "location": place}):
            yield page

    async def orders(self, ids: Sequence[str]) -> list[PosSale] | None:
        raise AssertionError("its webhooks hold the sales")

    async def counts(self, place: str, items: Sequence[str]) -> dict[str, int]:
        found, wanted, seen = dict[str, int](), set(items), ""
        async for answer in self._answers({"counts_of": place}):
            rows = objects_of(answer.get("counts"))
            seen = require_other(rows, "item", seen)
            found |= {item: count for item, count in counts_in(rows, "item").items() if item in wanted}
        return found

    async def give_counts(self, place: str, counts: Mapping[str, int], at_us: int) -> None:
        rows = [{"item": item, "quantity": decimal(count)} for item, count in counts.items()]
        for at in range(0, len(rows), GENERIC_COUNTS):
            asked = {"at": rfc3339(at_us), "counts": rows[at : at + GENERIC_COUNTS]}
            await self._ask("PUT", {"counts_of": place}, asked)


def calls_of(asking: TillAsking, currency: str) -> VendorCalls:
    """The client for a kind of till."""
    match asking.till.kind:
        case "square":
            return SquareCalls(asking)
        case "toast":
            return ToastCalls(asking, currency)
        case "clover":
            return CloverCalls(asking)
        case "generic":
            return GenericCalls(asking)


def counts_in(rows: Sequence[dict[str, Any]], key: str) -> dict[str, int]:
    """Counts in thousandths by item. A negative count means that more was sold than was in stock. Raises
    `AskFailed`."""
    try:
        found = [(text_of(row.get(key)), str(row.get("quantity"))) for row in rows]
        return {
            item: -thousandths(text[1:], "quantity") if text.startswith("-") else thousandths(text, "quantity")
            for item, text in found
            if item
        }
    except NotUnderstood as error:
        raise AskFailed(str(error), "", "other_tills.page_not_understood") from error


def decimal(count: int) -> str:
    """Thousandths as the shortest decimal text.

    >>> decimal(12_000), decimal(1_500)
    ('12', '1.5')
    """
    return f"{Decimal(count) / 1000:f}"


def page_of(
    orders: Sequence[dict[str, Any]],
    made: Callable[[Any], Any],
    changed: str,
    key: str,
    read_us: Callable[[Any, str], int] = moment_us,
) -> SalePage:
    """The sales in a response.

    `changed` and `key` are the fields with an order's last change and its id. Unreadable orders are returned as `odd`;
    those with a time of change also advance `until_us`. Otherwise a page with only unreadable orders would be requested
    forever.
    """
    sales, until_us, odd = list[PosSale](), 0, list[OddOrder]()
    for order in orders:
        try:
            until_us = max(until_us, read_us(order.get(changed), changed))
            sales += msgspec.convert(msgspec.to_builtins(tuple(made(order))), tuple[PosSale, ...])
        except (NotUnderstood, msgspec.ValidationError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            digest = hashlib.sha256(msgspec.json.encode(order)).hexdigest()
            odd.append(OddOrder(text_of(order.get(key)) or digest[:12], digest, str(error)[:200]))
    return SalePage(tuple(sales), until_us, tuple(odd))


def require_other(orders: Sequence[dict[str, Any]], key: str, before: str) -> str:
    """The first id of a page. Raises `AskFailed` if it equals the previous page's, as paging would never end."""
    first = text_of(orders[0].get(key)) if orders else ""
    if first and first == before:
        raise AskFailed(first, "", "other_tills.page_repeats")
    return first


def rfc3339(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def toast_moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
