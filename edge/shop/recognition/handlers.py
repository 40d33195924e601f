"""Commands of knowing somebody by their voice, inside the transaction."""

from __future__ import annotations

from datetime import date

from edge.core.messages import Refusal
from edge.core.people.forgetting import overwriting
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.recognition import template
from edge.shop.recognition.biometric_law import DECLARED_DAYS, MOST_DAYS, UNUSED_DAYS, Lacking
from edge.shop.recognition.commands import EnrolVoice, NoteVoiceKnown, ReleaseVoice, SetVoiceHint, WithdrawVoice
from edge.shop.recognition.events import VoiceHintSet, VoiceReleased, VoiceWithdrawn
from edge.shop.recognition.queries import VoiceHint, day_of, hint_of, is_user, read_hint
from edge.shop.recognition.settings import RecognitionSettings
from edge.shop.recognition.trials import OTHER_LEAST

DAY_US = 86_400_000_000
WORDING = "standard-1"
"""Of the release: `words`, section `recognition`, as `release`."""
_WHY: dict[Lacking, str] = {
    "place": "voice_place",
    "officer": "voice_officer",
    "assessed": "voice_assessed",
    "declared": "voice_declared",
}
_LATER = "UPDATE biometric_template SET expires_us = ? WHERE kind = 'voice' AND person = ? AND created_us = ?"


class Voices:
    """Voices in a store with these settings."""

    def __init__(self, settings: RecognitionSettings) -> None:
        self._settings = settings

    def set_hint(self, tx: Transaction, command: SetVoiceHint) -> None:
        for text in (command.assessed, command.declared):
            if text and day_of(text) is None:
                raise Refusal("voice_day", {"day": text})
        said = (command.is_on, command.assessed, command.declared)
        if command.is_on:
            require_lawful(hint_of(self._settings, date.fromisoformat(tx.business_date), *said))
        else:
            let_go_all(tx.db)
        before = self._hint(tx)
        if (before.is_on, before.assessed, before.declared) != said:
            tx.append(VoiceHintSet(*said))

    def release(self, tx: Transaction, command: ReleaseVoice) -> None:
        person = _themself(tx)
        require_open(self._hint(tx))
        signed = Keyring(tx.db).seal(person, VoiceReleased, "signed", command.signed.strip())
        tx.append(VoiceReleased(person, signed, WORDING, command.language))

    def withdraw(self, tx: Transaction, command: WithdrawVoice) -> None:
        person = _themself(tx)
        let_go(tx.db, person)
        if _released(tx.db, person):
            tx.append(VoiceWithdrawn(person))

    def enrol(self, tx: Transaction, command: EnrolVoice) -> None:
        require_open(self._hint(tx))
        if not is_user(tx.db, command.person) or not _released(tx.db, command.person):
            raise Refusal("voice_not_released")
        expires_us = tx.at_us + UNUSED_DAYS * DAY_US
        made = (command.vector, command.model, command.confidence, tx.at_us, expires_us)
        template.put(tx.db, template.Template(command.person, *made))

    def known(self, tx: Transaction, command: NoteVoiceKnown) -> None:
        until_us = min(tx.at_us + UNUSED_DAYS * DAY_US, command.created_us + MOST_DAYS * DAY_US)
        tx.db.execute(_LATER, (until_us, command.person, command.created_us))

    def _hint(self, tx: Transaction) -> VoiceHint:
        return read_hint(tx.db, self._settings, date.fromisoformat(tx.business_date))


def require_lawful(hint: VoiceHint) -> None:
    """Raises the first reason why voices may not be used here, whatever the switch says."""
    for one in hint.lacks:
        raise Refusal(_WHY[one], {"days": DECLARED_DAYS} if one == "declared" else {})
    if hint.trials is None:
        raise Refusal("voice_not_measured", {"pairs": OTHER_LEAST})


def require_open(hint: VoiceHint) -> None:
    """Raises why nobody is known by their voice here now."""
    if not hint.is_on:
        raise Refusal("voice_off")
    require_lawful(hint)


def let_go(db: Connection, person: str) -> bool:
    """A person's template, in no byte of the file any more; whether there was one. On the writer's connection."""
    with overwriting(db):
        gone: int = db.execute("DELETE FROM biometric_template WHERE person = ?", (person,)).rowcount
    return gone > 0


def let_go_all(db: Connection) -> None:
    """Every template: nobody is known by it any more. After a restore, too: who took a yes back since is not known."""
    with overwriting(db):
        db.execute("DELETE FROM biometric_template")


def forget_voice(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`)."""
    return let_go(tx.db, person)


def _themself(tx: Transaction) -> str:
    """Whoever asks, who is a user: nobody says yes for somebody else."""
    if not is_user(tx.db, tx.actor.name):
        raise Refusal("voice_self")
    return tx.actor.name


def _released(db: Connection, person: str) -> bool:
    return db.execute("SELECT 1 FROM voice_release WHERE person = ?", (person,)).fetchone() is not None
