"""What head office asks of a box, and the shop's yes or no. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.shop.access.rights import MANAGE
from edge.shop.support.commands import AgreeSupport, AllowSupport, AskSupport, DeclineSupport, EndSupport
from edge.shop.support.events import EVENTS
from edge.shop.support.handlers import agree, allow, ask, decline, end
from edge.shop.support.project import projector
from edge.shop.support.queries import support_cases, support_leave
from edge.shop.support.settings import SupportSection
from edge.shop.support.settings import settings_of as settings_of
from edge.shop.support.watches import WATCHES


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
