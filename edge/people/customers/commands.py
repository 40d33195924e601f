"""What can be asked of customers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.lib.regions.addresses import Address
from edge.people.customers.customer import How, Preferences, PriceList, Purpose, RequestKind, Tag, Version

CustomerId = Annotated[str, msgspec.Meta(pattern=r"^c[a-z0-9]{1,20}$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]
"""As it was typed: what is too long for its field is refused in words."""


class SetCustomer(AskingCommand, frozen=True):
    """Let a customer be as this says, or be a new one (without an `id`); the result is the id.

    What is left out stays as it is; an empty text is taken away. `phone` as people write it, `born` as 1990-12-31.
    `new_code`: a member's code is made up. A postal code of another province is asked about.
    """

    personal: ClassVar[tuple[str, ...]] = (
        *("name", "phone", "email", "born", "language", "addresses", "preferences", "member_code"),
    )

    id: CustomerId | None = None
    name: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    born: Text | None = None
    language: Tag | None = None
    price_list: PriceList | None = None
    member_code: Text | None = None
    new_code: bool = False
    addresses: Annotated[tuple[Address, ...], msgspec.Meta(max_length=100)] | None = None
    preferences: Preferences | None = None


class MergeCustomers(Command, frozen=True):
    """Two are the same person: all of `merged` answers under `kept` from now on. It cannot be undone."""

    kept: CustomerId
    merged: CustomerId


class ForgetCustomer(Command, frozen=True):
    """Destroy the keys of a customer, and of all that was merged into them. It cannot be undone."""

    id: CustomerId


class StillKept(msgspec.Struct, frozen=True):
    """What is kept of a customer who was forgotten: an invoice by its number, a guest's order with their phone by what
    people call it; `why`, and the last day on which it is readable, "" where that is 90 days after its end."""

    what: Literal["invoice", "guest_order"]
    number: str
    why: Literal["tax_law", "order_open", "order_owed"]
    until: str = ""


class ExportCustomer(Command, frozen=True):
    """Note that somebody reads all that is kept of a customer, and why; the result is their id."""

    personal: ClassVar[tuple[str, ...]] = ("why",)

    id: CustomerId
    why: Text


class PublishWording(Command, frozen=True):
    """Ask for a consent in a new wording, by language; `material`: an older yes is to be renewed within 30 days."""

    purpose: Purpose
    version: Version
    texts: dict[Tag, Text]
    material: bool = False


class GiveConsent(Command, frozen=True):
    """A customer said yes to a purpose, in a wording that they read in a language; without a `wording`, the newest."""

    customer: CustomerId
    purpose: Purpose
    language: Tag
    wording: Version | None = None
    how: How = "counter"


class WithdrawConsent(Command, frozen=True):
    """A customer said no, or no longer: what was kept by that consent alone is destroyed at once."""

    customer: CustomerId
    purpose: Purpose
    how: How = "counter"


class NoteRequest(Command, frozen=True):
    """A customer asks for what the law gives them: to read all that is kept, to have it corrected, to be forgotten."""

    customer: CustomerId
    kind: RequestKind


class NoteRequestOf(Command, frozen=True):
    """The same of everybody who is known by exactly this phone (in full, +...) or this e-mail address. The result: how
    many customers that are."""

    personal: ClassVar[tuple[str, ...]] = ("phone", "email")

    kind: RequestKind
    phone: Text = ""
    email: Text = ""


class AnswerRequest(Command, frozen=True):
    """A request was answered: done, or refused for a reason that was told. What was read out or forgotten answers by
    itself."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)

    request: Number
    refused: bool = False
    reason: Text = ""


class NoteBreach(Command, frozen=True):
    """Something of people got where it should not be: when, of how many, whether it may do them real harm, and what was
    done. Without names: the note is kept for ever, and the law wants 24 months."""

    began_us: Number
    people: Number
    harm: bool
    what: Text
    told: bool = False


class AddWish(Command, frozen=True):
    """Put a product onto a customer's wish list; once more with another `note` changes that."""

    personal: ClassVar[tuple[str, ...]] = ("note",)

    customer: CustomerId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    note: Text = ""


class RemoveWish(Command, frozen=True):
    """Take a product off a customer's wish list."""

    customer: CustomerId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
