"""Events of the assistant that head office receives: usage counts."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event


class ChatCount(msgspec.Struct, frozen=True):
    """How often something occurred on a day, by `place` and language.

    `what`: such as `turns`, `spoken`, or a recognised intent (`intent.X`); all of them are in `figures.py`.
    """

    place: str
    language: str
    what: str
    n: int


class ConversationsCounted(Event, frozen=True):
    """Usage counts of a completed day. They contain no text that anyone said."""

    day: str
    counts: tuple[ChatCount, ...]


class VoiceRecordingSwitched(Event, frozen=True):
    """Recording of a register's microphones was switched on for some minutes; 0: off."""

    register: str
    minutes: int


EVENTS: tuple[type[Event], ...] = (ConversationsCounted, VoiceRecordingSwitched)
