"""`payment_news`: {"news": [{"payment": "0f...", "event": "evt_1", "what": "look"}]}: payment providers' notifications
to head office.

The shop checks each with the provider. Details that can't be looked up are taken from the notification.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

from edge.accounting.settlements.commands import HearDispute
from edge.accounting.settlements.events import DisputeReason
from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.messages import Command, Done
from edge.core.registry import Transaction
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.commands import HearNews
from edge.money.payments.events import PaymentId, ProviderReference

End = Literal["", "won", "lost"]


class ToldNews(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A notification. For a refund, its amount and `success`; for a dispute, its `reason` ("": not given), the deadline
    for a response, and the result. `reference`: the provider's id."""

    payment: PaymentId
    event: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    what: Literal["look", "refund", "dispute"]
    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    success: bool = True
    reason: DisputeReason | Literal[""] = ""
    due: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)")] = ""
    end: End = ""
    reference: ProviderReference = ""


class ToldPayments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `payment_news` directive: providers' notifications."""

    news: tuple[ToldNews, ...]


def _apply(tx: Transaction, _number: int, told: tuple[ToldNews, ...]) -> Applied:
    changed, unknown = 0, []
    for one in told:
        done: Done | None = attempt(tx, _command(one))
        changed += bool(done and done.events)
        if done is None:
            unknown.append(one.payment)
    return Applied(changed, tuple(unknown))


def _command(one: ToldNews) -> Command:
    if one.what == "dispute":
        return HearDispute(one.payment, one.reason or "other", one.amount_minor, one.due or None, one.end)
    refund = one.event.partition("-")[0] if one.what == "refund" else ""  # Adyen's: the refund's reference comes first
    known = refund if re.fullmatch(r"[A-Za-z0-9_.]{1,64}", refund) else ""
    return HearNews(one.payment, one.what, one.amount_minor, one.success, one.reference, known)


PAYMENT_NEWS = Kind("payment_news", ToldPayments, _apply, internal=True)
