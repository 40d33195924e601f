"""What is printed, and what became of it. See README.md."""

from edge.access.rights import MANAGE, SELL
from edge.core.shapes import MACHINE, Capability, CommandSpec, QuerySpec, Refused, Transaction
from edge.paper.commands import ConfirmPrint, CopyPrint, PrintLabels, QueuePrint, SettlePrint
from edge.paper.events import EVENTS, UPCASTERS
from edge.paper.handlers import confirm_print, copy_print, queue_print, set_back, settle_print
from edge.paper.labelling import Labelling, LabelSettings
from edge.paper.queries import doubtful_prints, last_print_job
from edge.settings.queries import Live


def capability(settings: LabelSettings) -> Capability:
    """The paper of a store with labels of these settings, in the language that its papers have."""
    live = Live(settings, "store.language")

    def print_labels(tx: Transaction, command: PrintLabels) -> list[int] | Refused:
        return Labelling(live.at(tx.db)).print_labels(tx, command)

    return Capability(
        name="paper",
        commands=(
            CommandSpec(QueuePrint, queue_print, right=MANAGE, surfaces=MACHINE),
            CommandSpec(SettlePrint, settle_print, right=MANAGE, surfaces=MACHINE),
            CommandSpec(ConfirmPrint, confirm_print, right=SELL, ask_first=True),
            CommandSpec(CopyPrint, copy_print, right=SELL),
            CommandSpec(PrintLabels, print_labels, right=MANAGE),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        queries=(
            QuerySpec("last_print_job", last_print_job, right=SELL),
            QuerySpec("doubtful_prints", doubtful_prints, right=SELL),
        ),
        set_back=set_back,
    )
