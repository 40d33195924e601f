"""Projects recognition events to rows."""

from __future__ import annotations

from functools import partial
from typing import Literal

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.recognition.events import (
    CustomerFaceReleased,
    CustomerFacesSet,
    FaceHintSet,
    FaceReleased,
    FaceWithdrawn,
    ReleaseWorded,
    VoiceHintSet,
    VoiceReleased,
    VoiceWithdrawn,
)
from edge.ordering.recognition.means import ALL, CUSTOMER_FACE, FACE, VOICE, Means
from edge.people.customers.events import ConsentWithdrawn

BIOMETRICS: Literal["biometrics"] = "biometrics"
"""The consent purpose of recognising customers by face."""
_WORDED = "INSERT OR REPLACE INTO release_wording (means, version, texts, seq) VALUES (?, ?, ?, ?)"


def _set(
    means: Means, db: Connection, fact: RecordedEvent, event: VoiceHintSet | FaceHintSet | CustomerFacesSet
) -> None:
    query = f"INSERT OR REPLACE INTO {means.hint_table} (id, is_on, assessed, declared) VALUES (1, ?, ?, ?)"
    db.execute(query, (event.is_on, event.assessed, event.declared))  # nosec B608: a constant


def _save_release(
    means: Means, db: Connection, fact: RecordedEvent, event: VoiceReleased | FaceReleased | CustomerFaceReleased
) -> None:
    columns = "(person, signed, wording, language, given_us) VALUES (?, ?, ?, ?, ?)"
    query = f"INSERT OR REPLACE INTO {means.release_table} {columns}"  # nosec B608: a constant
    db.execute(query, (event.person, event.signed, event.wording, event.language, fact.at_us))


def _withdrawn(means: Means, db: Connection, fact: RecordedEvent, event: VoiceWithdrawn | FaceWithdrawn) -> None:
    db.execute(f"DELETE FROM {means.release_table} WHERE person = ?", (event.person,))  # nosec B608: a constant


def _consent_ended(db: Connection, fact: RecordedEvent, event: ConsentWithdrawn) -> None:
    if event.purpose == BIOMETRICS:
        db.execute("DELETE FROM customer_face_release WHERE person = ?", (event.customer,))


def _delete_releases(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    for means in ALL:
        db.execute(f"DELETE FROM {means.release_table} WHERE person = ?", (event.person,))  # nosec B608: a constant


def _save_wording(db: Connection, fact: RecordedEvent, event: ReleaseWorded) -> None:
    db.execute(_WORDED, (event.means, event.wording, msgspec.json.encode(event.texts).decode(), fact.seq))


projector = Projector(
    name="recognition",
    version=3,
    tables=(
        *("voice_hint", "voice_release", "face_hint", "face_release"),
        *("customer_face_hint", "customer_face_release", "release_wording"),
    ),
    on={
        VoiceHintSet: partial(_set, VOICE),
        VoiceReleased: partial(_save_release, VOICE),
        VoiceWithdrawn: partial(_withdrawn, VOICE),
        FaceHintSet: partial(_set, FACE),
        FaceReleased: partial(_save_release, FACE),
        FaceWithdrawn: partial(_withdrawn, FACE),
        CustomerFacesSet: partial(_set, CUSTOMER_FACE),
        CustomerFaceReleased: partial(_save_release, CUSTOMER_FACE),
        ConsentWithdrawn: _consent_ended,
        ReleaseWorded: _save_wording,
        PersonForgotten: _delete_releases,
    },
)
