"""Newer versions of the software, as head office rolls them out: asked, fetched, tried, exchanged. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.shop.access.rights import MANAGE
from edge.shop.software.commands import AskSoftware, MoveSoftware, TakeRelease
from edge.shop.software.events import EVENTS
from edge.shop.software.handlers import ask, move, take
from edge.shop.software.project import projector
from edge.shop.software.queries import software_updates
from edge.shop.software.settings import settings_of as settings_of
from edge.shop.software.watches import WATCHES

capability = Capability(
    name="software",
    commands=(
        CommandSpec(AskSoftware, ask, right=MANAGE, surfaces=MACHINE),
        CommandSpec(TakeRelease, take, right=MANAGE, ask_first=True, reauthenticate=True, surfaces=STAFF),
        CommandSpec(MoveSoftware, move, right=MANAGE, surfaces=MACHINE),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("software_updates", software_updates, right=MANAGE, surfaces=STAFF),),
    watches=WATCHES,
)
