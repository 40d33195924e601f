"""Commands of recognition by voice or face, inside the transaction."""

from __future__ import annotations

from datetime import date

from edge.core.messages import Refusal
from edge.core.people.forgetting import overwriting
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.i18n import LANGUAGES
from edge.ordering.recognition import template
from edge.ordering.recognition.biometric_law import DECLARED_DAYS, MOST_DAYS, UNUSED_DAYS
from edge.ordering.recognition.commands import (
    EnrolTemplate,
    NoteFaceKnown,
    NoteVoiceKnown,
    ReleaseFace,
    ReleaseVoice,
    SetHint,
    WithdrawFace,
    WithdrawVoice,
    WordRelease,
)
from edge.ordering.recognition.events import (
    HINT_SET,
    RELEASED,
    FaceWithdrawn,
    ReleaseWorded,
    VoiceWithdrawn,
)
from edge.ordering.recognition.means import ALL, CUSTOMER_FACE, VOICE, Means
from edge.ordering.recognition.project import BIOMETRICS
from edge.ordering.recognition.queries import RecognitionHint, day_of, hint_of, is_user, read_hint, wording_now
from edge.ordering.recognition.settings import RecognitionSettings
from edge.ordering.recognition.trials import OTHER_LEAST
from edge.people.customers.queries import consents_to

WORDINGS_MOST = 200
"""Maximum versions of a release's text."""
_LATER = "UPDATE biometric_template SET expires_us = ? WHERE kind = ? AND person = ? AND created_us = ?"
_ONE_GOES = "DELETE FROM biometric_template WHERE person = ? AND kind = ?"
DAY_US = 86_400_000_000


class RecognitionHandlers:
    """Handles one kind of recognition in a store."""

    def __init__(self, settings: RecognitionSettings, means: Means) -> None:
        self._settings, self._means = settings, means

    def set_hint(self, tx: Transaction, command: SetHint) -> None:
        for text in (command.assessed, command.declared):
            if text and day_of(text) is None:
                raise Refusal(self._means.day, {"day": text})
        said = (command.is_on, command.assessed, command.declared)
        if command.is_on:
            today = date.fromisoformat(tx.business_date)
            require_lawful(hint_of(self._settings, today, *said, self._means), self._means)
        else:
            let_go_of(tx.db, self._means)
        before = self._hint(tx)
        if (before.is_on, before.assessed, before.declared) != said:
            tx.append(HINT_SET[self._means.name](*said))

    def release(self, tx: Transaction, command: ReleaseVoice | ReleaseFace) -> None:
        person = self._themself(tx)
        require_open(self._hint(tx), self._means)
        sign(tx, self._means, person, command.signed, command.language)

    def withdraw(self, tx: Transaction, command: WithdrawVoice | WithdrawFace) -> None:
        person = self._themself(tx)
        let_go(tx.db, person, self._means)
        if released_as(tx.db, person, self._means):
            tx.append(VoiceWithdrawn(person) if self._means is VOICE else FaceWithdrawn(person))

    def enrol(self, tx: Transaction, command: EnrolTemplate) -> None:
        require_open(self._hint(tx), self._means)
        if not may_be_known(tx.db, command.person, self._means, tx.at_us):
            raise Refusal(self._means.not_released)
        expires_us = tx.at_us + UNUSED_DAYS * DAY_US
        made = (command.vector, command.model, command.confidence, tx.at_us, expires_us)
        template.put(tx.db, template.Template(command.person, *made), self._means.name)

    def note_recognition(self, tx: Transaction, command: NoteVoiceKnown | NoteFaceKnown) -> None:
        keep_longer(tx, self._means, command.person, command.created_us)

    def _hint(self, tx: Transaction) -> RecognitionHint:
        return read_hint(tx.db, self._settings, date.fromisoformat(tx.business_date), self._means)

    def _themself(self, tx: Transaction) -> str:
        """The actor's name. Raises `Refusal` unless the actor is a user: a release can't be signed for others."""
        if not is_user(tx.db, tx.actor.name):
            raise Refusal(self._means.themself)
        return tx.actor.name


