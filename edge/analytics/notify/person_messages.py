"""Account messages: second-factor codes, and notices of actions in a person's name."""

from __future__ import annotations

from collections.abc import Sequence

from edge.analytics.notify.commands import SendText
from edge.analytics.notify.preferences import ADDRESS, Channel
from edge.analytics.notify.recipients import read_preferences, usable_channels
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.foundation.access.rights import system
from edge.lib.i18n import translate

CHANNELS: tuple[Channel, ...] = ("sms", "whatsapp", "email")
"""A person's own channels; the first one that has an address and is configured in the shop is used."""
NOTICE_CHANNELS: tuple[Channel, ...] = ("email", "whatsapp", "sms")
"""A person's channels for messages that aren't urgent, cheapest first."""


async def send_code(shop: CommandBus, language: str, user: str, code: str) -> bool:
    """Queue a code; returns whether it was queued."""
    return await _send(shop, user, CHANNELS, translate(language, "auth.code_subject", code=code), "")


async def tell_person(shop: CommandBus, language: str, user: str, notice: str, **values: object) -> bool:
    """Queue a notice (texts `notice_NAME` and `notice_NAME_do` of [auth]); returns whether it was queued."""
    key = f"auth.notice_{notice}"
    return await _send(
        shop, user, NOTICE_CHANNELS, translate(language, key, **values), translate(language, f"{key}_do", **values)
    )


async def _send(shop: CommandBus, user: str, channels: Sequence[Channel], subject: str, text: str) -> bool:
    db = shop.reader
    chosen, usable = read_preferences(db, user), usable_channels(db)
    for channel in channels:
        if chosen is None or channel not in usable or not getattr(chosen, ADDRESS[channel]):
            continue
        if isinstance(await shop.do(SendText(user, channel, subject, text), system("panel")), Done):
            return True
    return False
