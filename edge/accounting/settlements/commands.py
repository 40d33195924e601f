"""Commands of settlements."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import Batch, BatchId
from edge.accounting.settlements.events import BatchEnd, Digest, DisputeEnd, DisputeId, DisputeReason
from edge.core.messages import Command, IsoDate
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.events import FaultCode, PaymentId
from edge.money.payments.providers.provider import ProviderId

CREDITS_MOST = 1_000
"""Maximum credits per statement."""


class TakeBatch(Command, frozen=True):
    """Import a provider's payout batch, and match each line to a payment or refund. Nothing is matched twice.
    Differences stay listed until a person closes the batch."""

    provider: ProviderId
    batch: Batch


class JudgeAgain(Command, frozen=True):
    """Match a batch's missing lines again, for example after payments were looked up. Returns the batch."""

    provider: ProviderId
    batch: BatchId


class CloseBatch(Command, frozen=True):
    """Close a batch with differences, and book them."""

    provider: ProviderId
    batch: BatchId
    why: BatchEnd


class TakeCredits(Command, frozen=True):
    """Search a bank statement for payouts, which are credits of exactly a batch's net amount.

    Returns the numbers of credits found, ambiguous and unrelated. A credit is ambiguous if several batches or credits
    match; a person then decides. Unrelated credits aren't stored.
    """

    credits: Annotated[tuple[BankCredit, ...], msgspec.Meta(min_length=1, max_length=CREDITS_MOST)]


class AssignPayout(Command, frozen=True):
    """Choose which of several batches a credit belongs to."""

    credit: Digest
    provider: ProviderId
    batch: BatchId


class LoseStored(Command, frozen=True):
    """Record that the bank later refused an offline payment, so that the shop bears the loss."""

    payment: PaymentId


class OpenDispute(Command, frozen=True):
    """Record or update a dispute in which a customer's bank contests part or all of a payment."""

    payment: PaymentId
    reason: DisputeReason
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    answer_by: IsoDate | None = None


class HearDispute(Command, frozen=True):
    """Record a provider's report of a dispute, its update, or its end (`end`). Repeated reports have no effect. An
    amount of 0 means the whole payment."""

    payment: PaymentId
    reason: DisputeReason
    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    answer_by: IsoDate | None = None
    end: Literal["", "won", "lost", "expired"] = ""


class AnswerDispute(Command, frozen=True):
    """Record that evidence was sent to the provider."""

    id: DisputeId


class EndDispute(Command, frozen=True):
    """Record how a dispute ended."""

    id: DisputeId
    how: DisputeEnd


class NotePayoutsAsked(Command, frozen=True):
    """Store how far a provider's payouts were fetched, and why it stopped (`fault`, at `batch`)."""

    provider: ProviderId
    cursor: Annotated[str, msgspec.Meta(max_length=80)]
    fault: FaultCode = ""
    batch: Annotated[str, msgspec.Meta(max_length=40)] = ""
