"""Handlers of batch and bank statement commands, inside the transaction: load, decide, save."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from edge.accounting.settlements import commands, events
from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import Batch, BatchLine, JudgedLine, fault_of, is_day, sum_of
from edge.accounting.settlements.disputes import charged_back
from edge.accounting.settlements.match import DAY_TOLERANCE, LedgerItem, judge
from edge.accounting.settlements.queries import (
    PAYOUT_DAYS,
    KeptBatch,
    asked_credits,
    days_before,
    due_batches,
    find_batch,
    find_credit,
    is_settled,
    missing_lines,
    payout_parts,
)
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.money.payments.commands import MovePayment, NoteSettled
from edge.money.payments.payment import Payment
from edge.money.payments.providers.provider import DRIVERS, PAYS_BY_API, fee_of
from edge.money.payments.queries import (
    find_payment,
    payments_of_days,
    payments_of_reference,
    read_providers,
    refunds_of_days,
)

NAMED_DAYS = 14
"""Maximum days between a payment and its batch line for a match by reference. Some providers use the payout's day, and
terminals reuse numbers."""
LINES_AN_EVENT = 200
"""Maximum lines per event, so that it fits into a message."""


class TakenCredits(msgspec.Struct, frozen=True):
    """The result of reading a statement: the numbers of credits found, ambiguous, unrelated, and already known."""

    found: int
    asked: int
    unknown: int
    known: int


class Settlements:
    """Handles settlements of a store with this currency."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def take_batch(self, tx: Transaction, command: commands.TakeBatch) -> KeptBatch:
        batch, provider = command.batch, command.provider
        digest = hashlib.sha256(msgspec.json.encode(batch)).hexdigest()
        self._require_new(tx.db, provider, batch, digest)
        lines = judge(batch.lines, tuple(_candidates(tx.db, provider, batch.lines)))
        tx.append(
            events.BatchTaken(
                *(provider, batch.id, batch.currency, batch.first_day, batch.last_day, batch.paid_on),
                gross_minor=sum_of(lines, "payment", "refund"),
                charged_back_minor=sum_of(lines, "chargeback"),
                fees_minor=batch.fees_minor,
                net_minor=batch.net_minor,
                lines=len(lines),
                digest=digest,
                agreed_fees_minor=_agreed_fees(tx.db, provider, lines),
            )
        )
        _record_verdicts(tx, provider, batch.id, batch.paid_on, lines)
        return _require_batch(tx.db, provider, batch.id)

    def _require_new(self, db: Connection, provider: str, batch: Batch, digest: str) -> None:
        if provider not in {*DRIVERS, *(one.id for one in read_providers(db))}:
            raise Refusal("no_such_provider", {"provider": provider})
        if batch.currency != self._currency:
            raise Refusal("batch_currency", {"currency": batch.currency})
        if fault := fault_of(batch):
            raise Refusal(fault, {"batch": batch.id})
        if known := find_batch(db, provider, batch.id):
            raise Refusal("batch_seen" if known.digest == digest else "batch_changed", {"batch": batch.id})


def judge_again(tx: Transaction, command: commands.JudgeAgain) -> KeptBatch:
    known = _require_batch(tx.db, command.provider, command.batch)
    if known.state != "differs":
        raise Refusal("batch_state", {"batch": known.batch})
    missing = missing_lines(tx.db, known.provider, known.batch)
    again = judge(missing, tuple(_candidates(tx.db, known.provider, missing)))
    numbered = (msgspec.structs.replace(line, number=was.number) for was, line in zip(missing, again, strict=True))
    found = tuple(line for line in numbered if line.verdict != "missing_here")
    _record_verdicts(tx, known.provider, known.batch, known.paid_on, found)
    return _require_batch(tx.db, known.provider, known.batch)


