"""Convert the journal to double entries. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

import msgspec

from edge.accounting.accounts.events import AccountCharged, AccountPaid, AccountPaymentUndone
from edge.accounting.books.by_group import Groups, apart_minor, no_groups, refunds_by_group, takings_by_group
from edge.accounting.settlements.events import BatchClosed, BatchTaken, DisputeEnded, PayoutReceived, StoredLost
from edge.core.messages import Event, RecordedEvent
from edge.counter.bottle_deposits.events import BottlesTaken, BottlesUndone
from edge.counter.shifts.events import OF_OTHERS, CashMoved, ShiftClosed, ShiftOpened
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.rules.day_totals import RecordedLine
from edge.lib.errors import InvariantBroken
from edge.lib.tax.rules import Taxed
from edge.money.gift_cards.events import CardMoved
from edge.money.payments.events import CardFeesSplit, CardRefundMoved, CardRefundRequested, PlatformFeeReturned
from edge.money.tenders.tender import ADVANCE, currency_of, is_foreign
from edge.ordering.delivery.events import DriverHandedIn, DriverPaid

Account = tuple[str, ...]
CARDS: Account = ("assets", "cards")
SALES: Account = ("income", "sales")
REFUNDS: Account = ("income", "refunds")
DEPOSITS: Account = ("liabilities", "deposits")
GIFT_CARDS: Account = ("liabilities", "gift cards")
ADVANCES: Account = ("liabilities", "advances on orders")
OWED_TO_CARDS: Account = ("liabilities", "card payments to give back")
PAYOUTS_DUE: Account = ("assets", "card payouts due")
BANK: Account = ("assets", "bank")
RECEIVABLES: Account = ("assets", "receivables")
CHARGED: Account = ("income", "reminder fees and interest")
IN_DISPUTE: Account = ("assets", "cards in dispute")
CARD_FEES: Account = ("expenses", "card fees")
CARD_LOSSES: Account = ("expenses", "card losses")
PLATFORM_FEES: Account = ("expenses", "platform fees")
OWED_TO_PLATFORM: Account = ("liabilities", "platform fees")
REFUNDED_THERE: Account = ("expenses", "refunds made at the provider")
CHARGEBACKS: Account = ("expenses", "chargebacks")
EXPIRED_CARDS: Account = ("income", "gift cards expired")
APART: Mapping[str, Account] = MappingProxyType(
    {
        "tip": ("liabilities", "tips"),
        "load": GIFT_CARDS,
        "surplus": ("income", "vouchers not used up"),
        "advance": ADVANCES,
        "fee": ("income", "card surcharges"),
    }
)
"""Accounts of lines that aren't revenue."""
ROUNDING: Account = ("expenses", "cash rounding")
SAFE: Account = ("assets", "safe")
DRIVERS: Account = ("assets", "cash with drivers")
PAYOUTS: Account = ("expenses", "paid out of the drawer")
PAID_OUT: Mapping[str, Account] = MappingProxyType({"payout": PAYOUTS, "tips": ("liabilities", "tips")})
DIFFERENCES: Account = ("expenses", "cash differences")


class Posting(msgspec.Struct, frozen=True):
    """A sum on an account: positive for debit, negative for credit."""

    account: Account
    minor: int


class LedgerEntry(msgspec.Struct, frozen=True):
    """A paper's booking. `day`: its business date; `text`: its description; `seq`: its journal row."""

    day: str
    text: str
    seq: int
    currency: str
    postings: tuple[Posting, ...]


NewestBooked = tuple[int, tuple[Posting, ...]]
"""The number of a register's newest paper, and its postings."""
NOTHING_BEFORE: Mapping[str, NewestBooked] = MappingProxyType({})
NO_INVOICES: Mapping[tuple[str, int], str] = MappingProxyType({})


