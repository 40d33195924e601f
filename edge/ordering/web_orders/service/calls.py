"""The interface to a web shop, and our own protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol

import msgspec
import structlog

from edge.ordering.web_orders.offers import WebOffer
from edge.ordering.web_orders.telling import WebStep
from edge.ordering.web_orders.web_order import SIGNED_IN, WebChannel, sign_body
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

_log = structlog.get_logger(__name__)
ANSWER_BYTES = 4 * 1024 * 1024
PAGES_MOST = 60
"""Maximum number of pages of a hundred products. Products beyond them aren't updated."""


class TheirGoods(msgspec.Struct, frozen=True):
    """A product in a web shop.

    Its price (None: none, or not an amount in our currency), `pieces` (None: not counted), and the ids needed to change
    it. `article`: its variant's number; `grams`: its weight as stated there (0: none).
    """

    sku: str
    price_minor: int | None
    pieces: int | None
    ids: tuple[str, ...] = ()
    article: str = ""
    grams: int = 0


class GoodsChange(msgspec.Struct, frozen=True):
    """A change to make in a web shop: the price if it differs, and `pieces` if they differ from `was` (None:
    unchanged).

    `theirs` is None for a product that's new there.
    """

    offer: WebOffer
    theirs: TheirGoods | None
    price_minor: int | None
    pieces: int | None


class GoodsThere(msgspec.Struct, frozen=True):
    """The products sold in a web shop.

    `currency`: the currency of its prices ("": not stated). `unread`: the number of further products that can't be
    read.
    """

    goods: tuple[TheirGoods, ...] = ()
    currency: str = ""
    unread: int = 0


class ChangesLeft(msgspec.Struct, frozen=True):
    """SKUs that weren't changed.

    Either the pieces had changed in the web shop meanwhile (`stale`), or it refused the change.
    """

    stale: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


class WebShopCalls(Protocol):
    """Calls to a web shop. They raise `Undelivered` or `MaybeSent` if it doesn't answer or refuses."""

    menu: bool
    """Whether to send the web shop products that it doesn't have yet."""

    async def goods(self) -> GoodsThere:
        """Return the products sold in the web shop."""
        ...

    async def change(self, changes: Sequence[GoodsChange]) -> ChangesLeft:
        """Change products one by one, so that a refused change doesn't hold up the others."""
        ...

    async def status(self, step: WebStep) -> None:
        """Send an order's status."""
        ...


class WebShopAsking:
    """Requests to a web shop over an open `http`. `secret` resolves a secret by name (raises `EdgeError`)."""

    def __init__(self, channel: WebChannel, http: OutgoingHttp, secret: Callable[[], str]) -> None:
        self.channel, self.secret, self._http = channel, secret, http

    async def ask(
        self, method: Literal["GET", "POST"], path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> dict[str, Any]:
        """Send a request and return the answer as an object; a list is returned under the key `""`."""
        url = self.channel.address.rstrip("/") + path
        more = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
        answer = require_success(await self._http.ask(method, url, {**more, **headers}, body, ANSWER_BYTES))
        told = answer.json()
        return told if isinstance(told, dict) else {"": told}


class OwnWireCalls:
    """Calls in our own protocol: see README.md, "Our own wire"."""

    menu = True

    def __init__(self, asking: WebShopAsking, currency: str) -> None:
        self._asking, self._currency = asking, currency

    async def _say(self, kind: str, **told: Any) -> dict[str, Any]:
        body = msgspec.json.encode({"kind": kind, **told})
        signature = sign_body("generic", body, self._asking.secret())
        return await self._asking.ask("POST", "", {SIGNED_IN["generic"]: signature}, body)

    async def goods(self) -> GoodsThere:
        answer = await self._say("goods")
        found, unread = read_each(decode_answer(answer.get("goods"), list), _own_goods)
        return GoodsThere(tuple(found), unread=unread)

    async def change(self, changes: Sequence[GoodsChange]) -> ChangesLeft:
        offers = [{**msgspec.to_builtins(one.offer), **_pieces(one)} for one in changes]
        stale = (await self._say("offers", currency=self._currency, offers=offers)).get("stale") or []
        return ChangesLeft(frozenset(str(sku) for sku in decode_answer(stale, list)))

    async def status(self, step: WebStep) -> None:
        await self._say("status", reference=step.reference, state=step.state, said=step.said)


def _own_goods(one: Any) -> TheirGoods:
    told = msgspec.convert(one, _OwnGoods)
    return TheirGoods(told.sku, told.price_minor, told.pieces)


class _OwnGoods(msgspec.Struct, frozen=True):
    """A product as our own protocol lists it."""

    sku: str
    price_minor: int | None = None
    pieces: int | None = None


def read_each(rows: Iterable[Any], read: Callable[[Any], TheirGoods]) -> tuple[list[TheirGoods], int]:
    """Return the products in a list, and the number of rows that aren't as documented.

    Such rows don't hold up the others.
    """
    found, unread = list[TheirGoods](), 0
    for one in rows:
        try:
            found.append(read(one))
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            unread += 1
            _log.warning("a web shop's product can't be read", product=str(one)[:80], why=str(error)[:80])
    return found, unread


def _pieces(change: GoodsChange) -> dict[str, int | None]:
    """The new number of pieces, and the previous one."""
    was = change.theirs.pieces if change.theirs else None
    as_it_is = was if change.theirs else change.offer.pieces
    return {"pieces": as_it_is if change.pieces is None else change.pieces, "was": was}


def decode_answer(value: Any, kind: type[Any]) -> Any:
    """Return part of an answer after checking its type. Raises `Undelivered` if it's unexpected."""
    if not isinstance(value, kind):
        raise Undelivered("not_understood")
    return value


def price_text(minor: int, decimals: int) -> str:
    """Write an amount as web shops do.

    >>> price_text(1205, 2), price_text(5, 0)
    ('12.05', '5')
    """
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def minor_of(text: Any, decimals: int) -> int | None:
    """Read a web shop's amount in minor units; None if it isn't an amount or has too many decimals.

    >>> minor_of("12.5", 2), minor_of("", 2), minor_of("1.005", 2)
    (1250, None, None)
    """
    try:
        sum_minor = Decimal(str(text)).scaleb(decimals)
        return int(sum_minor) if sum_minor == sum_minor.to_integral_value() else None
    except (InvalidOperation, OverflowError):
        return None
