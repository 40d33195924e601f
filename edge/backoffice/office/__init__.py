"""First start, devices, configuration, this machine's state.

What an owner sets up on a page instead of in a file: the first start, devices, and the sections of config.toml
that a shop changes once in a while (taxes, tills, backups, papers). The file stays the only place where that is
kept: a page writes it, with every comment that somebody put there, and the appliance reads it when it starts
again.

Invariants. A file that the appliance could not start with is never written. Nothing secret is shown: passwords
are `secret:NAME`, and what is secret of a payment terminal goes from its form to the store of secrets alone. What
is in the file and on no page stays as it was.
"""

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
