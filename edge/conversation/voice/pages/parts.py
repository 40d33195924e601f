"""Runs microphones, each with its register's speaker, and answers messages to the shop's number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import cast

from drivers.roles import Microphone, Speaker
from edge.conversation.voice.pages.voice_part import VoicePart
from edge.conversation.voice.pages.written_part import WrittenPart
from edge.core.process.parts import Part, Stage
from edge.foundation.printing.service.devices.device_trials import TRIALS, beep_aloud
from edge.runtime.shop_context import ShopContext
from edge.web.context import PANEL


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield a part for each microphone, and one for messages to the shop's WhatsApp number if it is answered."""
    site = context.services.of(PANEL)
    speakers: dict[str, Speaker] = {}
    for device, made in context.of_role("speaker"):
        speaker = speakers[device.register] = cast(Speaker, made)
        context.services.of(TRIALS)[device.name] = partial(beep_aloud, speaker)
    for device, made in context.of_role("microphone"):
        speaking, heard = speakers.get(device.register), cast(Microphone, made)
        part = VoicePart(site, heard, speaking, device.name, device.register, device.microphone)
        yield Part(device.name, part.run, stage=Stage.DEVICES)
    if (number := context.config.notify.whatsapp) and number.chat:
        yield Part("written messages", WrittenPart(site).run, stage=Stage.BACKGROUND)
