"""What is set up on pages instead of in config.toml. See README.md."""

from edge.backoffice.office.commands import BringInAside, LeaveAside, NoteConfiguration, ReportAside
from edge.backoffice.office.events import EVENTS
from edge.backoffice.office.handlers import bring_in, leave, note_configuration, report
from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import INSIDE
from edge.foundation.access.rights import MANAGE

__all__ = ["capability"]

capability = Capability(
    name="office",
    commands=(
        CommandSpec(NoteConfiguration, note_configuration, right=MANAGE, surfaces=INSIDE),
        CommandSpec(ReportAside, report, right=MANAGE, surfaces=INSIDE),
        CommandSpec(BringInAside, bring_in, right=MANAGE, surfaces=INSIDE),
        CommandSpec(LeaveAside, leave, right=MANAGE, surfaces=INSIDE),
    ),
    events=EVENTS,
)
