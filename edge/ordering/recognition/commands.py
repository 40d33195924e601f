"""What can be asked of knowing somebody by their voice or face."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command, Number
from edge.ordering.customer_accounts.commands import OwnCommand, Secret
from edge.ordering.recognition.means import MeansName

VECTOR_FLOATS = 1_024
"""The longest vector that a model may make."""
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$(?!\n)")]
"""ISO 8601, or nothing: not yet."""
SignedName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
Person = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
Tag = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)")]


WORDING_CHARS = 4_000
Wordings = Annotated[
    dict[Tag, Annotated[str, msgspec.Meta(min_length=1, max_length=WORDING_CHARS)]], msgspec.Meta(max_length=3)
]


class EnrolTemplate(Command, frozen=True):
    """What every template is made of: whose it is, what it is like, by which model, and how sure that is."""

    personal: ClassVar[tuple[str, ...]] = ("vector",)

    person: Person
    vector: Annotated[tuple[float, ...], msgspec.Meta(min_length=1, max_length=VECTOR_FLOATS)]
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    confidence: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class SetHint(Command, frozen=True):
    """What is said of every hint: whether it is given, and on which days that was assessed and declared."""

    is_on: bool
    assessed: Day = ""
    declared: Day = ""


class SetVoiceHint(SetHint, frozen=True):
    """Let voices propose who signs in, or no longer: then every template goes at once. `assessed`, `declared`: the days
    on which the shop assessed what it does to privacy, and on which it told the Commission (in Quebec)."""


class ReleaseVoice(Command, frozen=True):
    """Say yes to being known by one's voice, in writing, with one's name: whoever asks, for themself alone."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)

    signed: SignedName
    language: Tag


class WithdrawVoice(Command, frozen=True):
    """Take that back: the template goes at once."""


class EnrolVoice(EnrolTemplate, frozen=True):
    """Keep a person's voice as a template. Only the appliance itself does, of what it heard: float32 of length 1, the
    `model` that made it, how like each other the utterances were (0 to 10,000)."""


class NoteVoiceKnown(Command, frozen=True):
    """Somebody was known by their voice now, by the template of then: it is kept for longer. Only the appliance itself
    does."""

    person: Person
    created_us: Number


class SetFaceHint(SetHint, frozen=True):
    """Let faces propose who signs in, or no longer: then every template goes at once. The days as in `SetVoiceHint`."""


class ReleaseFace(Command, frozen=True):
    """Say yes to being known by one's face, in writing, with one's name: whoever asks, for themself alone."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)

    signed: SignedName
    language: Tag


class WithdrawFace(Command, frozen=True):
    """Take that back: the template goes at once."""


class EnrolFace(EnrolTemplate, frozen=True):
    """Keep a person's face as a template. Only the appliance itself does, of what it saw; as `EnrolVoice`."""


class NoteFaceKnown(Command, frozen=True):
    """Somebody was known by their face now, by the template of then: it is kept for longer. Only the appliance itself
    does."""

    person: Person
    created_us: Number


class SetCustomerFaces(SetHint, frozen=True):
    """Let customers' faces open their carts at the kiosk, or no longer: then every template of theirs goes at once. The
    days as in `SetVoiceHint`."""


class ReleaseOwnFace(OwnCommand, frozen=True):
    """A customer says yes to being known by their face, in writing, with their name, and consents to `biometrics` by
    it; for themself alone, behind a code of the last five minutes. Withdrawing that consent takes it back."""

    personal: ClassVar[tuple[str, ...]] = ("signed",)

    signed: SignedName
    language: Tag


class EnrolCustomerFace(EnrolTemplate, frozen=True):
    """Keep a customer's face as a template. Only the appliance itself does, of what it saw; as `EnrolVoice`."""


class OpenCartByFace(Command, frozen=True):
    """A customer was known by their face, by the template of then: what lies in their cart comes to this one, and the
    template is kept for longer. Only the appliance itself does."""

    cart: Secret
    person: Person
    created_us: Number


class WordRelease(Command, frozen=True):
    """Let people sign words of the shop's own to be known by their voice or face, in each language that the shop speaks
    (`texts`); without any, the standard ones. What the law wants said (how long, who answers, how it is taken back)
    stands below them always. Who signed before signs anew before they are listened to or looked at."""

    means: MeansName
    texts: Wordings
