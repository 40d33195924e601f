"""Kinds of recognition and their messages: staff by voice or face, customers by face. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

MeansName = Literal["voice", "face", "customer_face"]


class Means(msgspec.Struct, frozen=True):
    """Codes of refusals; `hint_table` and `release_table`: tables of the shop's setting and of releases; `trials_file`:
    the file of trials, shared by staff's and customers' faces."""

    name: MeansName
    off: str
    place: str
    officer: str
    assessed: str
    declared: str
    way: str
    not_measured: str
    not_released: str
    differs: str
    themself: str
    day: str
    wait: str
    unknown: str
    hint_table: str
    release_table: str
    trials_file: str


VOICE = Means(
    "voice",
    "voice_off",
    "voice_place",
    "voice_officer",
    "voice_assessed",
    "voice_declared",
    "voice_way",
    "voice_not_measured",
    "voice_not_released",
    "voice_differs",
    "voice_self",
    "voice_day",
    "voice_wait",
    "voice_unknown",
    "voice_hint",
    "voice_release",
    "voice-trials.json",
)
FACE = Means(
    "face",
    "face_off",
    "face_place",
    "face_officer",
    "face_assessed",
    "face_declared",
    "face_way",
    "face_not_measured",
    "face_not_released",
    "face_differs",
    "face_self",
    "face_day",
    "face_wait",
    "face_unknown",
    "face_hint",
    "face_release",
    "face-trials.json",
)
CUSTOMER_FACE = msgspec.structs.replace(
    FACE,
    name="customer_face",
    wait="customer_face_wait",
    unknown="customer_face_unknown",
    hint_table="customer_face_hint",
    release_table="customer_face_release",
)
ALL = (VOICE, FACE, CUSTOMER_FACE)
