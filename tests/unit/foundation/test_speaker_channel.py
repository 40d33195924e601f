"""Alerts said aloud: by the shop's voice, to the end, and never on a loudspeaker that no one let go of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from drivers.roles import DeviceError
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.foundation.outbox.service.channels.speaker import SpeakerChannel
from edge.foundation.printing.service.devices.shared_speaker import SharedSpeaker
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from tests.shop_fixture import run

FIRE = Parcel(
    key="1",
    title="Critical: Fire · Shop",
    paragraphs=("Fire", "Leave.", "Since 9"),
    severity="critical",
    what="raised",
    language="en",
)


@dataclass
class Loudspeaker:
    """Keeps what it was given; `broken`: it can't be opened; `pieces`: it is torn off behind so many."""

    broken: bool = False
    pieces: int = 99
    heard: list[bytes] = field(default_factory=list)
    opened: int = 0

    async def open(self) -> None:
        if self.broken:
            raise DeviceError("It is in use.", "", "busy")
        self.opened += 1

    async def play(self, samples: bytes, rate_hz: int) -> None:
        if len(self.heard) == self.pieces:
            raise DeviceError("It is gone.", "", "lost")
        self.heard.append(samples)

    async def hush(self) -> None: ...

    async def close(self) -> None:
        self.opened -= 1


@dataclass
class Made:
    samples: bytes
    rate_hz: int = 22_050


class Saying:
    """One text as sound."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def __aenter__(self) -> Saying:
        return self

    async def __aexit__(self, *error: object) -> None: ...

    async def __aiter__(self) -> AsyncIterator[Made]:
        yield Made(self._text.encode())


class Voices:
    def has(self, kind: str, language: str = "") -> bool:
        return (kind, language) == ("tts", "en")

    def speak(self, text: str, language: str, within_s: float) -> Any:
        return Saying(text)


def test_what_it_is_and_what_to_do_is_said() -> None:
    device = Loudspeaker()
    run(SpeakerChannel(device, Voices()).send(FIRE, "speaker"))
    assert device.heard == [b"Fire", b"Leave."] and not device.opened


def test_without_a_voice_or_a_loudspeaker_another_channel_is_to_tell() -> None:
    with pytest.raises(Undelivered) as mute:
        hebrew = msgspec.structs.replace(FIRE, language="he")
        run(SpeakerChannel(Loudspeaker(), Voices()).send(hebrew, "speaker"))
    assert (mute.value.why, mute.value.permanent) == ("no_voice", True)
    with pytest.raises(Undelivered) as lost:
        run(SpeakerChannel(Loudspeaker(broken=True), Voices()).send(FIRE, "speaker"))
    assert (lost.value.why, lost.value.permanent) == ("speaker_lost", False)


def test_what_broke_off_was_perhaps_heard_and_is_not_said_again() -> None:
    device = Loudspeaker(pieces=1)
    with pytest.raises(MaybeSent):
        run(SpeakerChannel(device, Voices()).send(FIRE, "speaker"))
    with pytest.raises(Undelivered) as never:
        run(SpeakerChannel(Loudspeaker(pieces=0), Voices()).send(FIRE, "speaker"))
    assert (never.value.why, never.value.permanent, device.opened) == ("speaker_lost", False, 0)


def test_a_till_that_talks_keeps_its_loudspeaker() -> None:
    async def scenario() -> None:
        device = Loudspeaker()
        shared = SharedSpeaker(device)
        await shared.open()
        await SpeakerChannel(shared, Voices()).send(FIRE, "speaker")
        assert device.opened == 1, "the conversation still has it"
        await shared.close()
        assert device.opened == 0

    run(scenario())
