"""Requests payment pages from providers and looks up their outcomes.

All pending work is read from the ledger, and all results are written to it, so interrupted work continues after a
restart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

import msgspec

from drivers.terminal_outcomes import (
    Approved,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
    is_silence,
)
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Command
from edge.counter.till.devices.terminal_news import refund_end, request_of
from edge.counter.till.paying.held_money import AUTHORIZATION_CHECK_S, HeldMoney
from edge.counter.till.paying.provider_refunds import refund_commands
from edge.counter.till.service.pay_pages.adyen_links import AdyenLinks
from edge.counter.till.service.pay_pages.card_pages import CardPageWork
from edge.counter.till.service.pay_pages.page_api import PayPageApi
from edge.counter.till.service.pay_pages.stripe_checkout import StripeCheckout
from edge.foundation.access.rights import system
from edge.lib.errors import ConfigError, NeedsHuman
from edge.money.payments import PaymentsSection
from edge.money.payments.card import approval_of
from edge.money.payments.commands import (
    FailOver,
    MoveCardRefund,
    MovePayment,
    NoteCall,
    NoteDetached,
    NoteLookUp,
    NotePayPage,
)
from edge.money.payments.events import ONLINE
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.queries import (
    detached_tokens,
    find_payment,
    heard_payments,
    read_providers,
    token_of,
    work_of,
    worth_noting,
)
from edge.money.payments.states import Source
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import TIMEOUT_S, OutgoingHttp
from edge.runtime.secrets import secret_of, secrets_of

NO_KEY = "-"
"""Placeholder for a key's name if there is no key."""
LOOK_S = 5.0
"""Seconds between checks of an open page, while a customer is waiting."""
REFUND_S = 30.0
"""Seconds between checks of an interrupted refund."""
ALONE_MOST_S = 30.0
"""Longest time, in seconds, that a silent provider isn't called, so that payments made meanwhile are found soon
afterwards.

New pages have their own circuit breaker (`edge/money/payments/providers/breaker.py`).
"""
GRACE_US = 120 * 1_000_000
"""Time after a page's expiry until its payment counts as unknown, if it can't be checked (microseconds)."""
_SOON = frozenset(("offline", "busy", "key"))
"""Reasons why a refund wasn't sent after which it's retried automatically."""
HEARD_ROWS = 20_000
"""Number of the newest journal rows whose provider news is checked again on start, in case processing was interrupted.
"""
MINUTE_US = 60 * 1_000_000


def page_http(
    allowed: Collection[str] = (), timeout_s: float = TIMEOUT_S, mono_s: Callable[[], float] = time.monotonic
) -> OutgoingHttp:
    """The HTTP client for providers of payment pages, with the pause limit `ALONE_MOST_S`."""
    return OutgoingHttp(Breakers(longest_s=ALONE_MOST_S), allowed, timeout_s, mono_s)


