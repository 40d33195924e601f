"""Each register's current state, updated from command outcomes without reading the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edge.core.journal.rows import fact_of, read_rows
from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import (
    AbandonBasket,
    CorrectTender,
    Pay,
    RefundSale,
    RefundWithoutReceipt,
    ReprintReceipt,
    SellBasket,
    SendToKitchen,
    VoidLastSale,
)
from edge.counter.till.events import BasketAbandoned, SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.lines.courses import FireCourse
from edge.counter.till.paying.basket_charges import BookBasketCharge, ChargeBasket
from edge.counter.till.paying.card_payments import (
    AnswerSignature,
    BeginPayment,
    CancelPayment,
    ResolvePayment,
    SettlePayment,
)
from edge.counter.till.queries import last_receipt, read_basket
from edge.foundation.access.commands import NoteDenied
from edge.foundation.printing.commands import ConfirmPrint, CopyPrint, QueuePrint, SettlePrint
from edge.web.live.source import FragmentChange, LiveSource

BASKET = frozenset({"lines", "sums", "question", "display"})
"""Fragments that show a basket."""
RECEIPTS = frozenset({"sales", "paper", "unconfirmed_prints", "practice_customer"})
"""Fragments that show sales and papers."""

_ENDING = (SaleCompleted, SaleVoided, SaleRefunded, BasketAbandoned)
_ON_PAPER = (
    *(Pay, CorrectTender, VoidLastSale, RefundSale, RefundWithoutReceipt, ReprintReceipt, AbandonBasket),
    *(QueuePrint, SettlePrint, ConfirmPrint, CopyPrint, SettlePayment, ResolvePayment, AnswerSignature),
)
_TOLD = (SettlePayment, BookBasketCharge)
"""Commands that report the outcome of a card payment."""
_CARDS = (BeginPayment, ChargeBasket, CancelPayment, ResolvePayment, AnswerSignature, *_TOLD)
_ON_SLIPS = (*_CARDS, Pay, VoidLastSale, SendToKitchen, FireCourse, AbandonBasket)


class Counter:
    """The state of one register.

    `ended`: the sale just paid, voided or refunded, or the part-paid basket just cleared, until the next line is added.
    A basket may exist at the same time, if goods are returned meanwhile. `sold_seq`: the journal row of the newest
    known receipt. `touched`: the line changed last. `refused`: the last refusal; `refusals`: their count.
    """

    __slots__ = ("basket", "ended", "refusals", "refused", "sold_seq", "touched")

    def __init__(self, basket: Basket, sold_seq: int = 0) -> None:
        self.basket = basket
        self.sold_seq = sold_seq
        self.ended: SaleCompleted | SaleVoided | SaleRefunded | BasketAbandoned | None = None
        self.touched = basket.lines[-1].id if basket.lines else 0
        self.refused: Refused | None = None
        self.refusals = 0

    def put(self, basket: Basket) -> None:
        """Set the current basket."""
        changed = basket.changed_since(self.basket)
        self.touched = changed.id if changed else self.touched
        self.basket = basket
        if basket.lines or basket.tenders or basket.returns or basket.coupons:
            self.ended = None  # a question alone keeps the change on screen, as it may be declined


class RegisterStates(LiveSource):
    """The states of all registers.

    Baskets come from command outcomes, which is faster than the disk. `read_again` reloads them from disk.
    """

    def __init__(self, registers: Iterable[str], reader: Connection, registry: Registry) -> None:
        self._reader, self._registry = reader, registry
        self._of = {one: Counter(read_basket(reader, one), self._last_seq(one)) for one in registers}

    def __getitem__(self, register: str) -> Counter:
        return self._of[register]

    def on_answer(self, command: Command, actor: Actor, outcome: Outcome) -> Iterator[FragmentChange]:
        yield FragmentChange(self.take(command, actor, outcome), actor.register)
        if other := self.taken_from(command, outcome):
            yield FragmentChange(BASKET, other)
        if isinstance(command, SettlePrint | QueuePrint) and actor.register not in self._of:
            yield FragmentChange(frozenset({"paper", "unconfirmed_prints", "alerts"}))

    def reread(self) -> frozenset[str]:
        self.read_again()
        return BASKET | RECEIPTS | {"alerts"}

    def take(self, command: Command, actor: Actor, outcome: Outcome) -> frozenset[str]:
        """Update the state from a command's outcome. Returns the changed fragments of the actor's register."""
        counter = self._of.get(actor.register)
        if counter is None:
            return frozenset()
        if isinstance(command, NoteDenied):  # the refused caller already knows; the cashier needn't
            return frozenset()
        if isinstance(command, _TOLD) and not isinstance(outcome, Done):
            return frozenset()  # the part that sent it retries
        if isinstance(command, SellBasket):  # independent of this basket: the calling program gets the result
            return RECEIPTS | {"alerts"} if isinstance(outcome, Done) else frozenset()
        if isinstance(outcome, Refused) and outcome.code.startswith("confirm_"):
            return frozenset()  # the caller gets the question
        if not isinstance(outcome, Done):
            counter.refused = outcome if isinstance(outcome, Refused) else Refused("outcome_unknown")
            counter.refusals += 1
            return frozenset({"notice"})
        changed = self._learn(counter, actor.register, outcome)
        if isinstance(command, (*_TOLD, ResolvePayment, AnswerSignature)):
            changed |= self._note_sale(counter, actor.register)
        if other := self.taken_from(command, outcome):
            self._of[other].put(self._of[other].basket.taken_by(outcome.result))
        if isinstance(command, _ON_PAPER):
            changed |= RECEIPTS
        if isinstance(command, _ON_SLIPS):
            changed |= {"alerts"}
        if isinstance(command, _CARDS):  # sent with the totals: the customer is waiting for confirmation
            changed |= {"card_payment"}
        if counter.refused is not None:
            counter.refused = None
            changed |= {"notice"}
        return changed

    def taken_from(self, command: Command, outcome: Outcome) -> str:
        """The register whose basket this command took over; "" if none."""
        if not isinstance(outcome, Done) or not isinstance(outcome.result, Basket):
            return ""
        up = outcome.result.up if getattr(command, "take_over", False) else None
        return up.taken_from if up and up.taken_from in self._of else ""

    def read_again(self) -> None:
        """Reload from disk, because results returned before their commit may have been lost."""
        for register, counter in self._of.items():
            counter.put(read_basket(self._reader, register))

    def _note_sale(self, counter: Counter, register: str) -> frozenset[str]:
        """Update the state after a sale that a terminal's answer completed: its command runs inside another one."""
        seq = self._last_seq(register)
        if seq <= counter.sold_seq:
            return frozenset()
        counter.sold_seq = seq
        (row,) = read_rows(self._reader, seq, 1)
        event = fact_of(self._registry, row).event
        if not isinstance(event, SaleCompleted) or not any(one.payment for one in event.tenders):
            return frozenset()
        counter.ended = event
        return BASKET

    def _last_seq(self, register: str) -> int:
        last = last_receipt(self._reader, register)
        return last.seq if last else 0

    def _learn(self, counter: Counter, register: str, done: Done) -> frozenset[str]:
        basket = done.result if isinstance(done.result, Basket) else None
        if done.repeated:
            basket = read_basket(self._reader, register)
        if basket is not None and basket.register == register and basket.revision >= counter.basket.revision:
            counter.put(basket)
        ended = [event for event in done.events if isinstance(event, _ENDING)]
        if ended and not done.repeated:
            last, counter.sold_seq = ended[-1], max(counter.sold_seq, done.first_seq)
            counter.ended = None if isinstance(last, BasketAbandoned) and not last.returned_minor else last
        return BASKET if basket is not None or ended else frozenset()