def entries(
    facts: Iterable[RecordedEvent],
    invoices: Mapping[tuple[str, int], str] = NO_INVOICES,
    so_far: Mapping[str, NewestBooked] = NOTHING_BEFORE,
    groups: Groups = no_groups,
) -> Iterator[LedgerEntry]:
    """Book the papers of a journal. Raises `InvariantBroken` if an entry doesn't balance.

    `facts` are in journal order. A void reverses its register's newest paper, which is in `facts` or in `so_far` (a
    dict, which is updated). `invoices`: documents issued for papers, by register and number. `groups`: the products'
    groups; sales are split by group below `income:sales`, and refunds below `income:refunds`.
    """
    named = partial(_with_invoice, invoices)
    newest = so_far if isinstance(so_far, dict) else dict(so_far)
    for fact in facts:
        match fact.event:
            case SaleCompleted() as sale:
                postings = _sale_postings(sale, fact.register, groups)
                newest[fact.register] = (sale.number, postings)
                text = named(f"Sale {fact.register}/{sale.number}", fact.register, sale.number)
                yield _entry(fact, text, sale.currency, postings)
            case SaleVoided() as void:
                number, postings = newest.get(fact.register, (0, ()))
                if number != void.sale:
                    raise InvariantBroken(f"#{fact.seq} voids receipt {void.sale}, which isn't the previous one")
                text = named(f"Void {fact.register}/{void.number} of {void.sale}", fact.register, void.number)
                yield _entry(fact, text, void.currency, (Posting(one.account, -one.minor) for one in postings))
            case SaleRefunded() as refund:
                text = f"Refund {fact.register}/{refund.number}"
                text += f" of {refund.sale_register}/{refund.sale}" if refund.sale else ""
                postings = _refund_postings(refund, fact.register, groups)
                newest[fact.register] = (refund.number, postings)
                yield _entry(fact, named(text, fact.register, refund.number), refund.currency, postings)
            case TenderCorrected() as correction:
                postings = _correction_postings(correction, fact.register)
                number, before = newest.get(fact.register, (0, ()))
                if number == correction.sale:
                    newest[fact.register] = (number, (*before, *postings))
                text = f"Correction of {fact.register}/{correction.sale}"
                yield _entry(fact, text, correction.currency, postings)
            case ShiftOpened() as shift if shift.float_minor:
                text = f"Shift {fact.register}/{shift.number} opened"
                yield _entry(fact, text, shift.currency, _transfer(SAFE, fact.register, shift.float_minor))
            case CashMoved(kind=kind) if kind in OF_OTHERS:
                pass  # booked from the event of the order, account or bottles, even outside a shift
            case DriverPaid() as paid:
                text = f"Delivery {fact.register}/{paid.receipt}: with {paid.driver}"
                kept = _transfer(APART["tip"], fact.register, -paid.tip_minor) if paid.tip_minor else ()
                yield _entry(fact, text, paid.currency, (*_transfer(DRIVERS, fact.register, -paid.amount_minor), *kept))
            case DriverHandedIn() as handed:
                yield _entry(fact, f"Handed in by {handed.driver}", handed.currency, _handed_in(handed, fact.register))
            case CashMoved() as move:
                other, sign = PAID_OUT.get(move.kind, SAFE), 1 if move.kind == "top_up" else -1
                text = f"Cash {fact.register}: {move.reason or move.kind}"
                yield _entry(fact, text, move.currency, _transfer(other, fact.register, sign * move.amount_minor))
            case _ if of := _BESIDE.get(type(fact.event)):
                yield from of(fact)
            case ShiftClosed() as shift if shift.expected_minor or shift.counted_minor:
                text = f"Shift {fact.register}/{shift.number} closed"
                yield _entry(fact, text, shift.currency, _closing_postings(shift, fact.register))


def _of_cards(fact: RecordedEvent) -> Iterator[LedgerEntry]:
    """Book expired gift cards, and card payments without a sale until they're refunded."""
    match fact.event:
        case CardMoved(why="expired") as card:
            postings = (Posting(GIFT_CARDS, card.minor), Posting(EXPIRED_CARDS, -card.minor))
            yield _entry(fact, "Gift card expired", card.currency, postings)
        case CardRefundRequested(why="late" | "surplus" | "trial" | "signature", rest_of=0) as owed:
            text = f"Card payment to refund, {owed.why}"
            yield _entry(fact, text, owed.currency, _owed_to_card(owed.amount_minor))
        case CardFeesSplit(platform_fee_minor=minor) as split if minor:
            postings = (Posting(PLATFORM_FEES, minor), Posting(OWED_TO_PLATFORM, -minor))
            yield _entry(fact, "Platform fee", split.currency, postings)
        case PlatformFeeReturned(platform_fee_minor=minor) as returned:
            postings = (Posting(OWED_TO_PLATFORM, minor), Posting(PLATFORM_FEES, -minor))
            yield _entry(fact, "Platform fee, refunded", returned.currency, postings)
        case CardRefundMoved() as moved:
            yield from _of_card_refund(fact, moved)


