"""What head office asks of the shop. See README.md."""

from edge.access.rights import MANAGE
from edge.core.shapes import MACHINE, Capability, CommandSpec, JobKind, QuerySpec
from edge.directives.commands import ApplyPart, EndDirective, GiveUpDirective, TakeDirective
from edge.directives.events import EVENTS, UPCASTERS
from edge.directives.handlers import (
    APPLY_JOB,
    apply_part,
    chunks,
    end_directive,
    give_up_directive,
    set_back,
    take_directive,
)
from edge.directives.project import projector
from edge.directives.queries import taken_through

capability = Capability(
    name="directives",
    commands=(
        CommandSpec(TakeDirective, take_directive, right=MANAGE, surfaces=MACHINE),
        CommandSpec(ApplyPart, apply_part, right=MANAGE, surfaces=MACHINE),
        CommandSpec(EndDirective, end_directive, right=MANAGE, surfaces=MACHINE),
        CommandSpec(GiveUpDirective, give_up_directive, right=MANAGE, surfaces=MACHINE),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(QuerySpec("directives_taken_through", taken_through, right=MANAGE),),
    jobs=(JobKind(APPLY_JOB, chunks),),
    set_back=set_back,
)
