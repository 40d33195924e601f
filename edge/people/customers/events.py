"""Events of customers."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed

NOTHING = Ciphertext("")


class CustomerSet(Event, frozen=True):
    """A customer's complete new state. `addresses` is JSON before sealing."""

    personal: ClassVar[tuple[str, ...]] = (
        *("name", "phone", "extension", "email", "born", "language", "member_code", "addresses"),
    )
    person_in: ClassVar[str] = "id"

    id: str
    price_list: str
    name: Sealed = NOTHING
    phone: Sealed = NOTHING
    extension: Sealed = NOTHING
    email: Sealed = NOTHING
    born: Sealed = NOTHING
    language: Sealed = NOTHING
    member_code: Sealed = NOTHING
    addresses: Sealed = NOTHING


class PreferencesSet(Event, frozen=True):
    """A customer's preferences changed.

    They're JSON encrypted with the `profile` key, which is destroyed when consent ends.
    """

    personal: ClassVar[tuple[str, ...]] = ("preferences",)
    person_in: ClassVar[str] = "profile"

    customer: str
    profile: str
    preferences: Sealed


class CustomersMerged(Event, frozen=True):
    """Two customers were merged: `merged` continues under `kept`."""

    kept: str
    merged: str


class PersonalDataRead(Event, frozen=True):
    """A user received all data of a customer, for a stated reason."""

    personal: ClassVar[tuple[str, ...]] = ("why",)
    person_in: ClassVar[str] = "customer"

    customer: str
    why: Sealed


class WordingPublished(Event, frozen=True):
    """A purpose got this new wording, by language."""

    purpose: str
    wording: str
    texts: dict[str, str]
    material: bool


class ConsentGiven(Event, frozen=True):
    """A customer consented to a purpose with a wording.

    `profile`: the id whose key protects data kept only with consent. `since_us`: the original time, if consent was
    given under an id merged into this one.
    """

    customer: str
    purpose: str
    wording: str
    language: str
    how: str
    profile: str = ""
    since_us: int = 0


class ConsentWithdrawn(Event, frozen=True):
    """A customer no longer consents to a purpose."""

    customer: str
    purpose: str
    how: str


class RequestNoted(Event, frozen=True):
    """A customer made a legal request: access, correction or erasure."""

    customer: str
    kind: str


class RequestAnswered(Event, frozen=True):
    """The request at journal row `request` was answered; a refusal has a reason."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)
    person_in: ClassVar[str] = "customer"

    request: int
    customer: str
    refused: bool
    reason: Sealed = NOTHING


class BreachNoted(Event, frozen=True):
    """A data breach that began at `began_us` and affects `people` was recorded.

    `harm`: serious harm is possible. `told`: the people and the authority were informed.
    """

    began_us: int
    people: int
    harm: bool
    what: str
    told: bool


class WishAdded(Event, frozen=True):
    """A customer added or updated a wish.

    `price_minor`: its price in the customer's list at that time. `on_hand`: whether there was unreserved stock.
    """

    personal: ClassVar[tuple[str, ...]] = ("note",)
    person_in: ClassVar[str] = "customer"

    customer: str
    sku: str
    note: Sealed = NOTHING
    price_minor: int | None = None
    on_hand: bool = False


class WishRemoved(Event, frozen=True):
    """A customer removed a wish."""

    customer: str
    sku: str


EVENTS: tuple[type[Event], ...] = (
    *(CustomerSet, PreferencesSet, CustomersMerged, PersonalDataRead),
    *(WordingPublished, ConsentGiven, ConsentWithdrawn),
    *(WishAdded, WishRemoved, RequestNoted, RequestAnswered, BreachNoted),
)
