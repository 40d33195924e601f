"""Events of recognition by voice or face, without biometric data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from edge.core.messages import Event, Sealed
from edge.ordering.recognition.means import MeansName


class HintSet(Event, frozen=True):
    """Settings of every hint: whether it's on, and the days of its assessment and declaration."""

    is_on: bool
    assessed: str = ""
    declared: str = ""


class SignedRelease(Event, frozen=True):
    """A signed release: the person, and the version of its text (`wording`) in `language`."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)
    person_in: ClassVar[str] = "person"

    person: str
    signed: Sealed
    wording: str
    language: str


class VoiceHintSet(HintSet, frozen=True):
    """Voice hints at sign-in were turned on or off.

    Contains the days of assessment and declaration (ISO 8601, "": none).
    """


class VoiceReleased(SignedRelease, frozen=True):
    """A person signed the release for voice recognition. `wording`: the version of its text, in `language`."""


class VoiceWithdrawn(Event, frozen=True):
    """A person withdrew the release for voice recognition."""

    person: str


class FaceHintSet(HintSet, frozen=True):
    """Face hints at sign-in were turned on or off.

    Contains the days of assessment and declaration (ISO 8601, "": none).
    """


class FaceReleased(SignedRelease, frozen=True):
    """A person signed the release for face recognition. `wording`: the version of its text, in `language`."""


class FaceWithdrawn(Event, frozen=True):
    """A person withdrew the release for face recognition."""

    person: str


class CustomerFacesSet(HintSet, frozen=True):
    """Opening carts by customers' faces at the kiosk was turned on or off; days as in `FaceHintSet`."""


class CustomerFaceReleased(SignedRelease, frozen=True):
    """A customer signed the release for face recognition, as in `FaceReleased`.

    It ends with their consent to `biometrics`.
    """


class ReleaseWorded(Event, frozen=True):
    """The shop's own text of the release was set, by language; empty: the standard text. `wording`: its version,
    recorded when signing."""

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
