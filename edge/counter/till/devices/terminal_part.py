"""Operates a register's payment terminal.

All pending work is read from the ledger, and all results are written to it. Each request is recorded with its key
before its first byte is sent, and an approval before the terminal may commit it. After any interruption, even of this
process, a payment is therefore either known, or unknown and looked up. It never charges twice on a guess. Losing a
terminal shows the cashier a message and never blocks a sale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import msgspec

from drivers.roles import DeviceError, HoldsMoney, ListsRefunds, PaymentTerminal, SpeaksOn
from drivers.terminal_outcomes import (
    Approved,
    BrandTotal,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalFault,
    TerminalOutcome,
    is_silence,
)
from drivers.terminals.faults import TerminalError
from edge.core.bus import Subscription
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Actor, Command, Done, Refusal, Refused
from edge.core.process.parts import first_completed
from edge.counter.till.devices.terminal_news import refund_end, request_of, settle_command
from edge.counter.till.devices.terminal_screen import BasketScreen
from edge.counter.till.paying.card_payments import SettlePayment
from edge.counter.till.paying.held_money import AUTHORIZATION_CHECK_S, LOOK_S, HeldMoney
from edge.counter.till.paying.provider_refunds import refund_commands
from edge.foundation.access.rights import system
from edge.lib.errors import DeviceLost
from edge.money.payments.card import approval_of
from edge.money.payments.commands import (
    DoubtPayments,
    HoldPayment,
    MoveCardRefund,
    MovePayment,
    NoteCall,
    NoteLookUp,
    NoteTerminalClose,
)
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.providers.provider import abilities_of
from edge.money.payments.queries import (
    LOOK_UPS_LEAST,
    find_payment,
    heard_payments,
    news_until,
    open_payment,
    stored_payments,
    was_asked_since,
    work_of,
    worth_noting,
)
from edge.money.payments.states import Source

TERMINAL = "terminal"
"""The bus topic for a terminal's next step."""
LOOK_UP_PAUSES_S = (2.0, 5.0, 10.0, 30.0)
"""Pauses between look-ups of a request; the last one repeats."""
TURN_S = 10.0
"""How long closing a day waits for a terminal to finish a completed payment."""
LOOKUP_INTERVAL_S = 300.0
"""Seconds between look-ups after a person has set the outcome."""
FORWARD_PAUSE_S = 300.0
"""Seconds between checks whether offline payments were forwarded."""
FREQUENT_LOOKUP_US = 24 * 3600 * 1_000_000
"""How long a payment resolved by a person is looked up often.

After that it's looked up daily and on start, until its provider answers.
"""
DAY_S = 86_400.0
HEARD_US = 3 * 24 * 3600 * 1_000_000
"""Maximum age of provider news that is checked again on start, in case processing was interrupted."""
KEPT_OUT: tuple[TerminalFault, ...] = ("offline_limit", "not_accepted", "cash_back_debit")
"""Reasons why we stop a payment that its terminal would have approved."""


