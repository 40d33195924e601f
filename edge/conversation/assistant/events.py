"""What can have happened with the assistant as far as head office is to know: how often it was asked what."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event


class ChatCount(msgspec.Struct, frozen=True):
    """How often something came up on a day: `what` as in `figures.py`, at a `place`, in a language."""

    place: str
    language: str
    what: str
    n: int


class ConversationsCounted(Event, frozen=True):
    """What was asked of the assistant on a day that is over, as counts: no word of anybody is in them."""

    day: str
    counts: tuple[ChatCount, ...]


class VoiceRecordingSwitched(Event, frozen=True):
    """What the microphones of a register hear is recorded for so many minutes from now on; 0: no longer."""

    register: str
    minutes: int


EVENTS: tuple[type[Event], ...] = (ConversationsCounted, VoiceRecordingSwitched)
