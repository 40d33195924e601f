"""Facts about voices to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.recognition.events import VoiceHintSet, VoiceReleased, VoiceWithdrawn

_SET = "INSERT OR REPLACE INTO voice_hint (id, is_on, assessed, declared) VALUES (1, ?, ?, ?)"
_RELEASED = """
    INSERT OR REPLACE INTO voice_release (person, signed, wording, language, given_us) VALUES (?, ?, ?, ?, ?)
"""


def _set(db: Connection, fact: RecordedEvent, event: VoiceHintSet) -> None:
    db.execute(_SET, (event.is_on, event.assessed, event.declared))


def _released(db: Connection, fact: RecordedEvent, event: VoiceReleased) -> None:
    db.execute(_RELEASED, (event.person, event.signed, event.wording, event.language, fact.at_us))


def _ended(db: Connection, fact: RecordedEvent, event: VoiceWithdrawn | PersonForgotten) -> None:
    db.execute("DELETE FROM voice_release WHERE person = ?", (event.person,))


projector = Projector(
    name="recognition",
    version=1,
    tables=("voice_hint", "voice_release"),
    on={VoiceHintSet: _set, VoiceReleased: _released, VoiceWithdrawn: _ended, PersonForgotten: _ended},
)
