"""Client for cards stored at Stripe.

A session in mode `setup` is a page on which a customer adds a card. Source:
https://docs.stripe.com/api/checkout/sessions/create and https://docs.stripe.com/api/setup_intents.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from drivers.terminals import stripe_messages as stripe
from drivers.terminals.link import BadMessage
from edge.counter.till.service.pay_pages.stripe_wire import LIFE_S, StripeWire
from edge.runtime.outgoing.faults import MaybeSent, Undelivered

_Name = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[A-Za-z]{2,8}_[A-Za-z0-9_]{1,60}$(?!\n)")]


class SetupSession(msgspec.Struct, frozen=True):
    """A page for storing a card, as Stripe returns it. `url` is null once the page has ended."""

    id: str
    status: Literal["open", "complete", "expired"]
    client_reference_id: str | None = None
    url: str | None = None
    setup_intent: str | None = None


class _Card(msgspec.Struct, frozen=True):
    brand: str
    last4: str
    exp_month: Annotated[int, msgspec.Meta(ge=1, le=12)]
    exp_year: Annotated[int, msgspec.Meta(ge=2000, le=2099)]


class _Method(msgspec.Struct, frozen=True):
    id: _Name
    card: _Card | None = None


class SetupIntent(msgspec.Struct, frozen=True):
    """The result of a page for storing a card, with the card."""

    id: str
    status: str
    customer: _Name | None = None
    payment_method: _Method | None = None


class KeptCard(msgspec.Struct, frozen=True):
    """A card stored at Stripe, with Stripe's ids of customer and card; `expiry`: such as "2028-03"."""

    token: str
    brand: str
    last4: str
    expiry: str


class StripeCards(StripeWire):
    """Client for pages on which customers store cards."""

    async def make_setup(self, id: str, now_s: int) -> SetupSession | str:
        """Create the page with this id, or return the existing one; returns an error code on failure.

        The page's address is unknown to everyone else until this returns.
        """
        fields = (
            ("mode", "setup"),
            ("payment_method_types[]", "card"),
            ("customer_creation", "always"),
            ("client_reference_id", id),
            ("expires_at", now_s + LIFE_S),
            ("success_url", self._back),
        )
        try:
            got = await self._post("/v1/checkout/sessions", stripe.form(*fields), f"card{id}")
            if refused := stripe.meaning_of_status(got.status, got.body):
                return refused.code
            made = self._read(got, SetupSession)
        except BadMessage:
            return "bad_answer"
        except (Undelivered, MaybeSent):
            return "offline"
        return made if made.url else "bad_answer"

    async def look_setup(self, session: str, id: str) -> KeptCard | Literal["over", "failed"] | None:
        """The result of a page for storing a card; None if there is none yet."""
        try:
            found = await self._get(f"/v1/checkout/sessions/{session}", SetupSession)
            if found.client_reference_id != id:
                return "failed"
            if found.status == "expired":
                return "over"
            if found.status == "open" or not found.setup_intent:
                return None
            intent = await self._get(f"/v1/setup_intents/{found.setup_intent}?expand[]=payment_method", SetupIntent)
        except (BadMessage, Undelivered, MaybeSent):
            return None
        method = intent.payment_method
        if intent.status == "processing":
            return None
        if intent.status != "succeeded" or not intent.customer or method is None or method.card is None:
            return "failed"
        card = method.card
        token, expiry = f"{intent.customer}/{method.id}", f"{card.exp_year}-{card.exp_month:02}"
        return KeptCard(token, card.brand.upper().replace("_", " "), card.last4, expiry)

    async def detach(self, token: str) -> bool:
        """Detach a card at Stripe; returns whether it's no longer stored there."""
        method = token.rpartition("/")[2]
        try:
            got = await self._post(f"/v1/payment_methods/{method}/detach", b"", "")
        except (Undelivered, MaybeSent):
            return False
        return got.status in (200, 400, 404)  # 400: the card is no longer attached to a customer

    async def end(self, session: str) -> None:
        """Expire a page. Whether it was used before that is checked afterwards."""
        try:
            await self._post(f"/v1/checkout/sessions/{session}/expire", b"", "")
        except (Undelivered, MaybeSent):
            return
