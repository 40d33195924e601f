"""The part that talks with a register's payment terminal.

All that it is to do stands in the ledger, and all that it hears goes there: each request is written down with its key
before its first byte goes out, and an approval before the terminal is told that it got through. So whatever breaks off,
this process too, leaves a payment that is known, or one that is unknown and looked up. It never asks for money twice on
a guess, and a terminal that is gone ends in a word to the cashier, never in a sale that waits.
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
from edge.counter.till.card_payments import SettlePayment
from edge.counter.till.held_money import HELD_S, LOOK_S, HeldMoney
from edge.counter.till.provider_refunds import refund_commands
from edge.counter.till.terminal_news import refund_end, request_of, settle_command
from edge.counter.till.terminal_screen import BasketScreen
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
from edge.money.payments.provider import abilities_of
from edge.money.payments.queries import (
    LOOK_UPS_LEAST,
    asked_since,
    find_payment,
    heard_payments,
    news_until,
    open_payment,
    stored_payments,
    work_of,
    worth_noting,
)
from edge.money.payments.states import Source

TERMINAL = "terminal"
"""The topic on the bus: a terminal is at another step."""
LOOK_UP_PAUSES_S = (2.0, 5.0, 10.0, 30.0)
"""Between two look-ups of a request; the last one holds from then on."""
TURN_S = 10.0
"""So long a day's close waits for what a terminal still says of a payment that is over."""
TOLD_PAUSE_S = 300.0
"""Between two look-ups where a person said meanwhile what became of it."""
FORWARD_PAUSE_S = 300.0
"""Between two questions whether what was taken offline got through."""
TOLD_FOR_US = 24 * 3600 * 1_000_000
"""So long such a one is looked up often; then once a day, and as the appliance begins, until its provider answers."""
DAY_S = 86_400.0
HEARD_US = 3 * 24 * 3600 * 1_000_000
"""What providers said for so long is looked at once more after a start: it may have ended before that was kept."""
KEPT_OUT: tuple[TerminalFault, ...] = ("offline_limit", "not_accepted", "cash_back_debit")
"""Why we let a payment through no further that its terminal would have taken."""


