"""Voices as a hint of who signs in: off until the place's law and the shop's own trials allow it. See README.md."""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import MACHINE, STAFF
from edge.shop.access.rights import MANAGE, SELL
from edge.shop.recognition import commands
from edge.shop.recognition.events import EVENTS
from edge.shop.recognition.handlers import Voices, let_go_all
from edge.shop.recognition.handlers import forget_voice as forget_voice
from edge.shop.recognition.project import projector
from edge.shop.recognition.queries import kept_of
from edge.shop.recognition.settings import RecognitionSettings
from edge.shop.recognition.settings import settings_of as settings_of


def capability(settings: RecognitionSettings) -> Capability:
    """Voices in a store with these settings."""
    voices = Voices(settings)
    return Capability(
        name="recognition",
        commands=(
            CommandSpec(commands.SetVoiceHint, voices.set_hint, right=MANAGE, reauthenticate=True, surfaces=STAFF),
            CommandSpec(commands.ReleaseVoice, voices.release, right=SELL, surfaces=STAFF),
            CommandSpec(commands.WithdrawVoice, voices.withdraw, right=SELL, surfaces=STAFF),
            CommandSpec(commands.EnrolVoice, voices.enrol, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.NoteVoiceKnown, voices.known, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        on_restore=let_go_all,
        kept_of=kept_of,
    )
