"""What head office asks of a box, and the shop's yes or no. See README.md."""

from functools import partial

from edge.backoffice.support.commands import AgreeSupport, AllowSupport, AskSupport, DeclineSupport, EndSupport
from edge.backoffice.support.events import EVENTS
from edge.backoffice.support.handlers import agree, allow, ask, decline, end
from edge.backoffice.support.project import projector
from edge.backoffice.support.queries import support_cases, support_leave
from edge.backoffice.support.settings import SupportSection
from edge.backoffice.support.settings import settings_of as settings_of
from edge.backoffice.support.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE


def capability(said: SupportSection) -> Capability:
    """Support, in a shop whose config.toml says so of it."""
    return Capability(
        name="support",
        commands=(
            CommandSpec(AskSupport, partial(ask, always=said.allow), right=MANAGE, surfaces=MACHINE),
            CommandSpec(AgreeSupport, agree, right=MANAGE, surfaces=STAFF),
            CommandSpec(DeclineSupport, decline, right=MANAGE, surfaces=STAFF),
            CommandSpec(AllowSupport, allow, right=MANAGE, surfaces=STAFF),
            CommandSpec(EndSupport, end, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("support_cases", support_cases, right=MANAGE, surfaces=STAFF),
            QuerySpec("support_leave", support_leave, right=MANAGE, surfaces=STAFF),
        ),
        watches=WATCHES,
    )