def word_release(tx: Transaction, command: WordRelease) -> None:
    """Set the release's text under a new version number, so that earlier signatures don't apply to it."""
    means = next(one for one in ALL if one.name == command.means)
    texts = {language: text.strip() for language, text in command.texts.items()}
    if texts and ({*texts} != {*LANGUAGES} or not all(texts.values())):
        raise Refusal("release_languages")
    if texts == wording_now(tx.db, means)[1]:
        return
    count = tx.db.execute("SELECT count(*) FROM release_wording WHERE means = ?", (means.name,)).fetchone()[0]
    if count >= WORDINGS_MOST:
        raise Refusal("release_too_many", {"limit": WORDINGS_MOST})
    tx.append(ReleaseWorded(means.name, f"own-{count + 1}", texts))


def require_lawful(hint: RecognitionHint, means: Means = VOICE) -> None:
    """Raise `Refusal` for the first legal requirement that isn't met, even if recognition is turned on."""
    for one in hint.lacks:
        why = {
            "place": means.place,
            "officer": means.officer,
            "assessed": means.assessed,
            "declared": means.declared,
            "way": means.way,
        }[one]
        raise Refusal(why, {"days": DECLARED_DAYS} if one == "declared" else {})
    if hint.trials is None:
        raise Refusal(means.not_measured, {"pairs": OTHER_LEAST})


def require_open(hint: RecognitionHint, means: Means = VOICE) -> None:
    """Raise `Refusal` unless recognition is on and lawful."""
    if not hint.is_on:
        raise Refusal(means.off)
    require_lawful(hint, means)


def let_go(db: Connection, person: str, means: Means) -> bool:
    """Delete a person's template and overwrite it in the file; returns whether there was one.

    Runs on the writer's connection.
    """
    with overwriting(db):
        gone: int = db.execute(_ONE_GOES, (person, means.name)).rowcount
    return gone > 0


def let_go_of(db: Connection, means: Means) -> None:
    """Delete every template of one kind."""
    with overwriting(db):
        db.execute("DELETE FROM biometric_template WHERE kind = ?", (means.name,))


def let_go_all(db: Connection) -> None:
    """Delete every template.

    Also done after a restore, because people who have withdrawn since then must not be recognised.
    """
    for means in ALL:
        let_go_of(db, means)


def forget_person(tx: Transaction, person: str) -> bool:
    """Delete a forgotten person's templates (`people.forgetting.Forgetter`)."""
    gone = [let_go(tx.db, person, means) for means in ALL]
    return any(gone)


def released_as(db: Connection, person: str, means: Means) -> str:
    """The version of the release that a person signed; "" if none."""
    query = f"SELECT wording FROM {means.release_table} WHERE person = ?"  # nosec B608: a constant
    row = db.execute(query, (person,)).fetchone()
    return str(row[0]) if row else ""


def has_released(db: Connection, person: str, means: Means) -> bool:
    """Whether a person signed the current version of the release, not only an earlier one."""
    return released_as(db, person, means) == wording_now(db, means)[0]


def may_be_known(db: Connection, person: str, means: Means, at_us: int) -> bool:
    """Whether a person may be recognised.

    They must be a user, or a customer who consents now, and have signed the current version of the release.
    """
    here = consents_to(db, person, BIOMETRICS, at_us) if means is CUSTOMER_FACE else is_user(db, person)
    return here and has_released(db, person, means)


def sign(tx: Transaction, means: Means, person: str, name: str, language: str) -> None:
    """Record a person's signed release, with the version of the text they read."""
    event = RELEASED[means.name]
    signed = Keyring(tx.db).seal(person, event, "signed", name.strip())
    tx.append(event(person, signed, wording_now(tx.db, means)[0], language))


def keep_longer(tx: Transaction, means: Means, person: str, created_us: int) -> None:
    """Extend the life of the template by which a person was just recognised."""
    until_us = min(tx.at_us + UNUSED_DAYS * DAY_US, created_us + MOST_DAYS * DAY_US)
    tx.db.execute(_LATER, (until_us, means.name, person, created_us))
