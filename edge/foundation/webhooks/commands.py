"""Commands of webhooks, without secrets."""

from __future__ import annotations

from edge.core.messages import Command
from edge.foundation.webhooks.hook import Hook, HookId


class SetWebhook(Command, Hook, frozen=True):
    """Send events to this address from now on: of these types, or the whole feed. The surface creates id and secret."""


class RemoveWebhook(Command, frozen=True):
    """Remove a webhook."""

    id: HookId
