"""What can be asked about webhooks. Their secrets are in no command."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command

HookId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$")]
HookUrl = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f@]+$")]
EventTypes = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Za-z]{1,60}$")], ...], msgspec.Meta(max_length=60)
]


class SetWebhook(Command, frozen=True):
    """Tell this address of facts from now on: of these types, or of all that the feed has. The surface makes the id and
    the secret."""

    id: HookId
    url: HookUrl
    types: EventTypes = ()


class RemoveWebhook(Command, frozen=True):
    """Tell it nothing any more."""

    id: HookId
