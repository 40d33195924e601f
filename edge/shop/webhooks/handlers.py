"""Commands of webhooks, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.shop.webhooks.commands import RemoveWebhook, SetWebhook
from edge.shop.webhooks.events import WebhookRemoved, WebhookSet
from edge.shop.webhooks.webhook_state import read_webhooks

HOOKS_MOST = 20


def set_webhook(tx: Transaction, command: SetWebhook) -> None:
    if len(read_webhooks(tx.db)) >= HOOKS_MOST:
        raise Refusal("too_many_webhooks", {"limit": HOOKS_MOST})
    tx.append(WebhookSet(command.id, command.url, command.types))


def remove_webhook(tx: Transaction, command: RemoveWebhook) -> None:
    if command.id not in {one.id for one in read_webhooks(tx.db)}:
        raise Refusal("no_such_webhook")
    tx.append(WebhookRemoved(command.id))
