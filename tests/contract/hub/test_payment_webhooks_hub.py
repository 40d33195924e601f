"""Providers' messages to head office about card payments: stored before they are answered, and sent to their store."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from edge.app import hub
from edge.app.head_office.hub_expiry import delete_expired
from edge.app.head_office.hub_payment_news import PaymentNewsRelay
from edge.backoffice.directives.kinds.payment_news import PAYMENT_NEWS
from sync.hub.api import limits
from sync.hub.api.payment_webhooks import WebhookPlace
from sync.hub.api.reads import statement
from sync.hub.api.till_webhooks import Hooks
from sync.hub.store import Store
from tests.hub_hooks import NOWHERE, hooked_office
from tests.unit.money.test_payment_webhooks import stamped

PLACE = WebhookPlace("demo", "stripe", "stripe", ("whsec_a", "whsec_b"), "test")
SET_UP = WebhookPlace("demo", "clover", "clover_app", (), "test")
PAYMENT = "0a1b2c3d4e5f0a1b2c3d4e5f"
_PAYMENT = """
    INSERT INTO payment (tenant, store, device, id, register, provider, mode, terminal, purpose, amount_minor, currency,
                         reference, business_date, began_at, changed_at)
    VALUES ($1, 'corner', 'box1', $2, '1', 'stripe', 'test', 'page', 'order', 240, 'EUR', $3, '2026-11-01', now(),
            now())
