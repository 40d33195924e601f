"""What the law of a place asks for before anybody is known by their voice or face: what must have been done, and
what is asked of the person themself. Pure.

| place | source, as read in November 2026; no advice |
|---|---|
| Quebec | C-1.1, s. 44: express consent, the least that is needed, another way; s. 45: declared to the Commission \
d'accès à l'information 60 days before it is used; P-39.1, s. 3.1 and 3.3: who answers for it, an assessment |
| the rest of Canada | PIPEDA, schedule 1, 4.1 and 4.3 (and the acts of AB and BC): who answers, express consent |
| Illinois | 740 ILCS 14/15: told in writing what for and how long, a written release (14/10: also by electronic \
signature, since P.A. 103-0769), a public schedule; gone when the purpose is met, in 3 years at the latest; never sold |
| Texas | Bus. & Com. Code 503.001: told, consent; gone in a year after the purpose ends; never sold |
| Washington | RCW 19.375: told, consent (it leaves out what is made of recordings; RCW 19.373 counts it in) |
| other states | as Illinois, which asks for most |
| European Union, United Kingdom | GDPR art. 9(2)(a): explicit consent; art. 35: an assessment; art. 13: who answers |
| Israel | Protection of Privacy Law, amendment 13 (2025): of special sensitivity; s. 1, 11: told, consent |

Whoever works for somebody does not say no easily: nothing may depend on the yes, and the PIN is always enough. What
is not in the table is refused, as nobody looked its law up.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from edge.lib.regions.place import CANADA, UNITED_STATES, Jurisdiction
from edge.ordering.privacy.breach_law import EUROPEAN

Lacking = Literal["place", "officer", "assessed", "declared", "way"]
"""What a shop has not done: a key of `words`, section `recognition`, as `asks_...`. `way`: another way for customers,
on the same screen."""
DECLARED_DAYS = 60
"""How long before it is used the Commission is told (C-1.1, s. 45)."""
MOST_DAYS = 365
"""From the enrolment: then somebody is asked anew. Every law here lets it be as long."""
UNUSED_DAYS = 180
"""After the last time that somebody was known by it: the purpose is over."""


class BiometricLaw(msgspec.Struct, frozen=True):
    """`name`: of the place, a key of `words`, section `recognition`, as `law_...`; `asks`: what a shop must have done.
    Of the person a release is asked everywhere, signed with their name, that says what for and how long."""

    name: str
    asks: tuple[Lacking, ...]


_QUEBEC = BiometricLaw("quebec", ("officer", "assessed", "declared"))
_EUROPE = BiometricLaw("europe", ("officer", "assessed"))
_STATES = {"IL": "illinois", "TX": "texas", "WA": "washington"}


class Preparation(msgspec.Struct, frozen=True):
    """What a shop says that it did: who answers for privacy and how they are reached, the days (None: not yet) of its
    assessment and of its declaration to the Commission."""

    officer: str = ""
    contact: str = ""
    assessed: date | None = None
    declared: date | None = None


def law_of(place: Jurisdiction) -> BiometricLaw | None:
    """What holds at a place; None: nobody said where it is, or nobody looked its law up."""
    if place.country == CANADA and place.province:
        return _QUEBEC if place.province == "QC" else BiometricLaw("canada", ("officer",))
    if place.country == UNITED_STATES and place.province:
        return BiometricLaw(_STATES.get(place.province, "states"), ("officer",))
    if place.country in EUROPEAN:
        return _EUROPE
    return BiometricLaw("israel", ("officer",)) if place.country == "IL" else None


def lacking(place: Jurisdiction, prepared: Preparation, today: date) -> tuple[Lacking, ...]:
    """What is not done yet on a day, in the order in which it is asked; nothing: it may be used."""
    law = law_of(place)
    if law is None:
        return ("place",)
    done: dict[Lacking, bool] = {
        "officer": bool(prepared.officer.strip() and prepared.contact.strip()),
        "assessed": prepared.assessed is not None and prepared.assessed <= today,
        "declared": prepared.declared is not None and (today - prepared.declared).days >= DECLARED_DAYS,
    }
    return tuple(one for one in law.asks if not done[one])
