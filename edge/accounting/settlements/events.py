"""Events of payouts and disputes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.accounting.settlements.batch import JudgedLine
from edge.core.messages import Event
from edge.money.payments.events import PaymentId
from edge.money.payments.providers.provider import ProviderId

DisputeId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
"""A dispute's id, made from the payment's id and the dispute's number."""
DisputeReason = Literal["fraud", "not_received", "not_as_described", "twice", "not_refunded", "not_recognised", "other"]
DisputeEnd = Literal["won", "lost", "accepted", "expired"]
BatchEnd = Literal["accepted", "corrected", "written_off"]
"""Why a differing batch was closed: the provider is right; the provider corrects it in another batch; or the shop bears
the loss."""
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class BatchTaken(Event, frozen=True):
    """A provider's batch was imported, with this number of lines; their matches are in `BatchJudged`.

    `gross_minor`: payments less refunds; `charged_back_minor`: chargebacks (negative: withheld). `digest`: of its
    content. `agreed_fees_minor`: the contractual fees for its payments (None: unknown).
    """

    provider: ProviderId
    batch: str
    currency: str
    first_day: str
    last_day: str
    paid_on: str
    gross_minor: int
    charged_back_minor: int
    fees_minor: int
    net_minor: int
    lines: int
    digest: Digest
    agreed_fees_minor: int | None = None


class BatchJudged(Event, frozen=True):
    """Lines of a batch were matched, replacing earlier matches."""

    provider: ProviderId
    batch: str
    lines: tuple[JudgedLine, ...]


class BatchClosed(Event, frozen=True):
    """A differing batch was closed; `difference_minor`: the provider's amount less ours."""

    provider: ProviderId
    batch: str
    currency: str
    why: BatchEnd
    difference_minor: int


class PayoutReceived(Event, frozen=True):
    """A batch's payout arrived at the bank, as the statement's `credit`."""

    provider: ProviderId
    batch: str
    currency: str
    amount_minor: int
    day: str
    credit: Digest


class PayoutAsked(Event, frozen=True):
    """A statement's credit matches several `batches`: a person must choose."""

    credit: Digest
    day: str
    currency: str
    amount_minor: int
    batches: tuple[tuple[ProviderId, str], ...]


class StoredLost(Event, frozen=True):
    """An offline payment was later refused by its bank. The sale stays."""

    payment: PaymentId
    amount_minor: int
    currency: str


class DisputeOpened(Event, frozen=True):
    """A customer's bank disputes `amount_minor` of a payment, or the dispute was updated. `answer_by`: the deadline
    ("": unknown)."""

    id: DisputeId
    payment: PaymentId
    reason: DisputeReason
    amount_minor: int
    currency: str
    answer_by: str = ""


class DisputeAnswered(Event, frozen=True):
    """Evidence was sent to the provider."""

    id: DisputeId


class DisputeEnded(Event, frozen=True):
    """A dispute ended. If won, the shop keeps the money; otherwise it's lost."""

    id: DisputeId
    payment: PaymentId
    how: DisputeEnd
    amount_minor: int
    currency: str


EVENTS: tuple[type[Event], ...] = (
    BatchTaken,
    BatchJudged,
    BatchClosed,
    PayoutReceived,
    PayoutAsked,
    StoredLost,
    DisputeOpened,
    DisputeAnswered,
    DisputeEnded,
)