"""


def event(event_id: str = "evt_1", kind: str = "payment_intent.succeeded", live: bool = False, **of: Any) -> bytes:
    told = of or {"id": "pi_1", "metadata": {"transaction": PAYMENT + "p1"}}
    return json.dumps({"id": event_id, "type": kind, "livemode": live, "data": {"object": told}}).encode()


class Office:
    """Head office as providers reach it."""

    def __init__(self, session: aiohttp.ClientSession, port: int, owner: Any, store: Store) -> None:
        self.owner, self.now_s = owner, 0.0
        self.relay = PaymentNewsRelay(store, NOWHERE, lambda: self.now_s)
        self._session, self._base = session, f"http://127.0.0.1:{port}/v1/payments/webhooks/"

    async def tell(self, body: bytes, where: str = "demo/stripe", secret: str = "whsec_a") -> int:
        head = {"Stripe-Signature": stamped(secret, body, time.time())}
        async with self._session.post(self._base + where, data=body, headers=head) as answer:
            return answer.status

    async def states(self) -> dict[str, str]:
        return {row["event"]: row["state"] for row in await self.owner.fetch("SELECT event, state FROM payment_news")}

    async def directives(self, tenant: str = "demo") -> list[Any]:
        query = "SELECT body FROM directive WHERE tenant = $1 AND kind = 'payment_news' ORDER BY version"
        return [one for (body,) in await self.owner.fetch(query, tenant) for one in PAYMENT_NEWS.items(body)]


@asynccontextmanager
async def an_office(dsn: str) -> AsyncIterator[Office]:
    hooks = Hooks({("demo", "stripe"): PLACE, ("demo", "clover"): SET_UP})
    async with hooked_office(dsn, hooks) as (session, port, owner, store):
        yield Office(session, port, owner, store)


def test_what_is_not_signed_not_known_too_long_or_not_understood_is_refused(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            assert await office.tell(b"x" * (limits.WEBHOOK_BYTES + 1)) == 413
            assert await office.tell(event(), "demo/adyen") == 404
            assert await office.tell(event(), "other/stripe") == 404
            assert await office.tell(event(), secret="whsec_c") == 401
            assert await office.tell(b"{", secret="whsec_c") == 401, "who it is comes first"
            assert await office.tell(b"{") == 400
            assert await office.tell(b"[" * 20_000) == 400
            assert await office.states() == {}

    asyncio.run(scenario())


def test_it_is_kept_once_and_told_as_soon_as_the_payment_is_known(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            assert [await office.tell(event()) for _ in range(3)] == [200, 200, 200]
            assert await office.tell(event("evt_2"), secret="whsec_b") == 200, "the other secret holds, too"
            assert await office.tell(event("evt_3", live=True)) == 200
            assert await office.states() == {"evt_1": "waiting", "evt_2": "waiting", "evt_3": "other_mode"}
            assert (await office.relay.turn(), await office.directives()) == (0, []), "the webhook was faster"
            await office.owner.execute(_PAYMENT, "other", PAYMENT, "pi_1")
            assert await office.relay.turn() == 0, "nobody hears of another tenant's payment"
            await office.owner.execute(_PAYMENT, "demo", PAYMENT, "")
            assert await office.relay.turn() == 1
            told = await office.directives()
            assert [(one.payment, one.event, one.what) for one in told] == [
                (PAYMENT, "evt_1", "look"),
                (PAYMENT, "evt_2", "look"),
            ]
            assert await office.relay.turn() == 0
            assert (await office.tell(event()), await office.relay.turn()) == (200, 0)
            assert await office.states() == {"evt_1": "told", "evt_2": "told", "evt_3": "other_mode"}
            assert await office.directives("other") == []

    asyncio.run(scenario())


def test_what_no_store_heard_is_read_by_who_sees_all_stores(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            for body in (event(), event("evt_3", live=True)):
                assert await office.tell(body) == 200
            (read,) = (one for one in hub.reads() if one.name == "payments/news")
            sql, values, _ = statement(read, "demo", {"state": "waiting"})
            (row,) = await office.owner.fetch(sql, *values)
            assert (row["event"], row["what"], row["provider"], read.by_store) == ("evt_1", "look", "stripe", False)
            assert "tenant" not in dict(row)

    asyncio.run(scenario())


def test_a_dispute_finds_its_payment_by_the_providers_name_of_it(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            await office.owner.execute(_PAYMENT, "demo", PAYMENT, "pi_9")
            of = {"id": "dp_1", "payment_intent": "pi_9", "amount": 240, "reason": "fraudulent", "status": "lost"}
            assert await office.tell(event("evt_4", "charge.dispute.closed", **of)) == 200
            assert await office.relay.turn() == 1
            (one,) = await office.directives()
            assert (one.what, one.amount_minor, one.reason, one.end) == ("dispute", 240, "fraud", "lost")

    asyncio.run(scenario())


def test_no_one_tells_of_another_providers_payments_or_in_another_currency(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            await office.owner.execute(_PAYMENT, "demo", PAYMENT, "pi_9")
            await office.owner.execute("UPDATE payment SET driver = 'clover'")
            of = {"id": "dp_1", "payment_intent": "pi_9", "amount": 240, "currency": "eur", "status": "lost"}
            assert await office.tell(event("evt_1", "charge.dispute.closed", **of)) == 200
            assert await office.tell(event("evt_2")) == 200
            assert await office.relay.turn() == 0, "a card terminal of Clover's is nothing that Stripe knows of"
            await office.owner.execute("UPDATE payment SET driver = 'stripe_terminal', currency = 'USD'")
            assert await office.relay.turn() == 1
            assert [(one.event, one.what) for one in await office.directives()] == [("evt_2", "look")]
            await office.owner.execute("UPDATE payment SET currency = 'EUR'")
            assert await office.relay.turn() == 1
            assert [one.event for one in await office.directives()] == ["evt_2", "evt_1"]

    asyncio.run(scenario())


def test_the_code_that_verifies_an_address_is_shown_while_it_is_set_up_and_never_after(database: str) -> None:
    async def scenario() -> None:
        async with an_office(database) as office:
            said = b'{"verificationCode": "0f5d1c2a-77"}'
            assert [await office.tell(said, "demo/clover") for _ in range(2)] == [200, 200]
            assert await office.tell(said) == 400, "another provider says no such thing"
            for wrong in (
                b"{}",
                b'{"verificationCode": 7}',
                b'{"verificationCode": "<b>"}',
                b"[",
                b'{"merchants": {}}',
            ):
                assert await office.tell(wrong, "demo/clover") == 400
            (read,) = (one for one in hub.reads() if one.name == "payments/news")
            sql, values, _ = statement(read, "demo", {"state": "set_up"})
            (row,) = await office.owner.fetch(sql, *values)
            assert (row["provider"], row["what"], row["reference"]) == ("clover", "verify", "0f5d1c2a-77")
            assert (await office.relay.turn(), await office.directives()) == (0, [])
            more = [b'{"verificationCode": "c%d"}' % number for number in range(limits.WEBHOOK_CODES)]
            assert [await office.tell(one, "demo/clover") for one in more][-2:] == [429, 429]
        done = msgspec.structs.replace(SET_UP, secrets=("code",))
        assert SET_UP.is_set_up_now and not done.is_set_up_now
        async with hooked_office(database, Hooks({("demo", "clover"): done})) as (session, port, _, _):
            there = f"http://127.0.0.1:{port}/v1/payments/webhooks/demo/clover"
            async with session.post(there, data=said) as answer:
                assert answer.status == 401, "now it is signed, or it is nobody's"

    asyncio.run(scenario())


def test_what_is_of_no_payment_for_a_week_is_unknown_and_told_once_its_store_reports_it(database: str) -> None:
    """A box was cut off for ten days."""

    async def scenario() -> None:
        async with an_office(database) as office:
            await office.tell(event())
            await office.owner.execute("UPDATE payment_news SET came_at = now() - interval '8 days'")
            await delete_expired(office.owner)
            assert (await office.relay.turn(), await office.states()) == (0, {"evt_1": "unknown"})
            await office.owner.execute(_PAYMENT, "demo", PAYMENT, "pi_1")
            assert await office.relay.turn() == 0, "an hour later"
            office.now_s += 3600.0
            assert (await office.relay.turn(), await office.states()) == (1, {"evt_1": "told"})
            assert [one.event for one in await office.directives()] == ["evt_1"]
            await office.owner.execute("UPDATE payment_news SET came_at = now() - interval '61 days'")
            await delete_expired(office.owner)
            assert await office.states() == {}

    asyncio.run(scenario())


def test_the_sum_of_a_dispute_is_in_the_shops_minor_units(database: str) -> None:
    """Stripe uses two decimals for Iceland's krona, which has none (docs.stripe.com/currencies, "Special cases")."""

    async def scenario() -> None:
        async with an_office(database) as office:
            await office.owner.execute(_PAYMENT, "demo", PAYMENT, "pi_9")
            await office.owner.execute("UPDATE payment SET currency = 'ISK'")
            of = {"id": "dp_1", "payment_intent": "pi_9", "amount": 150_000, "currency": "isk", "status": "lost"}
            assert await office.tell(event("evt_4", "charge.dispute.closed", **of)) == 200
            assert await office.relay.turn() == 1
            (one,) = await office.directives()
            assert (one.what, one.amount_minor) == ("dispute", 1_500)

    asyncio.run(scenario())


def test_every_body_that_is_told_is_a_directive() -> None:
    told = {"news": [{"payment": PAYMENT, "event": "e", "what": "refund", "amount_minor": 5, "success": False}]}
    assert hub.validate_directive("payment_news", msgspec.json.encode(told)) is None
    assert hub.validate_directive("payment_news", b'{"news": [{"payment": "x", "event": "e", "what": "look"}]}')
