"""Setup pages, devices, configuration, and the machine's state.

An owner can set up on a page what is in config.toml: the first start, devices, and sections such as taxes, tills,
backups and papers. The file remains the only store: a page writes it, preserving comments, and the appliance reads it
on restart.

Invariants. A file that prevents starting is never written. Secrets are never shown: passwords are `secret:NAME`, and
those of a payment terminal go straight from its form to the secret store. Anything in the file that isn't on a page
stays.
"""

from edge.backoffice.office.commands import (
    BringInAside,
    DeleteAsideLedger,
    LeaveAside,
    NoteConfiguration,
    ReportAside,
    WriteOffLeftOut,
)
from edge.backoffice.office.events import EVENTS
from edge.backoffice.office.handlers import bring_in, delete_aside, leave, note_configuration, report, write_off
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
        CommandSpec(WriteOffLeftOut, write_off, right=MANAGE, surfaces=INSIDE),
        CommandSpec(DeleteAsideLedger, delete_aside, right=MANAGE, surfaces=INSIDE),
    ),
    events=EVENTS,
)
