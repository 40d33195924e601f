"""Named secrets: who entered and removed them. See README.md."""

from edge.core.registry import MACHINE, Capability, CommandSpec
from edge.shop.access.rights import PINS
from edge.shop.secrets.commands import NoteSecret
from edge.shop.secrets.events import EVENTS
from edge.shop.secrets.handlers import note_secret

__all__ = ["capability"]

capability = Capability(
    name="secrets",
    commands=(CommandSpec(NoteSecret, note_secret, right=PINS, surfaces=MACHINE),),
    events=EVENTS,
)
