"""Directives from head office. See README.md."""

from edge.backoffice.directives.commands import (
    AnnounceKey,
    ApplyPart,
    EndDirective,
    GiveUpDirective,
    RefuseDirective,
    TakeDirective,
)
from edge.backoffice.directives.events import EVENTS
from edge.backoffice.directives.handlers import (
    APPLY_JOB,
    after_restore,
    announce_key,
    apply_part,
    chunks,
    end_directive,
    give_up_directive,
    refuse_directive,
    take_directive,
)
from edge.backoffice.directives.parts import PARTS
from edge.backoffice.directives.project import projector
from edge.backoffice.directives.queries import last_received
from edge.backoffice.directives.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE

capability = Capability(
    name="directives",
    commands=(
        CommandSpec(TakeDirective, take_directive, right=MANAGE, surfaces=MACHINE),
        CommandSpec(RefuseDirective, refuse_directive, right=MANAGE, surfaces=MACHINE),
        CommandSpec(AnnounceKey, announce_key, right=MANAGE, surfaces=MACHINE),
        CommandSpec(ApplyPart, apply_part, right=MANAGE, surfaces=MACHINE),
        CommandSpec(EndDirective, end_directive, right=MANAGE, surfaces=MACHINE),
        CommandSpec(GiveUpDirective, give_up_directive, right=MANAGE, surfaces=MACHINE),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("directives_taken_through", last_received, right=MANAGE, surfaces=STAFF),),
    jobs=(JobKind(APPLY_JOB, chunks),),
    on_restore=after_restore,
    watches=WATCHES,
    parts=PARTS,
)
