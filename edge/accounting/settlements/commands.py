"""What can be asked of settlements."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import Batch, BatchId
from edge.accounting.settlements.events import BatchEnd, Digest, DisputeEnd, DisputeId, DisputeReason
from edge.core.messages import Command, IsoDate
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.events import FaultCode, PaymentId
from edge.money.payments.provider import ProviderId

CREDITS_MOST = 1_000
"""Of one statement."""


class TakeBatch(Command, frozen=True):
    """Take in what a provider pays out, and put each line beside the payment or refund that it is. Nothing of ours is
    paid out twice; what does not fit stays named until somebody lets the batch be."""

    provider: ProviderId
    batch: Batch


class JudgeAgain(Command, frozen=True):
    """Look once more for what a batch has and the till did not, such as a payment that was looked up meanwhile. The
    result is the batch as it is now."""

    provider: ProviderId
    batch: BatchId


class CloseBatch(Command, frozen=True):
    """Let a batch be that differs. Its difference goes to the books."""

    provider: ProviderId
    batch: BatchId
    why: BatchEnd


class TakeCredits(Command, frozen=True):
    """Look in a bank's statement for what batches pay: a credit of exactly the net of one. The result says how many
    were found, of how many a person is asked (several batches fit, or several credits fit one), and how many are of
    none; those of none are not kept."""

    credits: Annotated[tuple[BankCredit, ...], msgspec.Meta(min_length=1, max_length=CREDITS_MOST)]


class AssignPayout(Command, frozen=True):
    """Say of which of several batches a credit is."""

    credit: Digest
    provider: ProviderId
    batch: BatchId


class LoseStored(Command, frozen=True):
    """Say that a bank refused afterwards what was taken offline: the shop bears it."""

    payment: PaymentId


class OpenDispute(Command, frozen=True):
    """Note that a customer's bank takes back a payment, or part of it; or what more is known of that."""

    payment: PaymentId
    reason: DisputeReason
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    answer_by: IsoDate | None = None


class HearDispute(Command, frozen=True):
    """Hear from a provider that a payment is disputed, what more is known of that, or how it ended (`end`). The same
    again has no effect; an amount of 0 is all that was taken."""

    payment: PaymentId
    reason: DisputeReason
    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    answer_by: IsoDate | None = None
    end: Literal["", "won", "lost", "expired"] = ""


class AnswerDispute(Command, frozen=True):
    """Note that what speaks for the shop was sent to the provider."""

    id: DisputeId


class EndDispute(Command, frozen=True):
    """Note how a dispute ended."""

    id: DisputeId
    how: DisputeEnd


class NotePayoutsAsked(Command, frozen=True):
    """Keep how far a provider was asked for what it pays out, and why no further (`fault`, at a `batch`)."""

    provider: ProviderId
    cursor: Annotated[str, msgspec.Meta(max_length=80)]
    fault: FaultCode = ""
    batch: Annotated[str, msgspec.Meta(max_length=40)] = ""
