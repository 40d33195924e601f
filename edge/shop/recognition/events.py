"""What can have happened to knowing somebody by their voice or face. What these are like is in none of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from edge.core.messages import Event, Sealed
from edge.shop.recognition.means import MeansName


class VoiceHintSet(Event, frozen=True):
    """Voices propose who signs in, or no longer; on which days (ISO 8601, "": none) that was assessed and declared."""

    is_on: bool
    assessed: str = ""
    declared: str = ""


class VoiceReleased(Event, frozen=True):
    """Somebody said yes to being known by their voice, and signed it; `wording`: which version of it, in `language`."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)
    person_in: ClassVar[str] = "person"

    person: str
    signed: Sealed
    wording: str
    language: str


class VoiceWithdrawn(Event, frozen=True):
    """They took it back."""

    person: str


class FaceHintSet(Event, frozen=True):
    """Faces propose who signs in, or no longer; on which days (ISO 8601, "": none) that was assessed and declared."""

    is_on: bool
    assessed: str = ""
    declared: str = ""


class FaceReleased(Event, frozen=True):
    """Somebody said yes to being known by their face, and signed it; `wording`: which version of it, in `language`."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)
    person_in: ClassVar[str] = "person"

    person: str
    signed: Sealed
    wording: str
    language: str


class FaceWithdrawn(Event, frozen=True):
    """They took it back."""

    person: str


class CustomerFacesSet(Event, frozen=True):
    """Customers' faces open their carts at the kiosk, or no longer; the days as in `FaceHintSet`."""

    is_on: bool
    assessed: str = ""
    declared: str = ""


class CustomerFaceReleased(Event, frozen=True):
    """A customer said yes to being known by their face, and signed it; as `FaceReleased`. What takes it back is the end
    of their consent to `biometrics`."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)
    person_in: ClassVar[str] = "person"

    person: str
    signed: Sealed
    wording: str
    language: str


class ReleaseWorded(Event, frozen=True):
    """What people sign to be known by their voice or face has words of the shop's own from now on, by language;
    without any, the standard ones again. `wording`: its version, by which they sign."""

    means: str
    wording: str
    texts: dict[str, str]


EVENTS: tuple[type[Event], ...] = (
    VoiceHintSet,
    VoiceReleased,
    VoiceWithdrawn,
    FaceHintSet,
    FaceReleased,
    FaceWithdrawn,
    CustomerFacesSet,
    CustomerFaceReleased,
    ReleaseWorded,
)
HINT_SET: Mapping[MeansName, type[VoiceHintSet | FaceHintSet | CustomerFacesSet]] = MappingProxyType(
    {"voice": VoiceHintSet, "face": FaceHintSet, "customer_face": CustomerFacesSet}
)
RELEASED: Mapping[MeansName, type[VoiceReleased | FaceReleased | CustomerFaceReleased]] = MappingProxyType(
    {"voice": VoiceReleased, "face": FaceReleased, "customer_face": CustomerFaceReleased}
)
