"""What a payment terminal is asked and how that ends. Values alone; the role itself is `roles.PaymentTerminal`."""

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
"""Why a payment terminal did not do as it was asked; a sentence for the cashier stands under each."""
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
"""What a payment terminal can do beside taking and giving back money: find a request again; do one of the same key
once; approve less than asked; wait for our word before it takes the money; give back by a payment's reference, and
also a part of it; undo a whole payment that was not paid out yet, as if it had never been; count by brand; show lines;
be stopped; ask for a tip; add one to a payment afterwards; pay for cash that is handed out; take a payment while its
host is gone, and tell later what became of it; authorise alone, and take the money days later (`roles.HoldsMoney`);
list what went back of a payment, whoever gave it back (`roles.ListsRefunds`)."""
TerminalMode = Literal["", "test", "live"]
"""Whether a terminal is reached by what moves no money, or by what does; "": nothing says it."""
CURRENCIES_BY_HTTPS = frozenset(
    ("AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "ILS", "NOK", "NZD", "PLN", "SEK", "SGD", "USD")
)
"""What terminals over HTTPS are asked for: those of hundredths, as amounts on these wires are taken to be."""
CURRENCIES_BY_ZVT = frozenset(("EUR", "CHF", "GBP", "USD", "CAD", "ILS"))
SCREEN_LINES = 8
"""What fits onto the display of every terminal, the total among them."""
SCREEN_COLUMNS = 40
"""Of a line there (ZVT's 06 E0 has no more)."""


class ScreenLine(msgspec.Struct, frozen=True):
    """A line of a terminal's display: what it is, and its sum as people read it (`amount`) and in minor units."""

    text: str
    amount: str
    amount_minor: int


class ListedRefund(msgspec.Struct, frozen=True):
    """A refund of a payment as its provider lists it, under its `reference` there; `amount_minor` in minor units.
    `ours`: whether we asked for it; None: the list does not say."""

    reference: str
    amount_minor: int
    state: Literal["open", "done", "failed"]
    ours: bool | None = None


class TerminalScreen(msgspec.Struct, frozen=True):
    """What a customer reads on a terminal that is idle: the last lines of their basket, and what there is to pay."""

    lines: tuple[ScreenLine, ...]
    total: ScreenLine

    @property
    def texts(self) -> tuple[str, ...]:
        """Line by line, for a display of words; a name is cut where it is long, a sum never."""
        return tuple(_text(line) for line in (*self.lines, self.total))


def _text(line: ScreenLine) -> str:
    room = max(0, SCREEN_COLUMNS - len(line.amount) - 1)
    return f"{line.text[:room]} {line.amount}"


CardAccount = Literal["", "checking", "savings", "credit"]
"""From which of its holder's accounts a debit card paid; "": nobody said so."""


CardFunding = Literal["", "debit", "credit", "prepaid"]
"""Whose money a card pays with; "": its terminal does not say so."""


class TerminalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a payment terminal, written down by whoever asks before its first byte goes out.

    `key` names this attempt (1 to 32 letters and digits) and never another. `amount_minor` is what moves in all, in
    minor units of `currency` (ISO 4217). `at_us` is when it is sent (UTC, µs). `mark` is what the terminal's `mark`
    said just before. Of a refund, `reference` is that of the whole payment it gives back; "": the card is presented
    again; of a tip, that of the payment that it is added to. Of a payment: `asks_tip`, whether the customer is asked
    for a tip on top; `cash_back_minor` of the amount is handed out in cash; up to `offline_most_minor` it may be taken
    while the host is gone (0: never); `hold`: it is authorised alone, and captured when we say so. Of a refund,
    `surcharge_minor` of it is what the terminal had added for the card; `voids`: its payment shall be undone as if it
    had never been, and is not refunded instead by us. Of a payment, `tip_later`: its customer may write a tip onto the
    slip; of a tip, `tip_before_minor` is what of tips is on its payment already; of a refund that `voids` a part of
    that, likewise, and what is left of it is the tip. `ValueError`: no such key, or no amount.
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
    """Money moved: `amount_minor` of it, which may be less or more than was asked; `tip_minor` of it is a tip,
    and `surcharge_minor` what the terminal added for the card.

    `reference` is what the terminal finds it by. Of the card only the brand and the `last4` digits are known; `at` is
    the terminal's own clock ("MM-DD HH:MM:SS", in its own zone). `offline`: its host has yet to agree; `held`: it is
    authorised, and not captured yet. `sends_pan`: the terminal sent a whole card number, of which nothing but `last4`
    was kept. `slip` is for the customer, `merchant_slip` for the shop. `tvr` and `tsi` are what chip and terminal
    checked (EMV tags 95 and 9B, in hex); `account` which of its accounts a debit card paid from; `funding` of which
    kind it is; `merchant` the shop's number at its acquirer. `converted`: what the customer chose to pay in their
    card's own currency ("48.32 GBP"), by which `rate` and with which `markup` (percent), all as the terminal writes
    them: no sum of ours is reckoned with them.
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
    """No money moved, and the request is over. `told` is the terminal's own word for it."""

    code: TerminalFault
    told: str = ""


class NotStarted(msgspec.Struct, frozen=True, tag=True):
    """Surely nothing began: it may be asked anew."""

    code: TerminalFault
    told: str = ""


class StillRunning(msgspec.Struct, frozen=True, tag=True):
    """The terminal is at it, and will know: look again."""


class OutcomeUnknown(msgspec.Struct, frozen=True, tag=True):
    """Money may have moved. Nothing but a look-up ends that."""

    code: TerminalFault
    told: str = ""


SILENCE = frozenset(("offline", "silent", "broke_off"))
"""Why nothing began that say that nobody answered."""
TerminalOutcome = Approved | Declined | NotStarted | StillRunning | OutcomeUnknown
"""The five ends of a request."""


def is_silence(outcome: TerminalOutcome) -> bool:
    """Whether nobody answered, or only that it cannot: a decline, a busy terminal and a wrong request are answers."""
    match outcome:
        case OutcomeUnknown(code):
            return code != "bad_answer"
        case NotStarted(code):
            return code in SILENCE
    return False


class BrandTotal(msgspec.Struct, frozen=True):
    """What a terminal counted of a brand since its last close: payments less refunds, in minor units."""

    brand: str
    count: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    amount_minor: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]


class TerminalState(msgspec.Struct, frozen=True):
    """How a terminal says it is: `ready`, or by `code` why not; `version` is that of its program."""

    ready: bool
    code: TerminalFault | Literal[""] = ""
    version: str = ""
