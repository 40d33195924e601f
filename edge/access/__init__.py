"""Who may do what. See README.md."""

from edge.access.commands import SetPin
from edge.access.events import EVENTS, UPCASTERS
from edge.access.handlers import set_pin
from edge.access.rights import MANAGE
from edge.core.shapes import Capability, CommandSpec

capability = Capability(
    name="access",
    commands=(CommandSpec(SetPin, set_pin, right=MANAGE),),
    events=EVENTS,
    upcasters=UPCASTERS,
)