class TerminalPart:
    """One register's terminal. `step`: its current prompt for the customer, such as "insert_card"."""

    def __init__(
        self,
        shop: CommandBus,
        terminal: PaymentTerminal,
        register: str,
        pauses_s: tuple[float, ...] = LOOK_UP_PAUSES_S,
        told_pause_s: float = LOOKUP_INTERVAL_S,
        forward_pause_s: float = FORWARD_PAUSE_S,
        screen: BasketScreen | None = None,
        held_pauses_s: tuple[float, float] = (LOOK_S, AUTHORIZATION_CHECK_S),
    ) -> None:
        self.step = ""
        self._shop = shop
        self._terminal = terminal
        self._register = register
        self._pauses_s = pauses_s
        self._told_pause_s = told_pause_s
        self._forward_pause_s = forward_pause_s
        self._kept_out: TerminalFault | None = None
        self._screen = screen
        self._held = HeldMoney(self._do, *held_pauses_s)
        self._turn = asyncio.Lock()
        self._ended: asyncio.Queue[Payment | CardRefund] = asyncio.Queue()
        self._next_s: dict[str, float] = {}
        self._failed: dict[str, int] = {}
        self._heard_seq = 0
        self._machine = msgspec.structs.replace(system("job"), register=register)  # not entered by a person

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        news = self._shop.bus.subscribe(COMMITTED, *((self._screen.topic,) if self._screen else ()))
        try:
            await self._do(DoubtPayments(self._register))
            self._heard_seq = news_until(self._shop.reader, self._register, self._shop.now_us() - HEARD_US)
            ready()
            await first_completed(self._work_on(news), self._listen_for_corrections())
        finally:
            self._shop.bus.unsubscribe(news)
            self._show("")
            await self._terminal.close()

    async def _work_on(self, news: Subscription) -> None:
        while True:
            news.clear()
            pause_s = await self._work()
            await news.within(pause_s)

    async def _listen_for_corrections(self) -> None:
        """Listen for corrections that a terminal sends after its first answer."""
        while True:
            of = await self._ended.get()
            if isinstance(self._terminal, SpeaksOn) and (second := await self._terminal.second_end()) is not None:
                await self._look_into(of, second)

    async def close_day(self) -> bool:
        """Close the terminal's day; returns whether its totals match ours. Raises `Refusal` if it can't be closed."""
        self._none_runs()
        try:
            async with asyncio.timeout(TURN_S):  # wait for the last messages of a completed payment
                await self._turn.acquire()
        except TimeoutError:
            raise Refusal("payment_open") from None
        try:
            self._none_runs()
            brands: tuple[BrandTotal, ...] = await self._terminal.end_of_day()
        except DeviceError as error:
            raise Refusal("terminal_not_closed", {"why": _fault_of(error)}) from error
        finally:
            self._turn.release()
        return bool(await self._do(NoteTerminalClose(self._register, brands)))

    def _none_runs(self) -> None:
        """Raise `Refusal` while a card payment runs or waits for a signature."""
        paying = open_payment(self._shop.reader, self._register)
        if paying and paying.state != "unknown":
            raise Refusal("payment_open")

    async def state(self) -> str:
        """The terminal's status: "" if ready, else the code of its problem."""
        try:
            state = await self._terminal.state()
        except DeviceError as error:
            return _fault_of(error)
        return "" if state.ready else state.code or "terminal_fault"

    async def _work(self) -> float | None:
        """Do all pending work; returns the seconds until there is more (None: wait for an event)."""
        while True:
            payments, refunds = work_of(self._shop.reader, self._register)
            held = [one for one in payments if one.is_on_hold]
            payments = tuple(one for one in payments if one not in held)
            if soon_s := await self._look_up_unknown(payments, refunds):
                for payment in payments:
                    if payment.waits:  # don't keep the customer waiting until the unknown outcome is resolved
                        await self._do(HoldPayment(payment.id, "look_up_first"))
                return soon_s
            if any(one.resolved for one in payments) or any(one.state == "unknown" for one in refunds):
                await self._terminal.close()  # a request that needs a person must not block the rest
            waiting = [one for one in payments if one.waits]
            giving = [one for one in refunds if one.waits]
            if waiting:
                await self._pay(waiting[0])
            elif giving:
                await self._refund(giving[0])
            elif await self._hear_news():
                continue
            elif not (await self._continue_authorization(held) or await self._ask_whether_forwarded()):
                pauses = [self._held.left_s(one) for one in held]
                return self._sooner(await self._refresh_screen(), self._next_pause(payments, refunds), *pauses)

    async def _continue_authorization(self, held: list[Payment]) -> bool:
        """Continue with an authorised payment that is due; returns whether there was one."""
        due = next((one for one in held if not self._held.left_s(one)), None)
        if due is not None:
            holder = cast(HoldsMoney, self._terminal) if "hold" in self._terminal.abilities else None
            async with self._turn:
                await self._held.work(holder, due)
        return due is not None

    async def _refresh_screen(self) -> float | None:
        """Show the basket on the terminal; returns the seconds until a retry (None: wait for an event)."""
        if self._screen is None or open_payment(self._shop.reader, self._register) is not None:
            return None  # the screen belongs to a payment in progress
        async with self._turn:
            return await self._screen.refresh()

    def _sooner(self, *pauses: float | None) -> float | None:
        return min((one for one in pauses if one is not None), default=None)

    # unknown outcomes

    async def _look_up_unknown(self, payments: tuple[Payment, ...], refunds: tuple[CardRefund, ...]) -> float | None:
        """Look up due requests whose outcome is unknown. Returns the seconds until the next look-up, if a remaining
        request blocks others.

        A refund that look-ups can't resolve waits for a person and blocks no card.
        """
        pauses = []
        for payment in payments:
            if payment.state == "unknown" and (pause_s := await self._look_up(payment)) is not None:
                pauses.append(pause_s)
            elif payment.to_look_up and payment.resolved and not self._remaining_s(payment.key):
                await self._look_up(payment)
        for refund in refunds:
            if refund.state != "unknown" or (pause_s := await self._look_up(refund)) is None:
                continue
            if self._failed.get(refund.key, 0) < LOOK_UPS_LEAST:
                pauses.append(pause_s)
        return min(pauses, default=None)

    async def _look_up(self, of: Payment | CardRefund) -> float | None:
        """Look up a request if due; returns the seconds until its next look-up, or None once it's known."""
        if (left_s := self._remaining_s(of.key)) > 0:
            return left_s
        outcome: TerminalOutcome = OutcomeUnknown("bad_answer")
        if not self._is_overtaken(of):
            async with self._turn:
                outcome = await self._terminal.look_up(request_of(of))
            if isinstance(of, Payment):
                await self._note(of, outcome)
        if isinstance(outcome, StillRunning | OutcomeUnknown):
            failed = self._failed[of.key] = cast(int, await self._do(NoteLookUp(of.key)))
            told = isinstance(of, Payment) and of.resolved
            often = of.changed_us + FREQUENT_LOOKUP_US > self._shop.now_us()
            pause_s = self._pauses_s[min(failed, len(self._pauses_s)) - 1]
            pause_s = (self._told_pause_s if often else DAY_S) if told else pause_s
            self._next_s[of.key] = asyncio.get_running_loop().time() + pause_s
            self._show("")
            return pause_s
        self._next_s.pop(of.key, None)
        self._failed.pop(of.key, None)
        await (self._tell(of, outcome, "look_up") if isinstance(of, Payment) else self._settle(of, outcome, "look_up"))
        return None

    def _is_overtaken(self, of: Payment | CardRefund) -> bool:
        """Whether the terminal knows only its last receipt and has been sent another request since."""
        return bool(of.mark) and was_asked_since(self._shop.reader, of.terminal, of.key, of.sent_us)

    def _remaining_s(self, key: str) -> float:
        """Seconds until a request's next look-up; 0: now."""
        return max(0.0, self._next_s.get(key, 0.0) - asyncio.get_running_loop().time())

    def _next_pause(self, payments: tuple[Payment, ...], refunds: tuple[CardRefund, ...]) -> float | None:
        pauses = [self._remaining_s(one.key) for one in self._offline_payments()]
        pauses += [self._remaining_s(one.key) for one in refunds if one.state == "unknown"]
        if any(one.to_look_up and one.resolved for one in payments):
            pauses.append(self._told_pause_s)
        return min(pauses, default=None)

    async def _hear_news(self) -> bool:
        """Check one payment with provider news for refunds made there; returns whether there was one. Waiting card
        payments come first."""
        if "list_refunds" not in self._terminal.abilities:
            return False
        heard = heard_payments(self._shop.reader, self._register, self._heard_seq)
        if not heard:
            return False
        payment = heard[0]
        self._heard_seq = payment.news_seq
        if payment.taken_seq and payment.approval and "list_refunds" in abilities_of(payment.driver):
            async with self._turn:
                listed = await cast(ListsRefunds, self._terminal).refunds(payment.approval.reference)
            for command in refund_commands(self._shop.reader, payment, listed):
                await self._do(command)
        return True

    # offline payments

    def _offline_payments(self) -> list[Payment]:
        """Payments whose host hasn't approved or refused them yet."""
        if "offline" not in self._terminal.abilities:
            return []
        return [one for one in stored_payments(self._shop.reader, self._register) if not one.code]

    async def _ask_whether_forwarded(self) -> bool:
        """Check one due offline payment; returns whether there was one.

        If the terminal can't be reached, checks pause for a while, so that no card payment has to wait for them.
        """
        stored = self._offline_payments()
        due = next((one for one in stored if not self._remaining_s(one.key)), None)
        if due is None:
            return False
        async with self._turn:
            outcome = await self._terminal.look_up(request_of(due))
        gone = isinstance(outcome, OutcomeUnknown)
        for one in stored if gone else [due]:
            self._next_s[one.key] = asyncio.get_running_loop().time() + self._forward_pause_s
        if isinstance(outcome, Declined) or (isinstance(outcome, Approved) and not outcome.offline):
            await self._tell(due, outcome, "look_up")
        return True

    # payments

    async def _pay(self, payment: Payment) -> None:
        if self._terminal.mode not in ("", payment.mode):
            await self._do(
                HoldPayment(payment.id, "wrong_mode")
            )  # in the wrong mode, the sale would stay unpaid or a test would charge a real card
            return
        async with self._turn:
            try:
                mark = await self._terminal.mark()
            except DeviceError as error:
                await self._do(HoldPayment(payment.id, _fault_of(error)))
                await self._note(payment, NotStarted(_fault_of(error)))
                return
            (key, attempt), now_us = payment.next_key, self._shop.now_us()
            sent = MovePayment(payment.id, "sent", "till", key=key, attempt=attempt, mark=mark, sent_us=now_us)
            moved = await self._do(sent)
            if isinstance(moved, Payment) and moved.state == "sent":  # otherwise it was cancelled in the meantime
                await self._follow(moved)

    async def _follow(self, payment: Payment) -> None:
        """Send the payment and record its outcome. Meanwhile, pass cancel requests to the terminal."""
        if self._screen is not None:
            self._screen.forget()
        outcome: TerminalOutcome = OutcomeUnknown("broke_off")
        self._kept_out = None

        async def pay() -> None:
            nonlocal outcome
            await self._shop.wait_for_lease()
            outcome = await self._terminal.pay(request_of(payment), _Observer(self, payment))

        try:
            await first_completed(pay(), self._forward_requests(payment))
        finally:
            self._show("")
        if isinstance(outcome, Declined) and outcome.code == "taken_back" and self._kept_out:
            outcome = Declined(self._kept_out)  # report why we stopped it
        self._ended.put_nowait(payment)
        await self._note(payment, outcome)
        await self._tell(payment, outcome, "terminal")

    async def _note(self, payment: Payment, outcome: TerminalOutcome) -> None:
        """Record whether the provider answered, if that changes its circuit breaker.

        A silent provider is paused for a while.
        """
        of, answered = (payment.provider, payment.terminal), not is_silence(outcome)
        if worth_noting(self._shop.reader, *of, answered):
            await self._do(NoteCall(*of, answered))

    async def _forward_requests(self, payment: Payment) -> None:
        news = self._shop.bus.subscribe(COMMITTED)
        try:
            while True:
                now = find_payment(self._shop.reader, payment.id)
                if now is not None and now.cancel_wished:
                    await self._terminal.cancel(payment.key)
                    await asyncio.Event().wait()  # cancel only once; the terminal reports the outcome
                await news.next()
        finally:
            self._shop.bus.unsubscribe(news)

    async def record_approval(self, payment: Payment, approval: Approved) -> bool:
        """Record the approval; returns whether it may be committed."""
        told = SettlePayment(payment.id, "authorised", "terminal", approval=approval_of(approval))
        outcome = await self._shop.do(told, self._person(payment))
        if not isinstance(outcome, Done):
            self._kept_out = next((code for code in KEPT_OUT if outcome == Refused(code)), None)
            return False
        now = find_payment(self._shop.reader, payment.id)
        return now is not None and now.state == "authorised"

    async def _look_into(self, of: Payment | CardRefund, second: TerminalOutcome) -> None:
        """Handle a changed answer: record it, alert a person, and look the request up for the final outcome."""
        async with self._turn:  # wait until the first answer is handled
            if isinstance(of, Payment):
                await self._tell(of, second, "terminal")
            found = await self._terminal.look_up(request_of(of))
        if isinstance(found, StillRunning | OutcomeUnknown):
            return
        await (self._tell(of, found, "look_up") if isinstance(of, Payment) else self._settle(of, found, "look_up"))

    async def _tell(self, payment: Payment, outcome: TerminalOutcome, by: Source) -> None:
        told = settle_command(find_payment(self._shop.reader, payment.id) or payment, outcome, by)
        answer = await self._shop.do(told, self._person(payment))
        if not isinstance(answer, Done):  # the sale can't be completed now: keep the payment in the basket
            await self._do(msgspec.structs.replace(told, keep_open=True), self._person(payment))
        self._shop.bus.publish(TERMINAL)

    # refunds

    async def _refund(self, refund: CardRefund) -> None:
        of = (refund.payment, refund.number)
        async with self._turn:
            try:
                mark = await self._terminal.mark()
            except DeviceError as error:
                await self._do(HoldPayment(refund.payment, _fault_of(error), refund.number))
                return
            (key, attempt), now_us = refund.next_key, self._shop.now_us()
            sent = MoveCardRefund(*of, "sent", "till", key=key, attempt=attempt, mark=mark, sent_us=now_us)
            moved = await self._do(sent)
            if not isinstance(moved, CardRefund) or moved.state != "sent":
                return
            await self._shop.wait_for_lease()
            outcome = await self._terminal.refund(request_of(moved), _Observer(self, None))
            self._ended.put_nowait(moved)
            self._show("")
        await self._settle(moved, outcome, "terminal")

    async def _settle(self, refund: CardRefund, outcome: TerminalOutcome, by: Source) -> None:
        to, code = refund_end(outcome)
        approval = approval_of(outcome) if isinstance(outcome, Approved) else None
        await self._do(MoveCardRefund(refund.payment, refund.number, to, by, code=code, approval=approval))

    # helpers

    async def _do(self, command: Command, actor: Actor | None = None) -> object:
        """Run a command and return its result.

        Raises `DeviceLost` if it can't be recorded; after a restart, running requests are looked up.
        """
        outcome = await self._shop.do(command, actor or self._machine)
        if isinstance(outcome, Done):
            return outcome.result
        what = f"The response of the payment terminal at register {self._register} couldn't be saved."
        raise DeviceLost(what, "It is checked again automatically.", "device.failed")

    def _person(self, payment: Payment) -> Actor:
        """The user who started the payment and therefore owns its sale."""
        return msgspec.structs.replace(system("job"), name=payment.person, register=payment.register)

    def show_step(self, step: str) -> None:
        """Show the terminal's next step."""
        if step:
            self._show(step)

    def _show(self, step: str) -> None:
        self.step = step
        self._shop.bus.publish(TERMINAL)


class _Observer:
    """Follows a single request."""

    def __init__(self, part: TerminalPart, payment: Payment | None) -> None:
        self._part, self._payment = part, payment

    def on_step(self, step: str) -> None:
        self._part.show_step(step)

    async def record_approval(self, approval: Approved) -> bool:
        return self._payment is None or await self._part.record_approval(self._payment, approval)


def _fault_of(error: DeviceError) -> TerminalFault:
    return error.fault if isinstance(error, TerminalError) else "terminal_fault"
