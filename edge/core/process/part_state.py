"""Status of a part, for people. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["starting", "ok", "lost", "stopped"]


class PartState(msgspec.Struct, frozen=True):
    """Status of a part, with the problem and advice if it is lost or needs attention.

    With a `key`, `edge/lib/i18n` has the text in every language (see `EdgeError`).
    """

    name: str
    state: State
    what: str = ""
    advice: str = ""
    key: str = ""
    values: dict[str, str | int] = {}
