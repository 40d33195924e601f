"""Named secrets: who entered and removed them. See README.md."""

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import INSIDE
from edge.foundation.access.rights import PINS
from edge.foundation.secrets.commands import NoteSecret
from edge.foundation.secrets.events import EVENTS
from edge.foundation.secrets.handlers import note_secret

__all__ = ["capability"]

capability = Capability(
    name="secrets",
    commands=(CommandSpec(NoteSecret, note_secret, right=PINS, surfaces=INSIDE),),
    events=EVENTS,
)
