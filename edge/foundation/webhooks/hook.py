"""A webhook's definition. Its position is local state (`webhook_state.py`). Pure."""

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
    """An address that receives events of these types; none: the whole feed. Its secret is in the secret store."""

    id: HookId
    url: HookUrl
    types: EventTypes = ()