class TerminalPart:
    """One register's terminal. `step` is what it shows the customer now, such as "insert_card"."""

    def __init__(
        self,
        shop: CommandBus,
        terminal: PaymentTerminal,
        register: str,
        pauses_s: tuple[float, ...] = LOOK_UP_PAUSES_S,
        told_pause_s: float = TOLD_PAUSE_S,
        forward_pause_s: float = FORWARD_PAUSE_S,
        screen: BasketScreen | None = None,
        held_pauses_s: tuple[float, float] = (LOOK_S, HELD_S),
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
        self._machine = msgspec.structs.replace(system("job"), register=register)  # what terminals send, nobody types

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled."""
        news = self._shop.bus.subscribe(COMMITTED, *((self._screen.topic,) if self._screen else ()))
        try:
            await self._do(DoubtPayments(self._register))
            self._heard_seq = news_until(self._shop.reader, self._register, self._shop.now_us() - HEARD_US)
            ready()
            await first_completed(self._work_on(news), self._hear_on())
        finally:
            self._shop.bus.unsubscribe(news)
            self._show("")
            await self._terminal.close()

    async def _work_on(self, news: Subscription) -> None:
        while True:
            news.clear()
            pause_s = await self._work()
            await news.within(pause_s)

    async def _hear_on(self) -> None:
        """Hear what a terminal says behind its answer."""
        while True:
            of = await self._ended.get()
            if isinstance(self._terminal, SpeaksOn) and (second := await self._terminal.second_end()) is not None:
                await self._look_into(of, second)

    async def close_day(self) -> bool:
        """Close the terminal's day: whether it counted what we did. `Refusal`: why it is not closed."""
        self._none_runs()
        try:
            async with asyncio.timeout(TURN_S):  # the last words of a payment that is over are soon said
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
        """`Refusal`: a card pays, or waits to be signed for."""
        paying = open_payment(self._shop.reader, self._register)
        if paying and paying.state != "unknown":
            raise Refusal("payment_open")

    async def state(self) -> str:
        """How the terminal is: "" where it is ready, else the code of why not."""
        try:
            state = await self._terminal.state()
        except DeviceError as error:
            return _fault_of(error)
        return "" if state.ready else state.code or "terminal_fault"

    async def _work(self) -> float | None:
        """Do all there is to do; in how many seconds there is more (None: not before something happens)."""
        while True:
            payments, refunds = work_of(self._shop.reader, self._register)
            held = [one for one in payments if one.is_on_hold]
            payments = tuple(one for one in payments if one not in held)
            if soon_s := await self._look_up_what_is_unknown(payments, refunds):
                for payment in payments:
                    if payment.waits:  # nobody waits for a terminal that is not cleared up
                        await self._do(HoldPayment(payment.id, "look_up_first"))
                return soon_s
            if any(one.resolved for one in payments) or any(one.state == "unknown" for one in refunds):
                await self._terminal.close()  # what waits for a person stands in the way of nothing else
            waiting = [one for one in payments if one.waits]
            giving = [one for one in refunds if one.waits]
            if waiting:
                await self._pay(waiting[0])
            elif giving:
                await self._refund(giving[0])
            elif await self._hear_news():
                continue
            elif not (await self._go_on_with_held(held) or await self._ask_whether_forwarded()):
                pauses = [self._held.left_s(one) for one in held]
                return self._sooner(await self._refresh_screen(), self._next_pause(payments, refunds), *pauses)

    async def _go_on_with_held(self, held: list[Payment]) -> bool:
        """Go on with one that a card's bank holds, and whose turn it is; whether there was one."""
        due = next((one for one in held if not self._held.left_s(one)), None)
        if due is not None:
            holder = cast(HoldsMoney, self._terminal) if "hold" in self._terminal.abilities else None
            async with self._turn:
                await self._held.work(holder, due)
        return due is not None

    async def _refresh_screen(self) -> float | None:
        """Show the basket on it; in how many seconds that is tried again (None: not before something happens)."""
        if self._screen is None or open_payment(self._shop.reader, self._register) is not None:
            return None  # never while it pays
        async with self._turn:
            return await self._screen.refresh()

    def _sooner(self, *pauses: float | None) -> float | None:
        return min((one for one in pauses if one is not None), default=None)

    # what is unknown

    async def _look_up_what_is_unknown(
        self, payments: tuple[Payment, ...], refunds: tuple[CardRefund, ...]
    ) -> float | None:
        """Look each up whose turn it is; in how many seconds the next one's is, where one stays unknown that nothing
        else is asked before. A refund of which look-ups could not tell waits for a person, and holds up no card."""
        pauses = []
        for payment in payments:
            if payment.state == "unknown" and (pause_s := await self._look_up(payment)) is not None:
                pauses.append(pause_s)
            elif payment.to_look_up and payment.resolved and not self._left_s(payment.key):
                await self._look_up(payment)
        for refund in refunds:
            if refund.state != "unknown" or (pause_s := await self._look_up(refund)) is None:
                continue
            if self._failed.get(refund.key, 0) < LOOK_UPS_LEAST:
                pauses.append(pause_s)
        return min(pauses, default=None)

    async def _look_up(self, of: Payment | CardRefund) -> float | None:
        """Look it up, where its turn has come; in how many seconds it comes again, None: it is known now."""
        if (left_s := self._left_s(of.key)) > 0:
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
            often = of.changed_us + TOLD_FOR_US > self._shop.now_us()
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
        """Whether the terminal, which knows no keys but only its last receipt, was asked something else since."""
        return bool(of.mark) and asked_since(self._shop.reader, of.terminal, of.key, of.sent_us)

    def _left_s(self, key: str) -> float:
        """In how many seconds a request is looked up next; 0: now."""
        return max(0.0, self._next_s.get(key, 0.0) - asyncio.get_running_loop().time())

    def _next_pause(self, payments: tuple[Payment, ...], refunds: tuple[CardRefund, ...]) -> float | None:
        pauses = [self._left_s(one.key) for one in self._offline_payments()]
        pauses += [self._left_s(one.key) for one in refunds if one.state == "unknown"]
        if any(one.to_look_up and one.resolved for one in payments):
            pauses.append(self._told_pause_s)
        return min(pauses, default=None)

    async def _hear_news(self) -> bool:
        """Look at one payment of which its provider said something new, for refunds that somebody made there; whether
        there was one. A card that is to pay goes before it."""
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

    # what was taken offline

    def _offline_payments(self) -> list[Payment]:
        """What its host has yet to agree to, and did not refuse."""
        if "offline" not in self._terminal.abilities:
            return []
        return [one for one in stored_payments(self._shop.reader, self._register) if not one.code]

    async def _ask_whether_forwarded(self) -> bool:
        """Ask about one payment whose turn it is; whether there was one. One that is gone is asked about none for a
        while: a card that is to pay waits for none of it."""
        stored = self._offline_payments()
        due = next((one for one in stored if not self._left_s(one.key)), None)
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
            )  # else it would be sold for no money, or charged as a test
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
            if isinstance(moved, Payment) and moved.state == "sent":  # else it was cancelled meanwhile
                await self._follow(moved)

    async def _follow(self, payment: Payment) -> None:
        """Ask for it, and say how it ended; a wish to cancel goes to the terminal meanwhile."""
        if self._screen is not None:
            self._screen.forget()
        outcome: TerminalOutcome = OutcomeUnknown("broke_off")
        self._kept_out = None

        async def pay() -> None:
            nonlocal outcome
            await self._shop.wait_for_lease()
            outcome = await self._terminal.pay(request_of(payment), _Observer(self, payment))

        try:
            await first_completed(pay(), self._pass_wishes_on(payment))
        finally:
            self._show("")
        if isinstance(outcome, Declined) and outcome.code == "taken_back" and self._kept_out:
            outcome = Declined(self._kept_out)  # why we did not let it through
        self._ended.put_nowait(payment)
        await self._note(payment, outcome)
        await self._tell(payment, outcome, "terminal")

    async def _note(self, payment: Payment, outcome: TerminalOutcome) -> None:
        """Keep whether it answered, where that says something: one that does not is left alone for a while."""
        of, answered = (payment.provider, payment.terminal), not is_silence(outcome)
        if worth_noting(self._shop.reader, *of, answered):
            await self._do(NoteCall(*of, answered))

    async def _pass_wishes_on(self, payment: Payment) -> None:
        news = self._shop.bus.subscribe(COMMITTED)
        try:
            while True:
                now = find_payment(self._shop.reader, payment.id)
                if now is not None and now.cancel_wished:
                    await self._terminal.cancel(payment.key)
                    await asyncio.Event().wait()  # once; how it ends the terminal says
                await news.next()
        finally:
            self._shop.bus.unsubscribe(news)

    async def authorised(self, payment: Payment, approval: Approved) -> bool:
        """Whether the approval is written down, and so may get through."""
        told = SettlePayment(payment.id, "authorised", "terminal", approval=approval_of(approval))
        outcome = await self._shop.do(told, self._person(payment))
        if not isinstance(outcome, Done):
            self._kept_out = next((code for code in KEPT_OUT if outcome == Refused(code)), None)
            return False
        now = find_payment(self._shop.reader, payment.id)
        return now is not None and now.state == "authorised"

    async def _look_into(self, of: Payment | CardRefund, second: TerminalOutcome) -> None:
        """The terminal says something else than before: of a payment that is noted, and a person is told; the look-up
        decides."""
        async with self._turn:  # behind what it said first
            if isinstance(of, Payment):
                await self._tell(of, second, "terminal")
            found = await self._terminal.look_up(request_of(of))
        if isinstance(found, StillRunning | OutcomeUnknown):
            return
        await (self._tell(of, found, "look_up") if isinstance(of, Payment) else self._settle(of, found, "look_up"))

    async def _tell(self, payment: Payment, outcome: TerminalOutcome, by: Source) -> None:
        told = settle_command(find_payment(self._shop.reader, payment.id) or payment, outcome, by)
        answer = await self._shop.do(told, self._person(payment))
        if not isinstance(answer, Done):  # the sale cannot be completed now, but what was taken is in the basket
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

    # around

    async def _do(self, command: Command, actor: Actor | None = None) -> object:
        """Write it down; what it came to. `DeviceLost`: it cannot be; begun anew, what runs is looked up."""
        outcome = await self._shop.do(command, actor or self._machine)
        if isinstance(outcome, Done):
            return outcome.result
        what = f"What the payment terminal of register {self._register} said cannot be written down."
        raise DeviceLost(what, "It is checked again automatically.", "device.failed")

    def _person(self, payment: Payment) -> Actor:
        """Whoever began it: the sale that it completes is theirs."""
        return msgspec.structs.replace(system("job"), name=payment.person, register=payment.register)

    def show_step(self, step: str) -> None:
        """The terminal is at another step."""
        if step:
            self._show(step)

    def _show(self, step: str) -> None:
        self.step = step
        self._shop.bus.publish(TERMINAL)


class _Observer:
    """Follows one request."""

    def __init__(self, part: TerminalPart, payment: Payment | None) -> None:
        self._part, self._payment = part, payment

    def progressed(self, step: str) -> None:
        self._part.show_step(step)

    async def authorised(self, approval: Approved) -> bool:
        return self._payment is None or await self._part.authorised(self._payment, approval)


def _fault_of(error: DeviceError) -> TerminalFault:
    return error.fault if isinstance(error, TerminalError) else "terminal_fault"
