"""Data stored about the card that paid. It never contains the card number. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from drivers.terminal_outcomes import Approved, CardAccount, CardFunding

TEXT_MOST = 40
"""Longest card description from a terminal. Longer text is cut."""
REFERENCE_MOST = 64
"""Longest reference by which a terminal finds a payment. A reference can't be cut."""
SLIP_LINES_MOST, SLIP_COLUMNS_MOST = 60, 48
"""Largest slip in lines and columns, so that a sale with it fits into one event."""

INTERAC_RID = "A000000277"
"""Prefix of the application identifiers of Interac cards: its registered application provider (EMV)."""

Entry = Literal["", "stripe", "chip", "contactless"]
Cvm = Literal["", "none", "signature", "pin", "pin_signature"]


class CardApproval(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Money that a terminal took or returned: `amount_minor` in minor units of the payment's currency, including
    `tip_minor` as a tip and `surcharge_minor` as the terminal's surcharge for the card.

    `reference` is the terminal's key for it. Only `brand` and `last4` of the card are known. `at` is the terminal's
    time. `offline`: not confirmed by its host yet; `sends_pan`: it sent a full card number, which was discarded. `slip`
    is for the customer, `merchant_slip` for the shop. `tvr`, `tsi`, `account`, `funding`, `merchant`, `converted`,
    `rate`, `markup`: as in `Approved`.
    """

    amount_minor: Annotated[int, msgspec.Meta(ge=0, le=10**15)]
    reference: str = ""
    authorisation: str = ""
    brand: str = ""
    last4: str = ""
    entry: Entry = ""
    cvm: Cvm = ""
    aid: str = ""
    application: str = ""
    tvr: str = ""
    tsi: str = ""
    account: CardAccount = ""
    funding: CardFunding = ""
    terminal: str = ""
    merchant: str = ""
    at: str = ""
    offline: bool = False
    tip_minor: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0
    surcharge_minor: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0
    converted: str = ""
    rate: str = ""
    markup: str = ""
    sends_pan: bool = False
    slip: tuple[str, ...] = ()
    merchant_slip: tuple[str, ...] = ()

    @property
    def display_name(self) -> str:
        """The card as shown next to an amount: "VISA 1111"."""
        return " ".join(part for part in (self.brand, self.last4) if part)

    @property
    def is_interac(self) -> bool:
        """Whether the payment used Canada's debit network, by its brand or registered application provider (RID)."""
        return self.brand.upper().startswith("INTERAC") or self.aid.startswith(INTERAC_RID)

    @property
    def is_no_debit(self) -> bool:
        """Whether the terminal reports a card that isn't a debit card and so can't be used for cash back."""
        return self.funding not in ("", "debit")

    @property
    def is_online_alone(self) -> bool:
        """Whether its network refuses offline payments, even if the terminal accepts them."""
        return self.is_interac or self.brand.casefold() == "girocard"


def approval_of(approved: Approved) -> CardApproval:
    """The data to store from a terminal's answer."""
    return CardApproval(
        amount_minor=approved.amount_minor,
        reference=_short(approved.reference, REFERENCE_MOST),
        authorisation=_short(approved.authorisation),
        brand=_short(approved.brand),
        last4=approved.last4[-4:],
        entry=approved.entry,
        cvm=approved.cvm,
        aid=_short(approved.aid),
        application=_short(approved.application),
        tvr=approved.tvr[:10],
        tsi=approved.tsi[:4],
        account=approved.account,
        funding=approved.funding,
        terminal=_short(approved.terminal),
        merchant=_short(approved.merchant),
        at=_short(approved.at),
        offline=approved.offline,
        tip_minor=max(0, min(approved.tip_minor, approved.amount_minor)),
        surcharge_minor=max(0, min(approved.surcharge_minor, approved.amount_minor)),
        converted=_short(approved.converted),
        rate=_short(approved.rate),
        markup=_short(approved.markup),
        sends_pan=approved.sends_pan,
        slip=_lines(approved.slip),
        merchant_slip=_lines(approved.merchant_slip),
    )


def _short(text: str, most: int = TEXT_MOST) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:most]


def _lines(slip: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line[:SLIP_COLUMNS_MOST] for line in slip[:SLIP_LINES_MOST])
