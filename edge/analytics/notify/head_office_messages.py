"""Messages of a box that delivers through head office: bodies of `sync.wire.Ask`, room `notify`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Number

ROOM = "notify"
MAIL_BYTES = 128 * 1024
"""Maximum size in bytes of a mail with attachments; a larger one isn't sent through head office."""
KEYS = 50
"""Number of letters queried at a time."""
LetterKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class HandLetter(msgspec.Struct, frozen=True, tag="hand"):
    """Send this mail (RFC 5322, without sender) within this many seconds."""

    key: LetterKey
    recipient: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+$(?!\n)")]
    mail: Annotated[bytes, msgspec.Meta(max_length=MAIL_BYTES)]
    life_s: Annotated[int, msgspec.Meta(ge=1, le=24 * 3600)]


class AskLetters(msgspec.Struct, frozen=True, tag="letters"):
    """Ask for the state of these letters."""

    keys: Annotated[tuple[LetterKey, ...], msgspec.Meta(max_length=KEYS)]


class TakeReports(msgspec.Struct, frozen=True, tag="reports"):
    """Request this box's delivery reports with ids above `after`. Those up to `through` were received and can be
    deleted.
    """

    through: Number = 0
    after: Number = 0


class Handed(msgspec.Struct, frozen=True):
    """Whether head office accepted a letter; `why`, if not: no_office_mail, wrong_mail or told_to_wait."""

    why: Literal["", "no_office_mail", "wrong_mail", "told_to_wait"] = ""


class OfficeLetterState(msgspec.Struct, frozen=True):
    """The state of a letter; `gone`: unknown to head office."""

    key: str
    state: Literal["queued", "sending", "sent", "failed", "unknown", "gone"]
    why: str = ""
    detail: str = ""


class LetterStates(msgspec.Struct, frozen=True):
    """The answer to `AskLetters`."""

    letters: tuple[OfficeLetterState, ...] = ()


class OfficeReport(msgspec.Struct, frozen=True):
    """A report as received from a service."""

    id: Number
    channel: str
    token: str
    signature: str
    body: bytes


class OfficeReports(msgspec.Struct, frozen=True):
    """The answer to `TakeReports`: the oldest waiting reports."""

    reports: tuple[OfficeReport, ...] = ()


encode = msgspec.msgpack.encode
question_of = msgspec.msgpack.Decoder(HandLetter | AskLetters | TakeReports).decode
handed_of = msgspec.msgpack.Decoder(Handed).decode
states_of = msgspec.msgpack.Decoder(LetterStates).decode
reports_of = msgspec.msgpack.Decoder(OfficeReports).decode
