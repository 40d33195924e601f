"""Requests to payment terminals and their outcomes. Values only; the role itself is `roles.PaymentTerminal`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

TerminalFault = Literal[
    "declined",
    "cancelled",
    "wrong_pin",
    "pin_locked",
    "card_expired",
    "card_unreadable",
    "insufficient",
    "not_accepted",
    "limit",
    "busy",
    "offline",
    "paper",
    "not_registered",
    "key",
    "terminal_fault",
    "wrong_currency",
    "wrong_wire",
    "certificate",
    "taken_back",
    "too_late",
    "gave_less",
    "key_reused",
    "look_up_first",
    "offline_limit",
    "cash_back_debit",
    "silent",
    "broke_off",
    "bad_answer",
    "wrong_mode",
]
"""Why a payment terminal didn't carry out a request; each has a sentence for the cashier."""
Ability = Literal[
    "look_up",
    "idempotent",
    "partial",
    "confirm",
    "referenced_refund",
    "partial_refund",
    "void",
    "totals",
    "display",
    "cancel",
    "tip",
    "tip_adjust",
    "cash_back",
    "offline",
    "hold",
    "list_refunds",
]
"""Abilities of a payment terminal beyond payments and refunds.

`look_up`: find an earlier request. `idempotent`: perform requests with the same key once. `partial`: approve less than
requested. `confirm`: wait for our confirmation before taking money. `referenced_refund` and `partial_refund`: refund by
a payment's reference, in full or in part. `void`: undo a whole payment before it's settled, without a refund. `totals`:
count by brand. `display`: show lines. `cancel`: stop a running request. `tip`: ask for a tip. `tip_adjust`: add a tip
to an earlier payment. `cash_back`: pay for cash handed out. `offline`: take a payment while its host is unreachable,
and report the result later. `hold`: authorize only, and capture days later (`roles.HoldsMoney`). `list_refunds`: list
all refunds of a payment, ours or not (`roles.ListsRefunds`).
"""
TerminalMode = Literal["", "test", "live"]
"""Whether a terminal is in test or live mode; "": unknown."""
CURRENCIES_BY_HTTPS = frozenset(
    ("AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "ILS", "NOK", "NZD", "PLN", "SEK", "SGD", "USD")
)
"""Currencies for terminals over HTTPS. All have hundredths, as these protocols assume for amounts."""
CURRENCIES_BY_ZVT = frozenset(("EUR", "CHF", "GBP", "USD", "CAD", "ILS"))
SCREEN_LINES = 8
"""Lines that fit on every terminal's display, including the total."""
SCREEN_COLUMNS = 40
"""Characters per line of the display (the limit of ZVT's 06 E0)."""


class ScreenLine(msgspec.Struct, frozen=True):
    """A line of a terminal's display: its text, and its amount as displayed (`amount`) and in minor units."""

    text: str
    amount: str
    amount_minor: int


class ListedRefund(msgspec.Struct, frozen=True):
    """A refund of a payment as listed by its provider under its `reference`; `amount_minor` in minor units.
    `ours`: whether we requested it; None: the list doesn't tell."""

    reference: str
    amount_minor: int
    state: Literal["open", "done", "failed"]
    ours: bool | None = None


class TerminalScreen(msgspec.Struct, frozen=True):
    """Display of an idle terminal for the customer: the last lines of the basket, and the amount due."""

    lines: tuple[ScreenLine, ...]
    total: ScreenLine

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines for a text display; long names are cut, amounts never."""
        return tuple(_text(line) for line in (*self.lines, self.total))


def _text(line: ScreenLine) -> str:
    room = max(0, SCREEN_COLUMNS - len(line.amount) - 1)
    return f"{line.text[:room]} {line.amount}"


CardAccount = Literal["", "checking", "savings", "credit"]
"""The account a debit card paid from; "": unknown."""


CardFunding = Literal["", "debit", "credit", "prepaid"]
"""How a card is funded; "": its terminal doesn't report it."""


class TerminalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a payment terminal, recorded by the caller before its first byte is sent.

    `key` identifies this attempt (1 to 32 letters and digits) and is never reused. `amount_minor` is the whole amount
    moved, in minor units of `currency` (ISO 4217). `at_us` is the time of sending (UTC, µs). `mark` is the value of the
    terminal's `mark` just before. `reference`: for a refund, the reference of the whole payment ("": the card is
    presented again); for a tip, that of its payment.

    Payments: `asks_tip`: ask the customer for a tip on top. `cash_back_minor`: the part of the amount handed out in
    cash. `offline_most_minor`: the highest amount to take while the host is unreachable (0: never). `hold`: authorize
    only, and capture later. `tip_later`: the customer may write a tip on the slip.

    Refunds: `surcharge_minor`: the part that the terminal had added for the card. `voids`: the payment is undone
    instead of refunded. `tip_before_minor`: for a tip, the tips already on the payment; likewise for a refund that
    `voids` some of them and leaves the rest. Raises ValueError for an invalid key or amount.
    """

    key: str
    kind: Literal["payment", "refund", "tip"] = "payment"
    amount_minor: int
    currency: str
    at_us: int
    mark: str = ""
    reference: str = ""
    asks_tip: bool = False
    cash_back_minor: int = 0
    offline_most_minor: int = 0
    hold: bool = False
    surcharge_minor: int = 0
    voids: bool = False
    tip_later: bool = False
    tip_before_minor: int = 0

    def __post_init__(self) -> None:
        if not (self.key.isascii() and self.key.isalnum() and len(self.key) <= 32):
            raise ValueError("A request id has 1 to 32 letters and digits.")
        if self.amount_minor <= 0:
            raise ValueError("A terminal request needs an amount above zero.")


class Approved(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Money was moved: `amount_minor`, which may be less or more than requested.

    The amount includes `tip_minor`, a tip, and `surcharge_minor`, which the terminal added for the card. The terminal
    finds the payment by `reference`. Only the card's brand and `last4` digits are known. `at` is the terminal's local
    time ("MM-DD HH:MM:SS"). `offline`: the host has yet to approve it. `held`: authorized but not captured.
    `sends_pan`: the terminal sent a whole card number, of which only `last4` was kept. `slip` is for the customer,
    `merchant_slip` for the shop. `tvr` and `tsi` are the checks by chip and terminal (EMV tags 95 and 9B, in hex).
    `account` is the account a debit card paid from; `funding` is its kind; `merchant` is the shop's number at its
    acquirer. `converted`: the amount in the card's own currency, if the customer chose that ("48.32 GBP"), with its
    `rate` and `markup` (percent). These are as written by the terminal, only for display.
    """

    amount_minor: int
    currency: str
    reference: str
    authorisation: str = ""
    brand: str = ""
    last4: str = ""
    entry: Literal["", "stripe", "chip", "contactless"] = ""
    cvm: Literal["", "none", "signature", "pin", "pin_signature"] = ""
    aid: str = ""
    application: str = ""
    tvr: str = ""
    tsi: str = ""
    account: CardAccount = ""
    funding: CardFunding = ""
    terminal: str = ""
    merchant: str = ""
    trace: str = ""
    at: str = ""
    offline: bool = False
    held: bool = False
    tip_minor: int = 0
    surcharge_minor: int = 0
    converted: str = ""
    rate: str = ""
    markup: str = ""
    sends_pan: bool = False
    slip: tuple[str, ...] = ()
    merchant_slip: tuple[str, ...] = ()


