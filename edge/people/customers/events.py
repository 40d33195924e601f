"""What can have happened to customers."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed

NOTHING = Ciphertext("")


class CustomerSet(Event, frozen=True):
    """A customer is new or changed: all of it as it is from now on. `addresses` is JSON before it is sealed."""

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
    """What a customer likes and avoids, as JSON under the key of their `profile`: destroyed when the consent ends."""

    personal: ClassVar[tuple[str, ...]] = ("preferences",)
    person_in: ClassVar[str] = "profile"

    customer: str
    profile: str
    preferences: Sealed


class CustomersMerged(Event, frozen=True):
    """What is known of `merged` answers under `kept`."""

    kept: str
    merged: str


class PersonalDataRead(Event, frozen=True):
    """Somebody was given all that is kept of a customer, and said why."""

    personal: ClassVar[tuple[str, ...]] = ("why",)
    person_in: ClassVar[str] = "customer"

    customer: str
    why: Sealed


class WordingPublished(Event, frozen=True):
    """A purpose is asked for in this wording from now on, by language."""

    purpose: str
    wording: str
    texts: dict[str, str]
    material: bool


class ConsentGiven(Event, frozen=True):
    """A customer consented to a purpose in a wording. `profile`: the id whose key holds what is kept by it alone.
    `since_us`: when they said so, where that was not now: under another id, which was merged into this one."""

    customer: str
    purpose: str
    wording: str
    language: str
    how: str
    profile: str = ""
    since_us: int = 0


class ConsentWithdrawn(Event, frozen=True):
    """A customer consents to a purpose no longer."""

    customer: str
    purpose: str
    how: str


class RequestNoted(Event, frozen=True):
    """A customer asked for what the law gives them: access, correction or erasure."""

    customer: str
    kind: str


class RequestAnswered(Event, frozen=True):
    """The request at row `request` of the journal was answered; a refusal has its reason."""

    personal: ClassVar[tuple[str, ...]] = ("reason",)
    person_in: ClassVar[str] = "customer"

    request: int
    customer: str
    refused: bool
    reason: Sealed = NOTHING


class BreachNoted(Event, frozen=True):
    """Something of people got where it should not be, at `began_us`, of so many `people`; `harm`: real harm may come of
    it; `told`: they and the authority were told."""

    began_us: int
    people: int
    harm: bool
    what: str
    told: bool


class WishAdded(Event, frozen=True):
    """A customer wishes for a product, or says something else of it. `price_minor`: what it cost in their list then;
    `on_hand`: whether there was any that nobody was promised."""

    personal: ClassVar[tuple[str, ...]] = ("note",)
    person_in: ClassVar[str] = "customer"

    customer: str
    sku: str
    note: Sealed = NOTHING
    price_minor: int | None = None
    on_hand: bool = False


class WishRemoved(Event, frozen=True):
    """A customer wishes for a product no longer."""

    customer: str
    sku: str


EVENTS: tuple[type[Event], ...] = (
    *(CustomerSet, PreferencesSet, CustomersMerged, PersonalDataRead),
    *(WordingPublished, ConsentGiven, ConsentWithdrawn),
    *(WishAdded, WishRemoved, RequestNoted, RequestAnswered, BreachNoted),
)
