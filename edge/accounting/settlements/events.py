"""What can have happened to what providers of cards pay out, and to disputes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.accounting.settlements.batch import JudgedLine
from edge.core.messages import Event
from edge.money.payments.events import PaymentId
from edge.money.payments.provider import ProviderId

DisputeId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
"""Made of the payment's id, and of which dispute of it that is."""
DisputeReason = Literal["fraud", "not_received", "not_as_described", "twice", "not_refunded", "not_recognised", "other"]
DisputeEnd = Literal["won", "lost", "accepted", "expired"]
BatchEnd = Literal["accepted", "corrected", "written_off"]
"""Why somebody lets a batch be that differs: the provider is right; it corrects it in another; the shop bears it."""
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class BatchTaken(Event, frozen=True):
    """A provider's batch is here, with how many lines; what these are of ours is in `BatchJudged`. `gross_minor` is of
    payments less refunds, `charged_back_minor` of chargebacks (below zero: the provider keeps it). `digest`: of all
    that it says. `agreed_fees_minor`: what the fees of its payments are by contract (None: nobody said)."""

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
    """Some lines of a batch beside what they are of ours; one that was judged before is this from now on."""

    provider: ProviderId
    batch: str
    lines: tuple[JudgedLine, ...]


class BatchClosed(Event, frozen=True):
    """Somebody lets a batch be that differs, by `difference_minor`: what the provider reckoned more than we do."""

    provider: ProviderId
    batch: str
    currency: str
    why: BatchEnd
    difference_minor: int


class PayoutReceived(Event, frozen=True):
    """What a batch pays is on the shop's account: a credit of a bank's statement, by its `credit`."""

    provider: ProviderId
    batch: str
    currency: str
    amount_minor: int
    day: str
    credit: Digest


class PayoutAsked(Event, frozen=True):
    """A credit of a bank's statement may be one of several `batches`: a person says which."""

    credit: Digest
    day: str
    currency: str
    amount_minor: int
    batches: tuple[tuple[ProviderId, str], ...]


class StoredLost(Event, frozen=True):
    """A payment that was taken offline is not paid: its bank refused it afterwards. The sale stays."""

    payment: PaymentId
    amount_minor: int
    currency: str


class DisputeOpened(Event, frozen=True):
    """A customer's bank takes back `amount_minor` of a payment, or more is known of that than before. `answer_by`: the
    last day of an answer ("": not known)."""

    id: DisputeId
    payment: PaymentId
    reason: DisputeReason
    amount_minor: int
    currency: str
    answer_by: str = ""


class DisputeAnswered(Event, frozen=True):
    """What speaks for the shop was sent to the provider."""

    id: DisputeId


class DisputeEnded(Event, frozen=True):
    """How a dispute ended: won, the money stays; else it is gone."""

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
