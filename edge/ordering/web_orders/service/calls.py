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
"""Pages of a hundred products; those beyond aren't updated."""


class TheirGoods(msgspec.Struct, frozen=True):
    """A product at a web shop: its price (None: none, or not a sum of our currency), `pieces` (None: not counted), and
    the ids to set it by. `article`: its variant's number; `grams`: its weight as stated there (0: none)."""

    sku: str
    price_minor: int | None
    pieces: int | None
    ids: tuple[str, ...] = ()
    article: str = ""
    grams: int = 0


class GoodsChange(msgspec.Struct, frozen=True):
    """A change to set: the price if it differs, and `pieces` if they differ from `was` (None: unchanged). `theirs`
    None: it's new there."""

    offer: WebOffer
    theirs: TheirGoods | None
    price_minor: int | None
    pieces: int | None


class GoodsThere(msgspec.Struct, frozen=True):
    """The products sold at a web shop; `currency`: of its prices ("": not stated); `unread`: further ones in a form
    that can't be read."""

    goods: tuple[TheirGoods, ...] = ()
    currency: str = ""
    unread: int = 0


class ChangesLeft(msgspec.Struct, frozen=True):
    """SKUs that weren't set: as pieces were changed there meanwhile (`stale`), or as the shop refuses the change."""

    stale: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


class WebShopCalls(Protocol):
    """A web shop. `Undelivered`, `MaybeSent`: it didn't answer, or refused."""

    menu: bool
    """Whether to send it products it doesn't have yet."""

    async def goods(self) -> GoodsThere:
        """The products sold there."""
        ...

    async def change(self, changes: Sequence[GoodsChange]) -> ChangesLeft:
        """Set products one by one, so that a refused one doesn't hold up the others."""
        ...

    async def status(self, step: WebStep) -> None:
        """Send an order's status."""
        ...


class WebShopAsking:
    """A web shop over an open `http`; `secret` resolves a secret by name (`EdgeError`)."""

    def __init__(self, channel: WebChannel, http: OutgoingHttp, secret: Callable[[], str]) -> None:
        self.channel, self.secret, self._http = channel, secret, http

    async def ask(
        self, method: Literal["GET", "POST"], path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> dict[str, Any]:
        """Return the answer as an object; a list is under the key `""`."""
        url = self.channel.address.rstrip("/") + path
        more = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
        answer = require_success(await self._http.ask(method, url, {**more, **headers}, body, ANSWER_BYTES))
        told = answer.json()
        return told if isinstance(told, dict) else {"": told}


class OwnWireCalls:
    """Our own protocol: see README.md, "Our own wire"."""

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
    """The products of a list, and how many of its rows aren't ones as documented: they don't hold up the others."""
    found, unread = list[TheirGoods](), 0
    for one in rows:
        try:
            found.append(read(one))
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            unread += 1
            _log.warning("a web shop's product can't be read", product=str(one)[:80], why=str(error)[:80])
    return found, unread


def _pieces(change: GoodsChange) -> dict[str, int | None]:
    """The new number, and the previous one."""
    was = change.theirs.pieces if change.theirs else None
    as_it_is = was if change.theirs else change.offer.pieces
    return {"pieces": as_it_is if change.pieces is None else change.pieces, "was": was}


def decode_answer(value: Any, kind: type[Any]) -> Any:
    """Check the type of an answer's part. `Undelivered`: unexpected."""
    if not isinstance(value, kind):
        raise Undelivered("not_understood")
    return value


def price_text(minor: int, decimals: int) -> str:
    """A sum in web shops' notation.

    >>> price_text(1205, 2), price_text(5, 0)
    ('12.05', '5')
    """
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def minor_of(text: Any, decimals: int) -> int | None:
    """A web shop's sum in minor units; None if it isn't one, or has too many decimals.

    >>> minor_of("12.5", 2), minor_of("", 2), minor_of("1.005", 2)
    (1250, None, None)
    """
    try:
        sum_minor = Decimal(str(text)).scaleb(decimals)
        return int(sum_minor) if sum_minor == sum_minor.to_integral_value() else None
    except (InvalidOperation, OverflowError):
        return None
