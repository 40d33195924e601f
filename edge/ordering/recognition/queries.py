"""Queries of recognition: whether it's available, and releases."""

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
"""The version name of the standard release text.

The text is in `words`, section `own_voice`, `own_face` or `me_face`, as `release_text`.
"""
_COUNT = "SELECT count(*) FROM biometric_template WHERE kind = ?"
_WORDING = "SELECT version, texts FROM release_wording WHERE means = ? ORDER BY seq DESC LIMIT 1"
_decode = msgspec.json.Decoder(dict[str, str]).decode


class RecognitionHint(msgspec.Struct, frozen=True):
    """The shop's setting for voices or faces, the legal steps still missing, and the trials (None: too few)."""

    is_on: bool
    assessed: str
    declared: str
    lacks: tuple[Lacking, ...]
    trials: VoiceTrials | None

    @property
    def is_open(self) -> bool:
        """Whether recognition is available."""
        return self.is_on and not self.lacks and self.trials is not None


class Release(msgspec.Struct, frozen=True):
    """A signed release, and when the person's template expires (None: no template)."""

    signed: str
    wording: str
    language: str
    given_us: int
    expires_us: int | None


def day_of(text: str) -> date | None:
    """Parse a stored day; None if it's empty or invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_hint(db: Connection, settings: RecognitionSettings, today: date, means: Means = VOICE) -> RecognitionHint:
    """The shop's setting and legal state on a day."""
    row = db.execute(f"SELECT is_on, assessed, declared FROM {means.hint_table}").fetchone()  # nosec B608: a constant
    is_on, assessed, declared = row or (0, "", "")
    return hint_of(settings, today, bool(is_on), assessed, declared, means)


def is_switched_on(db: Connection, means: Means = VOICE) -> bool:
    """Whether the shop turned the setting on, even if requirements aren't met yet."""
    query = f"SELECT 1 FROM {means.hint_table} WHERE is_on"  # nosec B608: a constant
    return db.execute(query).fetchone() is not None


def hint_of(
    settings: RecognitionSettings, today: date, is_on: bool, assessed: str, declared: str, means: Means = VOICE
) -> RecognitionHint:
    """The setting and legal state on a day, with these settings."""
    prepared = Preparation(settings.officer, settings.contact, day_of(assessed), day_of(declared))
    lacks = lacking(settings.place, prepared, today)
    if means is CUSTOMER_FACE and not settings.has_code:
        lacks = (*lacks, "way")
    return RecognitionHint(is_on, assessed, declared, lacks, read(settings.folder, means))


def wording_now(db: Connection, means: Means) -> tuple[str, dict[str, str]]:
    """The current version of the release, and the shop's own texts by language; empty for the standard text."""
    row = db.execute(_WORDING, (means.name,)).fetchone()
    texts = _decode(row[1]) if row else {}
    return (row[0], texts) if texts else (STANDARD, {})


def read_release(db: Connection, person: str, means: Means = VOICE) -> Release | None:
    """A person's release; None if they haven't signed one or it can't be decrypted."""
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
    """Whether the person is an active user."""
    return db.execute("SELECT 1 FROM access_user WHERE id = ? AND active", (person,)).fetchone() is not None


def count_templates(db: Connection, means: Means = VOICE) -> int:
    """The number of stored templates."""
    return int(db.execute(_COUNT, (means.name,)).fetchone()[0])


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """A person's templates, for their own data export."""
    kept: dict[str, Any] = {}
    for means in ALL:
        if found := read_one(db, person, means.name):
            shown = {"model": found.model, "created": utc(found.created_us), "expires": utc(found.expires_us)}
            kept[means.name] = shown | {"vector": [round(value, 6) for value in found.vector]}
    return kept
