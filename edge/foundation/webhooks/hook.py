"""What a webhook is, as it was set: how far it has been told is local state (`webhook_state.py`). Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

HOOKS_MOST = 20
HookId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)")]
HookUrl = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f@]+$(?!\n)")]
EventTypes = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Za-z]{1,60}$(?!\n)")], ...], msgspec.Meta(max_length=60)
]


class Hook(msgspec.Struct, frozen=True):
    """An address that is told of facts of these types; no types: of all that the feed has. Its secret lies with the
    shop's secrets, never here."""

    id: HookId
    url: HookUrl
    types: EventTypes = ()
