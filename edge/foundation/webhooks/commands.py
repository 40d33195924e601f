"""What can be asked about webhooks. Their secrets are in no command."""

from __future__ import annotations

from edge.core.messages import Command
from edge.foundation.webhooks.hook import Hook, HookId


class SetWebhook(Command, Hook, frozen=True):
    """Tell this address of facts from now on: of these types, or of all that the feed has. The surface makes the id and
    the secret."""


class RemoveWebhook(Command, frozen=True):
    """Tell it nothing any more."""

    id: HookId
