"""Webhooks as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.registry import Projector
from edge.core.surfaces import INSIDE
from edge.foundation.access.rights import MANAGE, PINS
from edge.foundation.webhooks.commands import RemoveWebhook, SetWebhook
from edge.foundation.webhooks.events import WebhookRemoved, WebhookSet
from edge.foundation.webhooks.hook import HOOKS_MOST, Hook

WEBHOOKS = Entity(
    Hook,
    table="webhook",
    set_by=SetWebhook,
    was_set=WebhookSet,
    end_by=RemoveWebhook,
    was_ended=WebhookRemoved,
    right=PINS,
    end_right=MANAGE,
    surfaces=INSIDE,
    limit=CountLimit(HOOKS_MOST, "too_many_webhooks"),
    unknown=Unknown("no_such_webhook", "webhook"),
)
"""Webhooks. A webhook's secret is created when it is set (`routes.py`)."""

projector = Projector(name="webhooks", version=1, tables=(WEBHOOKS.table,), on=WEBHOOKS.on)
