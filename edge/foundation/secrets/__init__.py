"""Named secrets: who entered and removed them. See README.md."""

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import INSIDE
from edge.shop.access.rights import PINS
from edge.shop.secrets.commands import NoteSecret
from edge.shop.secrets.events import EVENTS
from edge.shop.secrets.handlers import note_secret

__all__ = ["capability"]

capability = Capability(
    name="secrets",
    commands=(CommandSpec(NoteSecret, note_secret, right=PINS, surfaces=INSIDE),),
    events=EVENTS,
)
