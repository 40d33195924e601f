"""Imported customers and cards, as used in commands. Pure."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from edge.accounting.accounts.commands import OpeningMinor
from edge.core.messages import Number
from edge.foundation.access.commands import Role as RoleId
from edge.foundation.access.commands import UserName
from edge.lib.regions.addresses import Address
from edge.money.gift_cards.card import CardId, CardMinor

FileKind = Literal[
    "catalogue",
    "customers",
    "gift_cards",
    "sales_lines",
    "receipts",
    "sales_days",
    "sales_summary",
    "staff",
    "stock",
    "suppliers",
    "taxes",
    "categories",
    "modifiers",
    "discounts",
    "unknown",
]
KINDS: tuple[FileKind, ...] = get_args(FileKind)
TOTALS: tuple[FileKind, ...] = ("sales_days", "receipts")
TAKEN: tuple[FileKind, ...] = (
    *("categories", "catalogue", "modifiers", "stock", "customers", "gift_cards", "sales_lines", *TOTALS),
    "staff",
)
"""Kinds of files that are imported, in order, as products need their categories, and stock and sales their products."""
FILES_MOST = 15
Stamp = Annotated[str, msgspec.Meta(max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=300)]
Points = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class MovedCustomer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A customer of another system, from `line` of the file, in the shop's fields.

    `marketing`: they consented to marketing there; `member`: they collected points there and continue here.
    `owed_minor`: their debt on account there (negative: a credit balance); `pays_later`: they continue to buy on
    account.
    """

    line: Number
    name: Text = ""
    phone: Text = ""
    email: Text = ""
    born: Text = ""
    code: Text = ""
    address: Address | None = None
    marketing: bool = False
    member: bool = False
    points: Points = 0
    owed_minor: OpeningMinor = 0
    pays_later: bool = False


class MovedCard(msgspec.Struct, frozen=True):
    """A gift card of another system, by a digest of its code. `expires_on`: the last day; "": none."""

    line: Number
    card: CardId
    tail: Annotated[str, msgspec.Meta(max_length=4)]
    minor: CardMinor
    expires_on: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$(?!\n)")] = ""


class MovedUser(msgspec.Struct, frozen=True):
    """A user of another system, from `line` of the file, with their role here."""

    line: Number
    name: UserName
    role: RoleId
    email: Text = ""
    phone: Text = ""


class MovedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An uploaded file and how to read it: its `kind`, and the `answers` to questions about it. `stamp`: the state of
    the file and the shop's settings when the questions were asked (`SwitchingSettings.stamp`); "": not compared."""

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=4096, pattern=r"^[^\x00]*$(?!\n)")]
    kind: FileKind
    answers: Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(max_length=50)] = {}
    stamp: Stamp = ""


class ImportedCustomer(msgspec.Struct, frozen=True, array_like=True):
    """An import's changes to a customer: their first and last journal row, and the row with the state before (0: a new
    customer).

    `points`: added; `purposes`: consents recorded; `openings`: rows with imported debt; `account`: the row that let
    them pay later (0: they already could).
    """

    id: str
    first: Number
    last: Number
    before: Number = 0
    points: Points = 0
    purposes: tuple[str, ...] = ()
    openings: tuple[Number, ...] = ()
    account: Number = 0