def _record_verdicts(tx: Transaction, provider: str, batch: str, paid_on: str, lines: tuple[JudgedLine, ...]) -> None:
    """Record matches. Payments are marked as settled, and chargebacks as disputed."""
    for at in range(0, len(lines), LINES_AN_EVENT):
        tx.append(events.BatchJudged(provider, batch, lines[at : at + LINES_AN_EVENT]))
    settled = [(line.payment, line.fee_minor) for line in lines if line.kind == "payment" and line.our_minor]
    told = any(fee_minor for _, fee_minor in settled)  # otherwise fees are separate lines, without a payment
    for at in range(0, len(settled), LINES_AN_EVENT):
        payments, fees_minor = zip(*settled[at : at + LINES_AN_EVENT], strict=True)
        tx.do(NoteSettled(paid_on, payments, fees_minor if told else ()))
    for line in lines:
        if line.kind == "chargeback" and line.payment:
            charged_back(tx, line)


def _candidates(db: Connection, provider: str, lines: Sequence[BatchLine]) -> Iterator[LedgerItem]:
    """Candidates for a batch's lines: payments and refunds of its days, earlier payments that it references, and
    charged-back payments of any age."""
    days, account = sorted(line.day for line in lines), same_account(db, provider)
    if not days:
        return
    first, last = days_before(days[0], DAY_TOLERANCE), days_before(days[-1], -DAY_TOLERANCE)
    seen, listed, oldest = set[str](), set[str](), days_before(first, NAMED_DAYS)
    for payment in (one for id in account for one in payments_of_days(db, id, first, last)):
        seen.add(payment.id)
        yield (item := _candidate(db, payment))
        listed.update(item.references)
    for line in lines:
        if line.reference and (line.kind == "chargeback" or line.reference not in listed):
            for payment in (one for id in account for one in payments_of_reference(db, id, line.reference)):
                if payment.id not in seen and (line.kind == "chargeback" or payment.business_date >= oldest):
                    seen.add(payment.id)
                    yield _candidate(db, payment)
    for day, refund in refunds_of_days(db, first, last):
        paid = find_payment(db, refund.payment)
        if paid is None or paid.provider not in account or refund.lowers:
            continue
        back, settled = refund.approval, is_settled(db, refund.payment, refund.number)
        named = (back.reference, back.authorisation) if back else ("", "")
        references = (named[0], refund.key, refund.reference, *_references(paid))
        minor = -refund.amount_minor
        yield LedgerItem(paid.id, refund.number, minor, day, refund.brand, named[1], references, settled)


def same_account(db: Connection, provider: str) -> tuple[str, ...]:
    """A provider, and others with the same account and API key, whose payments are in its batches."""
    known = read_providers(db)
    one = next((one for one in known if one.id == provider), None)
    if one is None or one.driver not in PAYS_BY_API:
        return (provider,)
    same = [
        other.id
        for other in known
        if other.id != provider
        and other.credential == one.credential
        and PAYS_BY_API.get(other.driver) == PAYS_BY_API[one.driver]
    ]
    return (provider, *same)


def _candidate(db: Connection, payment: Payment) -> LedgerItem:
    approval, settled = payment.approval, is_settled(db, payment.id, 0)
    brand, authorisation = (approval.brand, approval.authorisation) if approval else ("", "")
    of = (payment.id, 0, payment.taken_minor + payment.added_minor, payment.business_date, brand, authorisation)
    return LedgerItem(*of, _references(payment), settled)


def _references(payment: Payment) -> tuple[str, ...]:
    """References by which a provider may know a payment. Some terminals write `tender.id`; then the id alone is
    included too."""
    reference = payment.approval.reference if payment.approval else ""
    return reference, reference.rpartition(".")[2], payment.reference, payment.key, payment.id


def _agreed_fees(db: Connection, provider: str, lines: tuple[JudgedLine, ...]) -> int | None:
    """The contractual fees of a batch's payments; None if unknown."""
    known = next((one for one in read_providers(db) if one.id == provider), None)
    if known is None or not (known.fee_rate or known.fee_fixed_minor):
        return None
    return sum(fee_of(known, line.amount_minor) for line in lines if line.kind == "payment")


