"""The interface to a web shop, and our own protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol

import msgspec

from edge.ordering.web_orders.offers import WebOffer
from edge.ordering.web_orders.telling import WebStep
from edge.ordering.web_orders.web_order import SIGNED_IN, WebChannel, sign_body
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

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


class WebShopCalls(Protocol):
    """A web shop. `Undelivered`, `MaybeSent`: it didn't answer, or refused."""

    menu: bool
    """Whether to send it products it doesn't have yet."""

    async def goods(self) -> list[TheirGoods]:
        """The products sold there."""
        ...

    async def change(self, changes: Sequence[GoodsChange]) -> set[str]:
        """Set products; returns the SKUs whose pieces were changed there meanwhile."""
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
        """The answer's object; a list is returned under the key `""`."""
        url = self.channel.address.rstrip("/") + path
        more = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
        answer = require_success(await self._http.ask(method, url, {**more, **headers}, body, ANSWER_BYTES))
        told = answer.json()
        return told if isinstance(told, dict) else {"": told}


class OwnWireCalls:
    """Our own protocol: see README.md, "Our own wire"."""

    menu = True

    def __init__(self, asking: WebShopAsking, decimals: int) -> None:
        self._asking = asking

    async def _say(self, kind: str, **told: Any) -> dict[str, Any]:
        body = msgspec.json.encode({"kind": kind, **told})
        signature = sign_body("generic", body, self._asking.secret())
        return await self._asking.ask("POST", "", {SIGNED_IN["generic"]: signature}, body)

    async def goods(self) -> list[TheirGoods]:
        answer = await self._say("goods")
        return [
            TheirGoods(str(one["sku"]), one.get("price_minor"), one.get("pieces"))
            for one in decode_answer(answer.get("goods"), list)
        ]

    async def change(self, changes: Sequence[GoodsChange]) -> set[str]:
        offers = [{**msgspec.to_builtins(one.offer), **_pieces(one)} for one in changes]
        return {str(sku) for sku in (await self._say("offers", offers=offers)).get("stale") or ()}

    async def status(self, step: WebStep) -> None:
        await self._say("status", reference=step.reference, state=step.state, said=step.said)


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
    except InvalidOperation:
        return None
    return int(sum_minor) if sum_minor == sum_minor.to_integral_value() else None
