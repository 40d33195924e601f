"""How a part is, for people. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["starting", "ok", "lost", "stopped"]


class PartState(msgspec.Struct, frozen=True):
    """How a part is: what happened and what to do, in plain words, when it is lost or wants something.

    Where `key` is given, `edge/lib/i18n` says the same in every language (see `EdgeError`).
    """

    name: str
    state: State
    what: str = ""
    advice: str = ""
    key: str = ""
    values: dict[str, str | int] = {}