def _of_card_refund(fact: RecordedEvent, moved: CardRefundMoved) -> Iterator[LedgerEntry]:
    """Book card refunds. A refund of goods is booked with its paper as if completed. While it has failed, even if the
    bank returns it days later, the money is owed instead."""
    minor = moved.amount_minor
    if moved.to == "cash":
        out = Posting(_cash(fact.register), -moved.cash_minor)
        rounded = (Posting(ROUNDING, moved.cash_minor - minor),) if moved.cash_minor != minor else ()
        owed = Posting(OWED_TO_CARDS, minor)
        yield _entry(fact, "Failed card refund, paid in cash", moved.currency, (owed, *rounded, out))
        return
    gone = 1 if moved.to == "done" else -1 if moved.was == "done" else 0
    failed = 1 if moved.to == "failed" else -1 if moved.was == "failed" else 0
    if moved.why == "external" and gone:
        postings = (Posting(REFUNDED_THERE, gone * minor), Posting(CARDS, -gone * minor))
        text = "Refund made at the provider" if gone > 0 else "Refund made at the provider, returned"
        yield _entry(fact, text, moved.currency, postings)
    elif moved.why == "refund" and failed:
        text = "Card refund failed" if failed > 0 else "Card refund retried"
        yield _entry(fact, text, moved.currency, _owed_to_card(failed * minor))
    elif moved.why in ("late", "surplus", "trial", "signature") and gone:
        text = f"Card payment refunded, {moved.why}" if gone > 0 else f"Card refund returned, {moved.why}"
        yield _entry(fact, text, moved.currency, _owed_to_card(-gone * minor))


def _of_settlements(fact: RecordedEvent) -> Iterator[LedgerEntry]:
    """Book provider payouts, their arrival at the bank, and losses. A chargeback is withheld in a batch and lost at the
    end of its dispute, in either order; in between it's in dispute."""
    postings: tuple[Posting, ...]
    match fact.event:
        case BatchTaken() as batch:
            postings = (
                Posting(CARDS, -batch.gross_minor),
                Posting(IN_DISPUTE, -batch.charged_back_minor),
                Posting(CARD_FEES, batch.fees_minor),
                Posting(PAYOUTS_DUE, batch.net_minor),
            )
            yield _entry(fact, f"Cards paid out, {batch.provider} {batch.batch}", batch.currency, postings)
        case BatchClosed() as closed if closed.difference_minor:
            postings = (Posting(CARDS, closed.difference_minor), Posting(CARD_LOSSES, -closed.difference_minor))
            text = f"Difference of {closed.provider} {closed.batch}, {closed.why}"
            yield _entry(fact, text, closed.currency, postings)
        case PayoutReceived() as payout:
            postings = (Posting(BANK, payout.amount_minor), Posting(PAYOUTS_DUE, -payout.amount_minor))
            yield _entry(fact, f"At the bank, {payout.provider} {payout.batch}", payout.currency, postings)
        case StoredLost() as lost:
            postings = (Posting(CARD_LOSSES, lost.amount_minor), Posting(CARDS, -lost.amount_minor))
            yield _entry(fact, "Offline card payment, declined later", lost.currency, postings)
        case DisputeEnded() as dispute if dispute.how != "won":
            postings = (Posting(CHARGEBACKS, dispute.amount_minor), Posting(IN_DISPUTE, -dispute.amount_minor))
            yield _entry(fact, f"Dispute {dispute.how}", dispute.currency, postings)


