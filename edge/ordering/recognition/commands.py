"""Commands of recognition by voice or face."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command, Number
from edge.ordering.customer_accounts.commands import OwnCommand, Secret
from edge.ordering.recognition.means import MeansName

VECTOR_FLOATS = 1_024
"""The maximum length of a model's vector."""
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$(?!\n)")]
"""A date (ISO 8601); "": not yet."""
SignedName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
Person = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)")]


WORDING_CHARS = 4_000
Wordings = Annotated[
    dict[Tag, Annotated[str, msgspec.Meta(min_length=1, max_length=WORDING_CHARS)]], msgspec.Meta(max_length=3)
]


class EnrolTemplate(Command, frozen=True):
    """Fields of every enrolled template: its person, vector, model and confidence."""

    personal: ClassVar[tuple[str, ...]] = ("vector",)

    person: Person
    vector: Annotated[tuple[float, ...], msgspec.Meta(min_length=1, max_length=VECTOR_FLOATS)]
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    confidence: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class SetHint(Command, frozen=True):
    """Fields of every hint setting: whether the hint is on, and the days of its assessment and declaration."""

    is_on: bool
    assessed: Day = ""
    declared: Day = ""


class SetVoiceHint(SetHint, frozen=True):
    """Turn voice hints at sign-in on or off. Turning them off deletes every template at once.

    `assessed`, `declared`: the days of the shop's privacy assessment and of its notice to the Commission (in Quebec).
    """


class ReleaseVoice(Command, frozen=True):
    """Sign the release for voice recognition with one's own name. Possible only for oneself."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)

    signed: SignedName
    language: Tag


class WithdrawVoice(Command, frozen=True):
    """Withdraw the release for voice recognition. The template is deleted at once."""


class EnrolVoice(EnrolTemplate, frozen=True):
    """Store a person's voice template. Only the box itself sends this, after listening.

    The vector is float32 of length 1. `model`: the model that made it. The confidence is the similarity of the
    utterances (0 to 10,000).
    """


class NoteVoiceKnown(Command, frozen=True):
    """Record that a person was recognised by voice, and extend the life of the template of that time.

    Only the box itself sends this.
    """

    person: Person
    created_us: Number


class SetFaceHint(SetHint, frozen=True):
    """Turn face hints at sign-in on or off; off deletes every template at once. Days as in `SetVoiceHint`."""


class ReleaseFace(Command, frozen=True):
    """Sign the release for face recognition with one's own name. Possible only for oneself."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)

    signed: SignedName
    language: Tag


class WithdrawFace(Command, frozen=True):
    """Withdraw the release for face recognition. The template is deleted at once."""


class EnrolFace(EnrolTemplate, frozen=True):
    """Store a person's face template. Only the box itself sends this; fields as in `EnrolVoice`."""


class NoteFaceKnown(Command, frozen=True):
    """Record that a person was recognised by face, and extend the life of the template of that time.

    Only the box itself sends this.
    """

    person: Person
    created_us: Number


class SetCustomerFaces(SetHint, frozen=True):
    """Turn opening carts by customers' faces at the kiosk on or off.

    Turning it off deletes every customer's template at once. Days as in `SetVoiceHint`.
    """


class ReleaseOwnFace(OwnCommand, frozen=True):
    """Sign the customer's own release for face recognition with their name, which is consent to `biometrics`.

    Customers can sign only for themselves, with a code confirmed in the last five minutes. Withdrawing that consent
    revokes the release.
    """

    personal: ClassVar[tuple[str, ...]] = ("signed",)

    signed: SignedName
    language: Tag


class EnrolCustomerFace(EnrolTemplate, frozen=True):
    """Store a customer's face template. Only the box itself sends this; fields as in `EnrolVoice`."""


class OpenCartByFace(Command, frozen=True):
    """Record that a customer was recognised by face with the template of that time.

    The contents of their cart move to this one, and the template's life is extended. Only the box itself sends this.
    """

    cart: Secret
    person: Person
    created_us: Number


class WordRelease(Command, frozen=True):
    """Set the shop's own consent text for voice or face recognition, in each of its languages (`texts`); empty: the
    standard text.

    The statements required by law (duration, responsible person, withdrawal) always follow it. People must sign again
    before they're recognised.
    """

    means: MeansName
    texts: Wordings