def close_batch(tx: Transaction, command: commands.CloseBatch) -> KeptBatch:
    known = _require_batch(tx.db, command.provider, command.batch)
    if known.state != "differs":
        raise Refusal("batch_state", {"batch": known.batch})
    difference_minor = known.difference_minor
    tx.append(events.BatchClosed(known.provider, known.batch, known.currency, command.why, difference_minor))
    return _require_batch(tx.db, command.provider, command.batch)


def record_payout_fetch(tx: Transaction, command: commands.NotePayoutsAsked) -> None:
    said = (command.provider, command.cursor, tx.at_us, command.fault, command.batch)
    query = "INSERT OR REPLACE INTO payouts_asked (provider, cursor, asked_us, fault, batch) VALUES (?, ?, ?, ?, ?)"
    tx.db.execute(query, said)


def take_credits(tx: Transaction, command: commands.TakeCredits) -> TakenCredits:
    if not all(is_day(credit.day) for credit in command.credits):
        raise Refusal("batch_day")
    new = {one.digest: one for one in command.credits if find_credit(tx.db, one.digest) is None}
    fits = {digest: _fitting(tx.db, one) for digest, one in new.items()}
    rivals = Counter((one.provider, one.batch) for fitting in fits.values() for one in fitting)
    rivals.update(batch for asked_before in asked_credits(tx.db) for batch in asked_before.batches)
    found = asked = unknown = 0
    for digest, credit in new.items():
        fitting = fits[digest]
        batches = tuple((one.provider, one.batch) for one in fitting)
        if len(fitting) == 1 and rivals[batches[0]] == 1:
            found += 1
            _receive(tx, fitting[0], digest, credit.day)
        elif fitting:
            asked += 1
            asks = events.PayoutAsked(digest, credit.day, credit.currency, credit.amount_minor, batches)
            tx.append(asks)
        else:
            unknown += 1
    return TakenCredits(found, asked, unknown, len(command.credits) - len(new))


def assign_payout(tx: Transaction, command: commands.AssignPayout) -> None:
    credit, batch = find_credit(tx.db, command.credit), _require_batch(tx.db, command.provider, command.batch)
    if credit is None or (command.provider, command.batch) not in credit.batches or batch.received_on:
        raise Refusal("payout_other", {"batch": command.batch})
    _receive(tx, batch, credit.credit, credit.day)


def lose_stored(tx: Transaction, command: commands.LoseStored) -> None:
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    if payment.state != "stored":
        raise Refusal("payment_state", {"state": payment.state})
    _book_lost(tx, payment)
    tx.do(MovePayment(payment.id, "lost", "person", code="offline_declined"))


def lose_refused(tx: Transaction, command: MovePayment, payment: Payment) -> Payment:
    """Book an offline payment as lost at once, as its bank refused it. Its sale stays."""
    if payment.state != "stored" or payment.code != "offline_declined":
        return payment
    _book_lost(tx, payment)
    moved: Payment = tx.do(MovePayment(payment.id, "lost", command.by, code="offline_declined")).result
    return moved


def _book_lost(tx: Transaction, payment: Payment) -> None:
    """Book the lost amount that the sale counted as received; nothing if the payment had no sale."""
    if payment.used_minor:
        tx.append(events.StoredLost(payment.id, payment.used_minor, payment.currency))


def _fitting(db: Connection, credit: BankCredit) -> list[KeptBatch]:
    """Unpaid batches that a credit may belong to: those with the same amount and a date within a few days."""
    day = date.fromisoformat(credit.day)
    due = due_batches(db, credit.currency, credit.amount_minor)
    return [one for one in due if abs((date.fromisoformat(one.paid_on) - day).days) <= PAYOUT_DAYS]


def _receive(tx: Transaction, batch: KeptBatch, credit: str, day: str) -> None:
    """Record that a batch's payout arrived, including all its parts."""
    for part in payout_parts(tx.db, batch):
        of = (part.provider, part.batch, part.currency, part.net_minor)
        tx.append(events.PayoutReceived(*of, day=day, credit=credit))


def _require_batch(db: Connection, provider: str, batch: str) -> KeptBatch:
    found = find_batch(db, provider, batch)
    if found is None:
        raise Refusal("no_such_batch", {"batch": batch})
    return found
