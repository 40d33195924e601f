"""Reads of what voices and faces may do here, and of who said yes to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from edge.core.people.personal_export import utc
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.ordering.recognition.biometric_law import Lacking, Preparation, lacking
from edge.ordering.recognition.events import RELEASED
from edge.ordering.recognition.means import ALL, CUSTOMER_FACE, VOICE, Means
from edge.ordering.recognition.settings import RecognitionSettings
from edge.ordering.recognition.template import read_one
from edge.ordering.recognition.trials import VoiceTrials, read

STANDARD = "standard-1"
"""Of what is signed: `words`, section `own_voice`, `own_face` or `me_face`, as `release_text`."""
_COUNT = "SELECT count(*) FROM biometric_template WHERE kind = ?"
_WORDING = "SELECT version, texts FROM release_wording WHERE means = ? ORDER BY seq DESC LIMIT 1"
_decode = msgspec.json.Decoder(dict[str, str]).decode


class RecognitionHint(msgspec.Struct, frozen=True):
    """What the shop said of voices or faces, what it lacks by the law of its place, its trials (None: too few)."""

    is_on: bool
    assessed: str
    declared: str
    lacks: tuple[Lacking, ...]
    trials: VoiceTrials | None

    @property
    def is_open(self) -> bool:
        """Whether somebody may be known by it."""
        return self.is_on and not self.lacks and self.trials is not None


class Release(msgspec.Struct, frozen=True):
    """What somebody signed, when, and until when their template is kept (None: there is none)."""

    signed: str
    wording: str
    language: str
    given_us: int
    expires_us: int | None


def day_of(text: str) -> date | None:
    """A day as it is kept; None: none, or no day of the calendar."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_hint(db: Connection, settings: RecognitionSettings, today: date, means: Means = VOICE) -> RecognitionHint:
    """As it is on a day."""
    row = db.execute(f"SELECT is_on, assessed, declared FROM {means.hint_table}").fetchone()  # nosec B608: a constant
    is_on, assessed, declared = row or (0, "", "")
    return hint_of(settings, today, bool(is_on), assessed, declared, means)


def is_switched_on(db: Connection, means: Means = VOICE) -> bool:
    """Whether the shop wants it, whatever else it lacks."""
    query = f"SELECT 1 FROM {means.hint_table} WHERE is_on"  # nosec B608: a constant
    return db.execute(query).fetchone() is not None


def hint_of(
    settings: RecognitionSettings, today: date, is_on: bool, assessed: str, declared: str, means: Means = VOICE
) -> RecognitionHint:
    """As it would be on a day, if that were said."""
    prepared = Preparation(settings.officer, settings.contact, day_of(assessed), day_of(declared))
    lacks = lacking(settings.place, prepared, today)
    if means is CUSTOMER_FACE and not settings.has_code:
        lacks = (*lacks, "way")
    return RecognitionHint(is_on, assessed, declared, lacks, read(settings.folder, means))


def wording_now(db: Connection, means: Means) -> tuple[str, dict[str, str]]:
    """The version of what is signed now, and the shop's own words of it by language; of the standard ones none."""
    row = db.execute(_WORDING, (means.name,)).fetchone()
    texts = _decode(row[1]) if row else {}
    return (row[0], texts) if texts else (STANDARD, {})


def read_release(db: Connection, person: str, means: Means = VOICE) -> Release | None:
    """What a person said yes to; None: they did not, or it cannot be shown."""
    query = f"SELECT signed, wording, language, given_us FROM {means.release_table} WHERE person = ?"  # nosec B608
    row = db.execute(query, (person,)).fetchone()
    if row is None:
        return None
    sealed, wording, language, given_us = row
    signed, template = (
        Keyring(db).open(person, RELEASED[means.name], "signed", sealed),
        read_one(db, person, means.name),
    )
    if signed is None:
        return None
    return Release(signed, wording, language, given_us, template.expires_us if template else None)


def is_user(db: Connection, person: str) -> bool:
    """Whether somebody works here, with a name of their own."""
    return db.execute("SELECT 1 FROM access_user WHERE id = ? AND active", (person,)).fetchone() is not None


def count_templates(db: Connection, means: Means = VOICE) -> int:
    """How many are kept."""
    return int(db.execute(_COUNT, (means.name,)).fetchone()[0])


def kept_of(db: Connection, person: str) -> dict[str, Any]:
    """The templates of a person, for them alone."""
    kept: dict[str, Any] = {}
    for means in ALL:
        if found := read_one(db, person, means.name):
            shown = {"model": found.model, "created": utc(found.created_us), "expires": utc(found.expires_us)}
            kept[means.name] = shown | {"vector": [round(value, 6) for value in found.vector]}
    return kept
