"""Sends notifications, also by the shop's own printer and speaker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from drivers.roles import Speaker
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.process.parts import Part, Stage
from edge.foundation.outbox.service.channels.printer import PrinterChannel
from edge.foundation.outbox.service.channels.sender import Sender
from edge.foundation.outbox.service.channels.speaker import SpeakerChannel
from edge.foundation.printing.printers.unwritten_papers import UNWRITTEN
from edge.runtime.models_state import RUNNING
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts of notifications."""
    own = tuple(_own_channels(context))
    part = NotificationsPart(context.config, context.shop, own=own, office=context.office)
    yield Part("notifications", part.run, stage=Stage.BACKGROUND)


def _own_channels(context: ShopContext) -> Iterator[Sender]:
    """Senders that print alerts or read them aloud, if configured."""
    notify, services = context.config.notify, context.services
    memory = services.of(UNWRITTEN)
    for device, made in context.of_role("speaker"):
        if device.name == notify.speaker:
            yield SpeakerChannel(cast(Speaker, made), services.of(RUNNING))
    if name := notify.printer:
        yield PrinterChannel(context.shop, name, memory)
