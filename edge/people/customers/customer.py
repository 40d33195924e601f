"""Data structures and limits of customers. Pure."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from edge.lib.regions.addresses import Address

NAME_CHARS = 200
ADDRESSES_MOST = 10
WISHES_MOST = 200
NOTE_CHARS = 120
WHY_CHARS = 200
LIST_MOST = 30
"""Maximum categories, brands or kinds in each list of preferences."""
BREACH_CHARS = 2_000
ANSWER_WITHIN_US = 30 * 86_400_000_000
"""The deadline for answering a request (PIPEDA, schedule 1, 4.9.4; Quebec's Law 25, section 32)."""
WORDING_CHARS = 4_000
WORDINGS_MOST = 50
"""Maximum wordings per purpose."""
RENEW_US = 30 * 86_400_000_000
"""How long an older consent remains valid after a material change of its wording (microseconds)."""

PriceList = Literal["store", "member"]
Purpose = Literal["profile", "recommendations", "marketing", "messages", "chat", "loyalty", "voice", "biometrics"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ASKED_FOR: tuple[Purpose, ...] = ("profile", "recommendations", "messages", "chat", "loyalty")
"""Purposes that some feature uses.

Consent is requested only for these; earlier consent to others can still be withdrawn.
"""
RequestKind = Literal["access", "correction", "erasure"]
How = Literal["counter", "phone", "paper", "page", "kiosk", "parent", "import"]
"""How consent was given or refused. `parent`: by a child's parent; `import`: in the shop's previous system."""
TasteKind = Literal["category", "brand", "strain_type"]
ConsentState = Literal["given", "renew", "lapsed", "withdrawn"]
Version = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$(?!\n)")]
Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)")]
"""A language (ISO 639-1)."""
_Some = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=80)], ...], msgspec.Meta(max_length=LIST_MOST)
]


class NotMine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a profile that isn't the customer's taste, because it's bought for others.

    `name`: a category id, brand or strain type.
    """

    kind: TasteKind
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A customer's preferences.

    `most_thc`: thousandths of the form's unit (percent or milligrams); `price_limit_minor`: maximum price (0: none).
    `not_mine`: tastes in purchases for others. `allergens` to avoid: ids of `allergen_words.toml`, or words.
    """

    liked_categories: _Some = ()
    avoided_categories: _Some = ()
    liked_brands: _Some = ()
    avoided_brands: _Some = ()
    strain_types: _Some = ()
    most_thc: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    price_limit_minor: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    not_mine: Annotated[tuple[NotMine, ...], msgspec.Meta(max_length=LIST_MOST)] = ()
    allergens: _Some = ()


class Consent(msgspec.Struct, frozen=True):
    """The latest decision on a purpose, with its wording, time and way. `withdrawn_us` None: consent is given."""

    purpose: str
    state: ConsentState
    wording: str
    language: str
    how: str
    given_us: int
    withdrawn_us: int | None = None


class Customer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A customer with decrypted data.

    `phone` is E.164 without its extension. `aliases`: merged ids. `hidden`: the key is missing, so nothing can be
    shown.
    """

    id: str
    price_list: str
    name: str = ""
    phone: str = ""
    extension: str = ""
    email: str = ""
    born: str = ""
    language: str = ""
    member_code: str = ""
    addresses: tuple[Address, ...] = ()
    preferences: Preferences | None = None
    consents: tuple[Consent, ...] = ()
    aliases: tuple[str, ...] = ()
    since_us: int = 0
    changed_us: int = 0
    hidden: bool = False


class CustomerMatch(msgspec.Struct, frozen=True):
    """A customer in a list, with data that tells customers apart. `phone_end`: the last digits of the phone."""

    id: str
    name: str
    phone_end: str
    price_list: str
    member_code: str = ""
