"""What is printed, and what became of it. See README.md."""

from edge.access.rights import MANAGE, SELL
from edge.core.shapes import Capability, CommandSpec, QuerySpec
from edge.paper.commands import QueuePrint, SettlePrint
from edge.paper.handlers import queue_print, settle_print
from edge.paper.queries import last_print_job

capability = Capability(
    name="paper",
    commands=(
        CommandSpec(QueuePrint, queue_print, right=MANAGE),
        CommandSpec(SettlePrint, settle_print, right=MANAGE),
    ),
    queries=(QuerySpec("last_print_job", last_print_job, right=SELL),),
)
