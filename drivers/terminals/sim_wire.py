"""Messages to and from the simulated terminal: one JSON object per line, in both directions. Pure.

The tag `says` names the message; unknown keys are ignored, any other mismatch is a BadMessage.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from drivers.terminal_outcomes import Approved, CardAccount, CardFunding, TerminalFault
from drivers.terminals.card_data import hex_of, is_whole_number, mask_card_numbers
from drivers.terminals.link import BadMessage

MAX_SLIP_LINES = 200


class Accepted(msgspec.Struct, frozen=True, tag_field="says", tag="ok"):
    """The terminal accepts the request."""


class Refusal(msgspec.Struct, frozen=True, tag_field="says", tag="no"):
    """The terminal refuses the request; nothing began."""

    code: TerminalFault


class Step(msgspec.Struct, frozen=True, tag_field="says", tag="step"):
    """The current step of a request."""

    step: str = ""


class Approval(msgspec.Struct, frozen=True, tag_field="says", tag="approved"):
    """Money was moved, or, unless `final`, would be with our confirmation."""

    amount_minor: int
    currency: str
    reference: str
    final: bool
    authorisation: str = ""
    brand: str = ""
    card: str = ""
    entry: Literal["", "stripe", "chip", "contactless"] = ""
    cvm: Literal["", "none", "signature", "pin", "pin_signature"] = ""
    aid: str = ""
    application: str = ""
    tvr: str = ""
    tsi: str = ""
    account: CardAccount = ""
    funding: CardFunding = ""
    merchant: str = ""
    at: str = ""
    offline: bool = False
    surcharge_minor: int = 0
    tip_minor: int = 0
    converted: str = ""
    rate: str = ""
    markup: str = ""
    slip: tuple[str, ...] = ()
    merchant_slip: tuple[str, ...] = ()


class Decline(msgspec.Struct, frozen=True, tag_field="says", tag="declined"):
    """No money was moved."""

    code: TerminalFault
    told: str = ""


class Running(msgspec.Struct, frozen=True, tag_field="says", tag="running"):
    """The request is still running."""


class NotFound(msgspec.Struct, frozen=True, tag_field="says", tag="not_found"):
    """The request looked up is unknown."""


class Counted(msgspec.Struct, frozen=True):
    """The totals of one brand."""

    brand: str
    count: int
    amount_minor: int


class Totals(msgspec.Struct, frozen=True, tag_field="says", tag="totals"):
    """The totals of the day."""

    brands: tuple[Counted, ...]


class Idle(msgspec.Struct, frozen=True, tag_field="says", tag="state"):
    """The terminal's state."""

    code: TerminalFault | Literal[""]
    version: str


SimMessage = Accepted | Refusal | Step | Approval | Decline | Running | NotFound | Totals | Idle
_decoder = msgspec.json.Decoder(SimMessage)


def take(held: bytes) -> tuple[SimMessage, int] | None:
    """The first message received, and its size; None while incomplete. Raises BadMessage."""
    end = held.find(b"\n")
    if end < 0:
        return None
    try:
        return _decoder.decode(held[:end]), end + 1
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise BadMessage from None  # the cause quotes the message


def ask(do: str, **more: Any) -> bytes:
    """A message to the terminal."""
    return msgspec.json.encode({"do": do, **more}) + b"\n"


def approved_of(approval: Approval) -> Approved:
    """The approval as the shop keeps it: without the card number."""
    return Approved(
        amount_minor=approval.amount_minor,
        currency=approval.currency,
        reference=mask_card_numbers(approval.reference),
        authorisation=mask_card_numbers(approval.authorisation),
        brand=mask_card_numbers(approval.brand),
        last4=approval.card[-4:],
        entry=approval.entry,
        cvm=approval.cvm,
        aid=mask_card_numbers(approval.aid),
        application=mask_card_numbers(approval.application),
        tvr=hex_of(approval.tvr, 5),
        tsi=hex_of(approval.tsi, 2),
        account=approval.account,
        funding=approval.funding,
        merchant=mask_card_numbers(approval.merchant),
        at=mask_card_numbers(approval.at),
        offline=approval.offline,
        tip_minor=approval.tip_minor,
        surcharge_minor=approval.surcharge_minor,
        converted=mask_card_numbers(approval.converted),
        rate=mask_card_numbers(approval.rate),
        markup=mask_card_numbers(approval.markup),
        sends_pan=is_whole_number(approval.card),
        slip=_lines(approval.slip),
        merchant_slip=_lines(approval.merchant_slip),
    )


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mask_card_numbers(line) for line in lines[:MAX_SLIP_LINES])
