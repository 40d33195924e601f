"""Legal requirements for recognising people by voice or face: the shop's duties, and the release that the person must
sign. Pure.

| place | source, as read in November 2026; not legal advice |
|---|---|
| Quebec | C-1.1, s. 44: express consent, necessity, an alternative; s. 45: declared to the Commission d'accès à \
l'information 60 days before use; P-39.1, s. 3.1 and 3.3: a responsible person, an assessment |
| the rest of Canada | PIPEDA, schedule 1, 4.1 and 4.3 (and the acts of AB and BC): a responsible person, express \
consent |
| Illinois | 740 ILCS 14/15: written notice of purpose and duration, a written release (14/10: also by electronic \
signature, since P.A. 103-0769), a public schedule; destroyed when the purpose is met, in 3 years at the latest; never \
sold |
| Texas | Bus. & Com. Code 503.001: notice, consent; destroyed within a year after the purpose ends; never sold |
| Washington | RCW 19.375: notice, consent (it excludes data from recordings; RCW 19.373 includes it) |
| other states | as Illinois, the strictest |
| European Union, United Kingdom | GDPR art. 9(2)(a): explicit consent; art. 35: an assessment; art. 13: a responsible \
person |
| Israel | Protection of Privacy Law, amendment 13 (2025): especially sensitive; s. 1, 11: notice, consent |

Employees can't easily refuse, so nothing may depend on their consent, and the PIN is always enough. Places not in the
table are refused, because their law hasn't been reviewed.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from edge.lib.regions.place import CANADA, UNITED_STATES, Jurisdiction
from edge.ordering.privacy.breach_law import EUROPEAN

Lacking = Literal["place", "officer", "assessed", "declared", "way"]
"""A step that the shop hasn't taken yet: a key of `words`, section `recognition`, as `asks_...`.

`way`: an alternative for customers on the same screen.
"""
DECLARED_DAYS = 60
"""Number of days before use by which the Commission must be notified (C-1.1, s. 45)."""
MOST_DAYS = 365
"""Days after enrolment by which it must be renewed. All of these laws allow this period."""
UNUSED_DAYS = 180
"""Days after the last recognition after which the purpose counts as ended."""


class BiometricLaw(msgspec.Struct, frozen=True):
    """The law at a place.

    `name`: the place's key in `words`, section `recognition`, as `law_...`. `asks`: the shop's duties. Everywhere, the
    person signs a release with their name, which states purpose and duration.
    """

    name: str
    asks: tuple[Lacking, ...]


_QUEBEC = BiometricLaw("quebec", ("officer", "assessed", "declared"))
_EUROPE = BiometricLaw("europe", ("officer", "assessed"))
_STATES = {"IL": "illinois", "TX": "texas", "WA": "washington"}


class Preparation(msgspec.Struct, frozen=True):
    """The shop's statements.

    Its privacy officer and contact, and the days of its assessment and its declaration (None: not yet).
    """

    officer: str = ""
    contact: str = ""
    assessed: date | None = None
    declared: date | None = None


def law_of(place: Jurisdiction) -> BiometricLaw | None:
    """The law of a place; None if the place isn't set or its law hasn't been reviewed."""
    if place.country == CANADA and place.province:
        return _QUEBEC if place.province == "QC" else BiometricLaw("canada", ("officer",))
    if place.country == UNITED_STATES and place.province:
        return BiometricLaw(_STATES.get(place.province, "states"), ("officer",))
    if place.country in EUROPEAN:
        return _EUROPE
    return BiometricLaw("israel", ("officer",)) if place.country == "IL" else None


def lacking(place: Jurisdiction, prepared: Preparation, today: date) -> tuple[Lacking, ...]:
    """Steps that aren't taken yet on a day, in order; empty if recognition may be used."""
    law = law_of(place)
    if law is None:
        return ("place",)
    done: dict[Lacking, bool] = {
        "officer": bool(prepared.officer.strip() and prepared.contact.strip()),
        "assessed": prepared.assessed is not None and prepared.assessed <= today,
        "declared": prepared.declared is not None and (today - prepared.declared).days >= DECLARED_DAYS,
    }
    return tuple(one for one in law.asks if not done[one])