def _of_accounts(fact: RecordedEvent) -> Iterator[LedgerEntry]:
    """Book account customers' payments and charges, which change their debt."""
    event = fact.event
    assert isinstance(event, AccountPaid | AccountPaymentUndone | AccountCharged)
    minor, currency = event.amount_minor, event.currency
    if isinstance(event, AccountCharged):
        owed = (Posting(RECEIVABLES, minor), Posting(CHARGED, -minor))
        yield _entry(fact, f"Charged to an account, {event.why}", currency, owed)
        return
    undone = isinstance(event, AccountPaymentUndone)
    text, sign = f"{'Undone, paid' if undone else 'Paid'} on account {event.number}", -1 if undone else 1
    into = BANK if event.tender == "transfer" else _money_in(event.tender, fact.register)
    yield _entry(fact, text, currency, (Posting(into, sign * minor), Posting(RECEIVABLES, -sign * minor)))


def _of_bottles(fact: RecordedEvent) -> Iterator[LedgerEntry]:
    """Book refunded bottle deposits, which the shop no longer owes."""
    event = fact.event
    assert isinstance(event, BottlesTaken | BottlesUndone)
    sign, text = (-1, "Undone, bottles") if isinstance(event, BottlesUndone) else (1, "Bottles")
    into = _money_in("credit" if event.out == "paper" else "cash", fact.register)
    rounded = (Posting(ROUNDING, sign * event.rounding_minor),) if event.rounding_minor else ()
    worth = Posting(DEPOSITS, sign * (event.paid_minor - event.rounding_minor))
    yield _entry(
        fact, f"{text} {event.number}", event.currency, (worth, *rounded, Posting(into, -sign * event.paid_minor))
    )


def _owed_to_card(minor: int) -> tuple[Posting, ...]:
    """Postings for a card payment without a sale: owed to the customer until refunded (negative)."""
    return Posting(CARDS, minor), Posting(OWED_TO_CARDS, -minor)


def _with_invoice(invoices: Mapping[tuple[str, int], str], text: str, register: str, number: int) -> str:
    """The text with the paper's invoice or credit note, if it has one."""
    invoice = invoices.get((register, number))
    return f"{text}, {invoice}" if invoice else text


def _sale_postings(sale: SaleCompleted, register: str, groups: Groups) -> tuple[Posting, ...]:
    returned = sale.returned_lines
    net_minor = sale.net_minor - sale.deposit_minor - apart_minor(sale.lines) + apart_minor(returned)
    sold = {(): net_minor} if groups is no_groups else takings_by_group(sale, net_minor, groups)
    return (
        *_money(sale, register, 1),
        *(Posting(_money_in(one.kind, register), -one.amount_minor) for one in sale.back),
        Posting(_cash(register), -sale.change_minor),
        *(Posting((*SALES, *group), -minor) for group, minor in sold.items()),
        *_apart(sale.lines, -1),
        *_apart(returned, 1),
        Posting(DEPOSITS, -sale.deposit_minor),
        *_taxes(sale.taxes, -1),
        Posting(ROUNDING, -sale.rounding_minor),
    )


def _refund_postings(refund: SaleRefunded, register: str, groups: Groups) -> tuple[Posting, ...]:
    net_minor = refund.net_minor - refund.deposit_minor - apart_minor(refund.lines)
    back = {(): net_minor} if groups is no_groups else refunds_by_group(refund, net_minor, groups)
    return (
        *_money(refund, register, -1),
        *(Posting((*REFUNDS, *group), minor) for group, minor in back.items()),
        *_apart(refund.lines, 1),
        Posting(DEPOSITS, refund.deposit_minor),
        *_taxes(refund.taxes, 1),
        Posting(ROUNDING, refund.rounding_minor),
    )


def _correction_postings(correction: TenderCorrected, register: str) -> tuple[Posting, ...]:
    return (
        *(Posting(_money_in(one.kind, register), -one.amount_minor) for one in correction.was),
        Posting(_cash(register), correction.was_change_minor),
        *(Posting(_money_in(one.kind, register), one.amount_minor) for one in correction.tenders),
        Posting(ROUNDING, -correction.more_minor),
    )


