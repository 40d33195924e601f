"""Codes that are sent to people, as second factors: by the first channel that is theirs alone."""

from __future__ import annotations

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.lib.i18n import translate
from edge.shop.access.rights import system
from edge.shop.notify.commands import SendText
from edge.shop.notify.preferences import ADDRESS, Channel
from edge.shop.notify.recipients import read_preferences, usable_channels

CHANNELS: tuple[Channel, ...] = ("sms", "whatsapp", "email")
"""Those that one person reads; the first that they have an address for, and the shop a way to."""


async def send_code(shop: CommandBus, language: str, user: str, code: str) -> bool:
    """Whether a code is on its way to somebody: in the outbox, from where it is delivered."""
    db = shop.reader
    chosen, usable = read_preferences(db, user), usable_channels(db)
    for channel in CHANNELS:
        if chosen is None or channel not in usable or not getattr(chosen, ADDRESS[channel]):
            continue
        said = SendText(user, channel, translate(language, "auth.code_subject", code=code), "")
        if isinstance(await shop.do(said, system("panel")), Done):
            return True
    return False
