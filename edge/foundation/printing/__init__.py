"""Printing and print status. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec, Transaction
from edge.core.surfaces import INSIDE, MACHINE, NAMED_TILL, TILL
from edge.foundation.access.rights import MANAGE, ORDERS, SELL
from edge.foundation.printing.commands import (
    ConfirmPrint,
    CopyPrint,
    PrintBatchLabel,
    PrintLabels,
    PrintPlaceLabel,
    QueuePrint,
    ReleasePrint,
    SettlePrint,
)
from edge.foundation.printing.events import EVENTS
from edge.foundation.printing.gauges import GAUGES
from edge.foundation.printing.handlers import (
    after_restore,
    confirm_print,
    copy_print,
    queue_print,
    release_print,
    settle_print,
)
from edge.foundation.printing.label_handlers import Labelling, LabelSettings
from edge.foundation.printing.labels import LabelGoods
from edge.foundation.printing.personal import forget_on_papers as forget_on_papers
from edge.foundation.printing.queries import last_print_job, unconfirmed_prints
from edge.foundation.settings.queries import LiveSettings


def capability(settings: LabelSettings, goods: LabelGoods) -> Capability:
    """Return the printing capability with these label settings, in the language of receipts. `goods` looks up labelled
    products."""
    live = LiveSettings(settings, "store.language")

    def print_labels(tx: Transaction, command: PrintLabels) -> list[int]:
        return Labelling(live.of(tx), goods).print_labels(tx, command)

    def print_place_label(tx: Transaction, command: PrintPlaceLabel) -> list[int]:
        return Labelling(live.of(tx), goods).print_place_label(tx, command)

    def print_batch_label(tx: Transaction, command: PrintBatchLabel) -> list[int]:
        return Labelling(live.of(tx), goods).print_batch_label(tx, command)

    return Capability(
        name="paper",
        commands=(
            CommandSpec(QueuePrint, queue_print, right=MANAGE, surfaces=INSIDE),
            CommandSpec(ReleasePrint, release_print, right=MANAGE, surfaces=INSIDE),
            CommandSpec(SettlePrint, settle_print, right=MANAGE, surfaces=MACHINE),
            CommandSpec(ConfirmPrint, confirm_print, right=SELL, ask_first=True, surfaces=NAMED_TILL),
            CommandSpec(CopyPrint, copy_print, right=SELL, also=ORDERS, surfaces=NAMED_TILL),
            CommandSpec(PrintLabels, print_labels, right=MANAGE, surfaces=NAMED_TILL),
            CommandSpec(PrintBatchLabel, print_batch_label, right=MANAGE, surfaces=NAMED_TILL),
            CommandSpec(PrintPlaceLabel, print_place_label, right=MANAGE, surfaces=NAMED_TILL),
        ),
        events=EVENTS,
        queries=(
            QuerySpec("last_print_job", last_print_job, right=SELL, surfaces=TILL),
            QuerySpec("doubtful_prints", unconfirmed_prints, right=SELL, surfaces=TILL),
        ),
        on_restore=after_restore,
        gauges=GAUGES,
    )