def _transfer(other: Account, register: str, minor: int) -> tuple[Posting, ...]:
    """Postings that move cash from another account into the drawer, or out of it if negative."""
    return Posting(_cash(register), minor), Posting(other, -minor)


def _handed_in(handed: DriverHandedIn, register: str) -> tuple[Posting, ...]:
    """Postings for a driver's cash handed in; a shortage or surplus is booked as a difference. Foreign notes were
    booked to their account when collected."""
    return (
        *(Posting(_money_in(one.kind, register), -one.lacking_minor) for one in handed.notes),
        Posting(DIFFERENCES, sum(one.lacking_minor for one in handed.notes)),
        Posting(_cash(register), handed.counted_minor),
        Posting(DRIVERS, -handed.expected_minor),
        Posting(DIFFERENCES, handed.expected_minor - handed.counted_minor),
    )


def _closing_postings(shift: ShiftClosed, register: str) -> tuple[Posting, ...]:
    """Postings that move the drawer's content to the safe; a shortage or surplus is booked as a difference."""
    return (
        Posting(SAFE, shift.counted_minor),
        Posting(_cash(register), -shift.expected_minor),
        Posting(DIFFERENCES, -shift.difference_minor),
    )


def _money(paper: SaleCompleted | SaleRefunded, register: str, sign: int) -> Iterator[Posting]:
    for tender in paper.tenders:
        yield Posting(_money_in(tender.kind, register), sign * tender.amount_minor)


def _money_in(kind: str, register: str) -> Account:
    """The account of a tender. Used gift cards and advances reduce the amount owed."""
    if kind == "cash":
        return _cash(register)
    if kind in ("gift", "credit"):
        return GIFT_CARDS
    if kind == ADVANCE:
        return ADVANCES
    if kind == "account":
        return RECEIVABLES
    if is_foreign(kind):
        return ("assets", "foreign cash", currency_of(kind))
    return CARDS if kind == "card" else ("assets", "tenders", kind)


def _apart(lines: Iterable[RecordedLine], sign: int) -> Iterator[Posting]:
    for line in lines:
        if not line.is_revenue and line.amount_minor:
            yield Posting(APART[line.kind], sign * line.amount_minor)


def _taxes(taxes: Iterable[Taxed], sign: int) -> Iterator[Posting]:
    for tax in taxes:
        yield Posting(("liabilities", "taxes", f"{tax.name} {tax.rate / 1000:g}%"), sign * tax.tax_minor)


def _cash(register: str) -> Account:
    return ("assets", "cash", register)


def _entry(fact: RecordedEvent, text: str, currency: str, postings: Iterable[Posting]) -> LedgerEntry:
    """An entry with one posting per account. A sale of zero keeps a zero posting so that it stays visible."""
    sums: dict[Account, int] = {}
    for posting in postings:
        sums[posting.account] = sums.get(posting.account, 0) + posting.minor
    if left := sum(sums.values()):
        raise InvariantBroken(
            f"#{fact.seq} ({text}) doesn't balance in the books: off by {left} {currency} minor units"
        )
    told = tuple(Posting(account, minor) for account, minor in sums.items() if minor or account == SALES)
    return LedgerEntry(fact.business_date, text, fact.seq, currency, told)


_BESIDE: Mapping[type, Callable[[RecordedEvent], Iterator[LedgerEntry]]] = MappingProxyType(
    {
        **dict.fromkeys(
            (CardMoved, CardRefundRequested, CardRefundMoved, CardFeesSplit, PlatformFeeReturned), _of_cards
        ),
        **dict.fromkeys((BatchTaken, BatchClosed, PayoutReceived, StoredLost, DisputeEnded), _of_settlements),
        **dict.fromkeys((BottlesTaken, BottlesUndone), _of_bottles),
        **dict.fromkeys((AccountPaid, AccountPaymentUndone, AccountCharged), _of_accounts),
    }
)
"""Functions that book events other than papers and drawer movements, by event type."""
BOOKED: tuple[type[Event], ...] = (
    *(SaleCompleted, SaleVoided, SaleRefunded, TenderCorrected, ShiftOpened, ShiftClosed, CashMoved),
    *(DriverPaid, DriverHandedIn, *_BESIDE),
)
"""All events that are booked."""