class Declined(msgspec.Struct, frozen=True, tag=True):
    """No money was moved, and the request has ended. `told`: the terminal's own text."""

    code: TerminalFault
    told: str = ""


class NotStarted(msgspec.Struct, frozen=True, tag=True):
    """The request certainly didn't start, so it can be sent again."""

    code: TerminalFault
    told: str = ""


class StillRunning(msgspec.Struct, frozen=True, tag=True):
    """The terminal is still busy with the request: look it up again."""


class OutcomeUnknown(msgspec.Struct, frozen=True, tag=True):
    """Money may have been moved. Only a look-up can tell."""

    code: TerminalFault
    told: str = ""


SILENCE = frozenset(("offline", "silent", "broke_off"))
"""Reasons for not starting that mean the terminal sent no answer."""
TerminalOutcome = Approved | Declined | NotStarted | StillRunning | OutcomeUnknown
"""The five outcomes of a request."""


def is_silence(outcome: TerminalOutcome) -> bool:
    """Whether the terminal sent no answer. Declined, busy and invalid requests are answers."""
    match outcome:
        case OutcomeUnknown(code):
            return code != "bad_answer"
        case NotStarted(code):
            return code in SILENCE
    return False


class BrandTotal(msgspec.Struct, frozen=True):
    """A terminal's totals of a brand since its last close: payments less refunds, in minor units."""

    brand: str
    count: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    amount_minor: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]


class TerminalState(msgspec.Struct, frozen=True):
    """A terminal's state: `ready`, or the reason why not (`code`); `version`: its software version."""

    ready: bool
    code: TerminalFault | Literal[""] = ""
    version: str = ""
