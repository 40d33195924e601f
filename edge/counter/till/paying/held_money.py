"""Card authorizations held for orders. They're captured or released on request, and checked in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from drivers.roles import HoldsMoney
from drivers.terminal_outcomes import Approved, Declined, NotStarted, OutcomeUnknown, StillRunning, TerminalRequest
from edge.core.messages import Command
from edge.counter.till.devices.terminal_news import request_of
from edge.money.payments.card import approval_of
from edge.money.payments.commands import MovePayment, NoteLookUp
from edge.money.payments.payment import Payment

LOOK_S = 5.0
"""Seconds between checks while a capture or release is in progress."""
AUTHORIZATION_CHECK_S = 1800.0
"""Seconds between checks of idle authorizations."""


class HeldMoney:
    """Captures, releases and checks held authorizations. `do` writes the results."""

    def __init__(
        self, do: Callable[[Command], Awaitable[object]], look_s: float = LOOK_S, held_s: float = AUTHORIZATION_CHECK_S
    ) -> None:
        self._do, self._look_s, self._held_s = do, look_s, held_s
        self._steps: dict[str, str] = {}
        self._next_s: dict[str, float] = {}

    def left_s(self, payment: Payment) -> float:
        """Seconds until a payment's next check; 0: now, also if its requested action changed."""
        if self._steps.get(payment.id) != _step(payment):
            return 0.0
        return max(0.0, self._next_s[payment.id] - asyncio.get_running_loop().time())

    async def work(self, holder: HoldsMoney | None, payment: Payment) -> None:
        """Continue with an authorization when it's due. Without a `holder`, the provider can't be reached for now."""
        if self.left_s(payment):
            return
        busy = payment.capture_minor or payment.cancel_wished or payment.state == "unknown"
        self._steps[payment.id] = _step(payment)
        self._next_s[payment.id] = asyncio.get_running_loop().time() + (self._look_s if busy else self._held_s)
        if holder is not None and await self._continue_authorization(holder, payment):
            del self._steps[payment.id], self._next_s[payment.id]

    async def _continue_authorization(self, holder: HoldsMoney, payment: Payment) -> bool:
        """Capture, release or check an authorization; returns whether its outcome is known.

        Its state is `authorised`, or `unknown` after that.
        """
        request = _request(payment)
        if payment.state == "authorised" and payment.capture_minor:
            outcome = await holder.capture(request)
        else:
            if payment.cancel_wished:
                await holder.free(request)
            outcome = await holder.look_held(request)
        approval = approval_of(outcome) if isinstance(outcome, Approved) else None
        match outcome:
            case Approved(held=True) if payment.state == "unknown":  # it wasn't captured: request the capture again
                await self._do(MovePayment(payment.id, "authorised", "look_up", approval=approval))
            case Approved(held=False):
                await self._do(MovePayment(payment.id, "captured", "look_up", approval=approval))
                return True
            case Declined():
                to_expired = payment.state == "authorised" and not payment.cancel_wished
                code = "hold_over" if to_expired or not payment.cancel_wished else "cancelled"
                await self._do(MovePayment(payment.id, "expired" if to_expired else "voided", "look_up", code=code))
                return True
            case OutcomeUnknown(code) if payment.state == "authorised" and payment.capture_minor:
                await self._do(MovePayment(payment.id, "unknown", "terminal", code=code))
            case OutcomeUnknown() | StillRunning() if payment.state == "unknown":
                await self._do(NoteLookUp(payment.key))
            case NotStarted() | OutcomeUnknown() | StillRunning() | Approved():
                pass  # the next turn asks again
        return False


def _step(payment: Payment) -> str:
    return f"{payment.key} {payment.state} {payment.capture_minor} {payment.cancel_wished}"


def _request(payment: Payment) -> TerminalRequest:
    reference = payment.approval.reference if payment.approval else ""
    asked = request_of(payment)
    minor = payment.capture_minor or asked.amount_minor
    return msgspec.structs.replace(asked, amount_minor=minor, reference=reference)
