"""Reads of what voices may do here, and of who said yes to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from edge.core.people.personal_export import utc
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.shop.recognition.biometric_law import Lacking, Preparation, lacking
from edge.shop.recognition.events import VoiceReleased
from edge.shop.recognition.settings import RecognitionSettings
from edge.shop.recognition.template import read_one
from edge.shop.recognition.trials import VoiceTrials, read

_RELEASE = "SELECT signed, wording, language, given_us FROM voice_release WHERE person = ?"
_COUNT = "SELECT count(*) FROM biometric_template"


class VoiceHint(msgspec.Struct, frozen=True):
    """What the shop said of it, what it lacks by the law of its place, and its trials (None: none, or too few)."""

    is_on: bool
    assessed: str
    declared: str
    lacks: tuple[Lacking, ...]
    trials: VoiceTrials | None

    @property
    def is_open(self) -> bool:
        """Whether somebody may be known by their voice."""
        return self.is_on and not self.lacks and self.trials is not None


class VoiceRelease(msgspec.Struct, frozen=True):
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


def read_hint(db: Connection, settings: RecognitionSettings, today: date) -> VoiceHint:
    """As it is on a day."""
    row = db.execute("SELECT is_on, assessed, declared FROM voice_hint").fetchone()
    is_on, assessed, declared = row or (0, "", "")
    return hint_of(settings, today, bool(is_on), assessed, declared)


def is_switched_on(db: Connection) -> bool:
    """Whether the shop wants it, whatever else it lacks."""
    return db.execute("SELECT 1 FROM voice_hint WHERE is_on").fetchone() is not None


def hint_of(settings: RecognitionSettings, today: date, is_on: bool, assessed: str, declared: str) -> VoiceHint:
    """As it would be on a day, if that were said."""
    prepared = Preparation(settings.officer, settings.contact, day_of(assessed), day_of(declared))
    lacks = lacking(settings.place, prepared, today)
    return VoiceHint(is_on, assessed, declared, lacks, read(settings.folder))


def read_release(db: Connection, person: str) -> VoiceRelease | None:
    """What a person said yes to; None: they did not, or it cannot be shown."""
    row = db.execute(_RELEASE, (person,)).fetchone()
    if row is None:
        return None
    sealed, wording, language, given_us = row
    signed, template = Keyring(db).open(person, VoiceReleased, "signed", sealed), read_one(db, person)
    if signed is None:
        return None
    return VoiceRelease(signed, wording, language, given_us, template.expires_us if template else None)


def is_user(db: Connection, person: str) -> bool:
    """Whether somebody works here, with a name of their own."""
    return db.execute("SELECT 1 FROM access_user WHERE id = ? AND active", (person,)).fetchone() is not None


def count_templates(db: Connection) -> int:
    """How many are kept."""
    return int(db.execute(_COUNT).fetchone()[0])


def kept_of(db: Connection, person: str) -> dict[str, Any]:
    """The template of a person, for them alone."""
    found = read_one(db, person)
    if found is None:
        return {}
    shown = {"model": found.model, "created": utc(found.created_us), "expires": utc(found.expires_us)}
    return {"voice": shown | {"vector": [round(value, 6) for value in found.vector]}}
