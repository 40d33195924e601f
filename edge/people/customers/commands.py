"""Commands of customers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.lib.regions.addresses import Address
from edge.people.customers.customer import How, Preferences, PriceList, Purpose, RequestKind, Tag, Version

CustomerId = Annotated[str, msgspec.Meta(pattern=r"^c[a-z0-9]{1,20}$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=4_000)]
"""Text as typed; if it's too long, the command is refused with an explanation."""


class SetCustomer(AskingCommand, frozen=True):
    """Add a customer (without `id`) or change one; returns the id.

    Omitted fields don't change; empty text removes a value. `phone` in local format, `born` as 1990-12-31. `new_code`:
    generate a member code. A postal code of another province needs confirmation.
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


class NewCustomer(msgspec.Struct, frozen=True):
    """A customer to add, with the consents that they gave."""

    customer: SetCustomer
    consents: tuple[Purpose, ...] = ()


class AddCustomers(Command, frozen=True):
    """Add customers from another system, whose consents were given there. Returns an `AddedCustomer` for each.

    `group`: shared by commands that add customers one after another; their ids begin alike (`rules.made_id`).
    """

    personal: ClassVar[tuple[str, ...]] = ("rows",)

    rows: Annotated[tuple[NewCustomer, ...], msgspec.Meta(max_length=20)]
    language: Tag
    group: Annotated[str, msgspec.Meta(max_length=64)] = ""


class AddedCustomer(msgspec.Struct, frozen=True):
    """An added customer ("": refused) and the consents that were refused."""

    id: str = ""
    refused: tuple[Purpose, ...] = ()


class MergeCustomers(Command, frozen=True):
    """Merge two records of one person: `merged` continues under `kept`. Irreversible."""

    kept: CustomerId
    merged: CustomerId


class ForgetCustomer(Command, frozen=True):
    """Destroy the keys of a customer and all records merged into them. Irreversible."""

    id: CustomerId


class StillKept(msgspec.Struct, frozen=True):
    """Data kept about a forgotten customer: an invoice, by number, or a guest order with their phone, by name.

    `why`: the reason, with the last readable day ("": 90 days after its end).
    """

    what: Literal["invoice", "guest_order"]
    number: str
    why: Literal["tax_law", "order_open", "order_owed"]
    until: str = ""


class ExportCustomer(Command, frozen=True):
    """Record that a user reads all data of a customer, and why. Returns the customer's id."""

    personal: ClassVar[tuple[str, ...]] = ("why",)

    id: CustomerId
    why: Text


class PublishWording(Command, frozen=True):
    """Publish a new consent wording, by language; `material`: existing consents must be renewed within 30 days."""

    purpose: Purpose
    version: Version
    texts: dict[Tag, Text]
    material: bool = False


class GiveConsent(Command, frozen=True):
    """Record a customer's consent to a purpose, with a wording in a language; by default the newest `wording`."""

    customer: CustomerId
    purpose: Purpose
    language: Tag
    wording: Version | None = None
    how: How = "counter"


class WithdrawConsent(Command, frozen=True):
    """Record that a customer refused or withdrew consent. Data kept only with that consent is destroyed immediately."""

    customer: CustomerId
    purpose: Purpose
    how: How = "counter"


class NoteRequest(Command, frozen=True):
    """Record a customer's legal request: access, correction or erasure."""

    customer: CustomerId
    kind: RequestKind


class NoteRequestOf(Command, frozen=True):
    """Record a privacy request for everyone with exactly this phone (full, +...) or email address; returns the number
    of customers."""

    personal: ClassVar[tuple[str, ...]] = ("phone", "email")

    kind: RequestKind
    phone: Text = ""
    email: Text = ""


class AnswerRequest(Command, frozen=True):
    """Record that a request was answered: completed, or refused with a reason.

    Exports and erasures are answered automatically.
    """

    personal: ClassVar[tuple[str, ...]] = ("reason",)

    request: Number
    refused: bool = False
    reason: Text = ""


class NoteBreach(Command, frozen=True):
    """Record a data breach, without names: its time, the number of people, whether serious harm is possible, and
    measures.

    It's kept permanently; the law requires 24 months.
    """

    began_us: Number
    people: Number
    harm: bool
    what: Text
    told: bool = False


class AddWish(Command, frozen=True):
    """Add a product to a customer's wish list; another `note` updates it."""

    personal: ClassVar[tuple[str, ...]] = ("note",)

    customer: CustomerId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    note: Text = ""


class RemoveWish(Command, frozen=True):
    """Remove a product from a customer's wish list."""

    customer: CustomerId
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
