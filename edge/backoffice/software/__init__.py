"""Software updates rolled out by head office: requested, downloaded, tested, installed. See README.md."""

from edge.backoffice.software.commands import AskSoftware, MoveSoftware, TakeBackUpdate, TakeRelease
from edge.backoffice.software.events import EVENTS
from edge.backoffice.software.handlers import ask, move, take, take_back
from edge.backoffice.software.project import projector
from edge.backoffice.software.queries import software_updates
from edge.backoffice.software.settings import settings_of as settings_of
from edge.backoffice.software.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE

capability = Capability(
    name="software",
    commands=(
        CommandSpec(AskSoftware, ask, right=MANAGE, surfaces=MACHINE),
        CommandSpec(TakeRelease, take, right=MANAGE, ask_first=True, reauthenticate=True, surfaces=STAFF),
        CommandSpec(TakeBackUpdate, take_back, right=MANAGE, ask_first=True, reauthenticate=True, surfaces=STAFF),
        CommandSpec(MoveSoftware, move, right=MANAGE, surfaces=MACHINE),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("software_updates", software_updates, right=MANAGE, surfaces=STAFF),),
    watches=WATCHES,
    mended_at="/manager/software",
)