class PayPagesPart:
    """Runs the work described in the module.

    `checkout` makes a provider's client from an HTTP client and its key's name ("": the key in config.toml). It raises
    `ConfigError` or `NeedsHuman` if there is no such key.
    """

    def __init__(
        self,
        shop: CommandBus,
        http: OutgoingHttp,
        checkout: Callable[[OutgoingHttp, str], PayPageApi],
        minutes: int,
        look_s: float = LOOK_S,
        refund_s: float = REFUND_S,
        held_s: float = AUTHORIZATION_CHECK_S,
    ) -> None:
        self._shop, self._http = shop, http
        self._life_us = minutes * MINUTE_US
        self._look_s, self._refund_s = look_s, refund_s
        self._held = HeldMoney(self._do, look_s, held_s)
        self._machine = msgspec.structs.replace(system("job"), register=ONLINE)
        self._make = checkout
        self._checkouts: dict[str, PayPageApi] = {}
        self._next_s: dict[str, float] = {}
        self._heard_seq = max(0, shop.head.seq - HEARD_ROWS)
        self._cards = CardPageWork(shop, self._at, self._do, self._life_us)

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> PayPagesPart:
        """Return the part for a configuration with `[payments] page`.

        Raises `ConfigError` if its key isn't available.
        """
        said, label = config.of(PaymentsSection), config.store.name(config.store.header)
        secrets = secrets_of(config.folder)

        def make_api(http: OutgoingHttp, credential: str) -> PayPageApi:
            named = credential or said.page_key
            key = "" if credential == NO_KEY else secret_of(secrets, named, "", config.folder)
            if said.page == "adyen_links":
                return AdyenLinks(http, said.page_api, key, said.page_merchant, label[:80], said.page_back)
            return StripeCheckout(http, said.page_api, key, label[:80], said.page_back)

        return cls(shop, page_http(config.notify.allow), make_api, said.page_minutes)

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        news = self._shop.bus.subscribe(COMMITTED)
        self._make(self._http, "")  # fail at once if config.toml's key is missing
        try:
            async with self._http:
                ready()
                while True:
                    news.clear()
                    pause_s = await self._work()
                    await news.within(pause_s)
        finally:
            self._shop.bus.unsubscribe(news)

    async def _work(self) -> float | None:
        """Do all pending work; returns the seconds until there is more (None: wait for an event)."""
        for heard in heard_payments(self._shop.reader, ONLINE, self._heard_seq):
            self._heard_seq = heard.news_seq
            await self._hear(self._of(heard.id), heard)
        await self._let_go()
        for page in self._cards.open():
            if not self._remaining_s(page.id):
                self._again(page.id, self._look_s)
                await self._cards.work(page)
        payments, refunds = work_of(self._shop.reader, ONLINE)
        for payment in payments:
            if payment.waits:
                await self._begin(self._of(payment.id), payment)
            elif payment.is_on_hold:
                await self._hold(payment)
            elif payment.state in ("sent", "unknown") and not self._remaining_s(payment.key):
                await self._look(self._of(payment.id), payment)
        for refund in refunds:
            if refund.waits:
                await self._refund(self._of(refund.payment), refund)
            elif refund.state in ("sent", "unknown") and not self._remaining_s(refund.key):
                await self._find(self._of(refund.payment), refund)
        payments, refunds = work_of(self._shop.reader, ONLINE)
        held = [one for one in payments if one.is_on_hold]
        pauses = [self._held.left_s(one) for one in held]
        pauses += [
            self._remaining_s(one.key) for one in payments if one.state in ("sent", "unknown") and one not in held
        ]
        pauses += [self._remaining_s(one.key) for one in refunds if one.state in ("sent", "unknown")]
        pauses += [self._remaining_s(page.id) for page in self._cards.open()]
        pauses += [self._remaining_s(method) for method, _, _ in detached_tokens(self._shop.reader)]
        return min(pauses, default=None)

    async def _let_go(self) -> None:
        """Detach revoked cards at their providers, retrying those that don't answer."""
        for method, provider, token in detached_tokens(self._shop.reader):
            if not self._remaining_s(method):
                self._again(method, self._refund_s)
                keeper = self._at(provider)
                if isinstance(keeper, StripeCheckout) and await keeper.detach(token):
                    await self._do(NoteDetached(method))

    def _of(self, payment: str) -> PayPageApi:
        """The client for a payment's provider."""
        found = find_payment(self._shop.reader, payment)
        return self._at(found.provider if found else "")

    def _at(self, id: str) -> PayPageApi:
        """A provider's client with its current key; one without a key is never called."""
        provider = next((one for one in read_providers(self._shop.reader) if one.id == id), None)
        credential = provider.credential if provider else ""
        if credential not in self._checkouts:
            try:
                self._checkouts[credential] = self._make(self._http, credential)
            except (ConfigError, NeedsHuman):
                return self._make(self._http, NO_KEY)
        return self._checkouts[credential]

    # pages

    async def _begin(self, checkout: PayPageApi, payment: Payment) -> None:
        if not checkout.fits(payment.mode):
            await self._tell(payment, NotStarted("key"))
            await self._do(FailOver(payment.id))
            return
        (key, attempt), now_us = payment.next_key, self._shop.now_us()
        moved = await self._do(MovePayment(payment.id, "sent", "till", key=key, attempt=attempt, sent_us=now_us))
        if isinstance(moved, Payment) and moved.state == "sent":
            await (self._charge(checkout, moved) if moved.method else self._make_page(checkout, moved))

    async def _charge(self, checkout: PayPageApi, payment: Payment) -> None:
        """Charge a stored card, unless it has been revoked in the meantime."""
        token = token_of(self._shop.reader, payment.method)
        outcome: TerminalOutcome = NotStarted("not_accepted")
        if token and isinstance(checkout, StripeCheckout):
            outcome = await checkout.charge(request_of(payment), token)
        await self._note(payment, outcome)
        await self._tell(payment, outcome)
        if isinstance(outcome, StillRunning | OutcomeUnknown):
            self._again(payment.key, self._look_s)

    async def _look_charge(self, checkout: PayPageApi, payment: Payment) -> None:
        """Look up a charge. If its card has been revoked in the meantime, a person must decide."""
        token = token_of(self._shop.reader, payment.method)
        outcome: TerminalOutcome = OutcomeUnknown("bad_answer")
        if token and isinstance(checkout, StripeCheckout):
            outcome = await checkout.look_charge(request_of(payment), token, self._shop.now_us())
        await self._note(payment, outcome)
        self._again(payment.key, self._look_s)
        if isinstance(outcome, StillRunning):
            return
        if isinstance(outcome, OutcomeUnknown) and payment.state == "unknown":
            await self._do(NoteLookUp(payment.key))
            return
        await self._tell(payment, outcome, "look_up")

    async def _make_page(self, checkout: PayPageApi, payment: Payment) -> None:
        made = await checkout.make(request_of(payment), payment.sent_us // 1_000_000)
        await self._note(payment, made if isinstance(made, NotStarted) else StillRunning())
        if isinstance(made, NotStarted):
            await self._tell(payment, made)
            await self._do(FailOver(payment.id))
            return
        until_us = payment.sent_us + self._life_us
        try:
            page = msgspec.convert(
                {"id": payment.id, "session": made.id, "address": made.url, "until_us": until_us}, NotePayPage
            )
        except msgspec.ValidationError:
            await checkout.end(made.id)
            await self._tell(payment, NotStarted("bad_answer"))
            return
        await self._do(page)
        self._again(payment.key, self._look_s)

    async def _look(self, checkout: PayPageApi, payment: Payment) -> None:
        if payment.method:
            await self._look_charge(checkout, payment)
            return
        if payment.page is None:  # interrupted before the page was stored: the same key returns the same page
            await self._make_page(checkout, payment)
            return
        over = payment.cancel_wished or payment.page.until_us <= self._shop.now_us()
        request = request_of(payment)
        outcome = await checkout.look(payment.page.session, request)
        if over and isinstance(outcome, StillRunning):
            await checkout.end(payment.page.session)
            outcome = await checkout.look(payment.page.session, request)
        await self._note(payment, outcome)
        if isinstance(outcome, StillRunning | OutcomeUnknown):
            self._again(payment.key, self._look_s)
            lost = payment.page.until_us + GRACE_US <= self._shop.now_us()
            if lost and payment.state == "sent" and isinstance(outcome, OutcomeUnknown):
                await self._tell(payment, outcome)
            elif payment.state == "unknown":
                await self._do(NoteLookUp(payment.key))
            return
        await self._tell(payment, outcome)

    async def _hold(self, payment: Payment) -> None:
        """Continue with a held authorization, if its provider supports them."""
        checkout = self._of(payment.id)
        await self._held.work(checkout if isinstance(checkout, StripeCheckout) else None, payment)

    async def _tell(self, payment: Payment, outcome: TerminalOutcome, by: Source = "terminal") -> None:
        self._next_s.pop(payment.key, None)
        if payment.state == "created":  # not sent yet
            key, attempt = payment.next_key
            sent = MovePayment(payment.id, "sent", "till", key=key, attempt=attempt, sent_us=self._shop.now_us())
            await self._do(sent)
        told = find_payment(self._shop.reader, payment.id) or payment
        approval = approval_of(outcome) if isinstance(outcome, Approved) else None
        news: MovePayment
        match outcome:
            case Approved():
                news = MovePayment(told.id, "authorised" if outcome.held else "captured", "look_up", approval=approval)
            case Declined(code):
                known = told.cancel_wished or bool(told.method)  # otherwise the page expired unpaid
                news = MovePayment(told.id, "declined", "look_up", code=code if known else "page_over")
            case NotStarted(code):
                news = MovePayment(told.id, "created", by, code=code)
            case StillRunning():
                return
            case OutcomeUnknown(code):
                news = MovePayment(told.id, "unknown", "terminal", code=code)
        await self._do(news)

    # provider notifications

    async def _hear(self, checkout: PayPageApi, payment: Payment) -> None:
        """Check a payment now.

        If it was taken, also look for refunds made at the provider and for failed refunds of ours.
        """
        self._next_s.pop(payment.key, None)
        if not payment.taken_seq or payment.approval is None:
            return
        listed = await checkout.refunds(payment.approval.reference)
        for command in refund_commands(self._shop.reader, payment, listed):
            await self._do(command)

    # refunds

    async def _refund(self, checkout: PayPageApi, refund: CardRefund) -> None:
        (key, attempt), now_us = refund.next_key, self._shop.now_us()
        of = (refund.payment, refund.number)
        moved = await self._do(MoveCardRefund(*of, "sent", "till", key=key, attempt=attempt, sent_us=now_us))
        if isinstance(moved, CardRefund) and moved.state == "sent":
            await self._move_refund(moved, await checkout.refund(self._refund_request(moved)), "terminal")

    def _refund_request(self, refund: CardRefund) -> TerminalRequest:
        """The refund request. If the provider named the payment later, it contains that reference."""
        of, asked = find_payment(self._shop.reader, refund.payment), request_of(refund)
        return msgspec.structs.replace(asked, reference=of.reference) if of and of.reference else asked

    async def _find(self, checkout: PayPageApi, refund: CardRefund) -> None:
        outcome = await checkout.find_refund(self._refund_request(refund))
        if refund.state == "unknown" and isinstance(outcome, OutcomeUnknown):
            self._again(refund.key, self._refund_s)
            await self._do(NoteLookUp(refund.key))
            return
        await self._move_refund(refund, outcome, "look_up")

    async def _move_refund(self, refund: CardRefund, outcome: TerminalOutcome, by: Source) -> None:
        if isinstance(outcome, NotStarted) and outcome.code in _SOON:
            outcome = OutcomeUnknown(outcome.code)  # look it up, and retry with the same key
        to, code = refund_end(outcome)
        approval = approval_of(outcome) if isinstance(outcome, Approved) else None
        if to == "unknown":
            self._again(refund.key, self._refund_s)
        await self._do(MoveCardRefund(refund.payment, refund.number, to, by, code=code, approval=approval))

    # helpers

    async def _note(self, payment: Payment, outcome: TerminalOutcome) -> None:
        """Record whether the provider answered. A silent or busy provider is paused for a while."""
        hurried = isinstance(outcome, NotStarted) and outcome.code == "busy"
        of, answered = (payment.provider, payment.terminal), not (hurried or is_silence(outcome))
        if worth_noting(self._shop.reader, *of, answered):
            await self._do(NoteCall(*of, answered))

    async def _do(self, command: Command) -> object:
        """Run a command and return its result; None if it was refused because another write came first."""
        outcome = await self._shop.do(command, self._machine)
        return getattr(outcome, "result", None)

    def _again(self, key: str, pause_s: float) -> None:
        self._next_s[key] = asyncio.get_running_loop().time() + pause_s

    def _remaining_s(self, key: str) -> float:
        return max(0.0, self._next_s.get(key, 0.0) - asyncio.get_running_loop().time())
