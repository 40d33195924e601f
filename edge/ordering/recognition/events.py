"""What can have happened to knowing somebody by their voice or face. What these are like is in none of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from edge.core.messages import Event, Sealed
from edge.ordering.recognition.means import MeansName


class HintSet(Event, frozen=True):
    """What is said of every hint: whether it is given, and on which days that was assessed and declared."""

    is_on: bool
    assessed: str = ""
    declared: str = ""


class SignedRelease(Event, frozen=True):
    """Who said yes to being known, and signed it; `wording`: which version of it, in `language`."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)
    person_in: ClassVar[str] = "person"

    person: str
    signed: Sealed
    wording: str
    language: str


class VoiceHintSet(HintSet, frozen=True):
    """Voices propose who signs in, or no longer; on which days (ISO 8601, "": none) that was assessed and declared."""


class VoiceReleased(SignedRelease, frozen=True):
    """Somebody said yes to being known by their voice, and signed it; `wording`: which version of it, in `language`."""


class VoiceWithdrawn(Event, frozen=True):
    """They took it back."""

    person: str


class FaceHintSet(HintSet, frozen=True):
    """Faces propose who signs in, or no longer; on which days (ISO 8601, "": none) that was assessed and declared."""


class FaceReleased(SignedRelease, frozen=True):
    """Somebody said yes to being known by their face, and signed it; `wording`: which version of it, in `language`."""


class FaceWithdrawn(Event, frozen=True):
    """They took it back."""

    person: str


class CustomerFacesSet(HintSet, frozen=True):
    """Customers' faces open their carts at the kiosk, or no longer; the days as in `FaceHintSet`."""


class CustomerFaceReleased(SignedRelease, frozen=True):
    """A customer said yes to being known by their face, and signed it; as `FaceReleased`. What takes it back is the end
    of their consent to `biometrics`."""


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
HINT_SET: Mapping[MeansName, type[HintSet]] = MappingProxyType(
    {"voice": VoiceHintSet, "face": FaceHintSet, "customer_face": CustomerFacesSet}
)
RELEASED: Mapping[MeansName, type[SignedRelease]] = MappingProxyType(
    {"voice": VoiceReleased, "face": FaceReleased, "customer_face": CustomerFaceReleased}
)
