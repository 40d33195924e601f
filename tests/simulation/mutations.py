"""Planted bugs: small changes of the product that the simulator must notice, as a test of the simulator itself.

To add one, write a function that returns the patches. Decorate it with `@plants(...)`, which takes the invariants that
may fail first (none: any) and the troubles that reveal the bug.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import msgspec

from edge.core.messages import Done
from edge.core.registry import Registry
from edge.core.storage import database
from edge.core.writer import Request, Writer
from edge.counter.till import hub as till_hub
from edge.counter.till.pages.register_state import RegisterStates
from edge.foundation.printing.printers.part import PrinterPart
from edge.goods.stock.events import StockMoved
from sync.downlink import Downlink
from sync.hub import rows as hub_rows
from sync.hub.model import Outcome
from sync.uplink import Uplink
from sync.wire import Ack
from tests.simulation.disk import Disk

Plant = Callable[[], list[Any]]


class Mutation(msgspec.Struct, frozen=True):
    """A planted bug, the invariants that may notice it, and the troubles that reveal it (none: those of any plan)."""

    plant: Plant
    noticed_by: tuple[str, ...]
    troubles: tuple[str, ...]


MUTATIONS: dict[str, Mutation] = {}


def plants(*noticed_by: str, by: tuple[str, ...] = ()) -> Callable[[Plant], Plant]:
    def add(plant: Plant) -> Plant:
        MUTATIONS[plant.__name__] = Mutation(plant, noticed_by, by)
        return plant

    return add


@contextmanager
def planted(mutation: Mutation) -> Iterator[None]:
    """Run the body with the bug in the product."""
    with ExitStack() as stack:
        for change in mutation.plant():
            stack.enter_context(change)
        yield


# ---- the writer


@plants(
    "what was told is kept, once",
    "done once",
    "no paper twice",
    "everybody at the tills is answered",
    by=("kill_the_appliance",),
)
def ack_before_commit() -> list[Any]:
    def early(request: object, answer: object, _grew: bool) -> bool:
        return isinstance(request, Request) and isinstance(answer, Done)

    return [patch("edge.core.writer._may_be_early", early)]


@plants()
def duplicate_command_applied() -> list[Any]:
    return [patch.object(Writer, "_earlier", lambda *_: None)]


@plants("chain and tables are what the journal says")
def projection_forgets_an_event() -> list[Any]:
    known = Registry.strict_for
    seen = [0]

    def forgetful(registry: Registry, event: Any) -> Any:
        seen[0] += event is StockMoved
        return () if event is StockMoved and seen[0] % 5 == 0 else known(registry, event)

    return [patch.object(Registry, "strict_for", forgetful)]


@plants("no fault of ours", "what was told is kept, once", "everything comes to rest", by=("power_cut", "checkpoint"))
def commit_does_not_wait_for_the_disk() -> list[Any]:
    """The next start notices the missing data, and refuses to open the ledger."""
    return [
        patch(
            "edge.core.storage.database._WRITER", database._WRITER.replace("synchronous = FULL", "synchronous = NORMAL")
        )
    ]


@plants("what was told is kept, once", "everything comes to rest", "no paper twice", by=("power_cut", "kill_a_worker"))
def disk_forgets_what_was_synced() -> list[Any]:
    """The disk breaks the one promise without which no data is safe. This must at least be noticed."""
    abandon = Disk.abandon

    def forgetful(disk: Disk) -> None:
        abandon(disk)
        if disk.wal.exists():
            os.truncate(disk.wal, disk.wal.stat().st_size * 2 // 3)

    return [patch.object(Disk, "abandon", forgetful)]


# ---- restores


@plants(by=("make_a_backup", "restore_a_backup", "cut_the_line"))
def epoch_reused() -> list[Any]:
    return [patch("edge.core.journal.epochs.epoch_after", lambda newest, _at_us, _chance: newest + 1)]


@plants("everything comes to rest", by=("make_a_backup", "restore_a_backup"))
def restore_without_a_new_epoch() -> list[Any]:
    return [patch("tests.simulation.appliance.begin_restored_epoch", lambda writer, *_: writer.head)]


@plants("a number is given once", "head office understands every row", by=("make_a_backup", "restore_a_backup"))
def numbers_go_on_where_the_backup_was() -> list[Any]:
    return [patch("edge.operations.maintenance.restoring.prior_state.skip_numbers", lambda *_: None)]


@plants("no paper twice", by=("make_a_backup", "restore_a_backup", "printer_off"))
def waiting_paper_of_a_backup_is_printed() -> list[Any]:
    return [patch("edge.foundation.printing.after_restore", lambda _db: None)]


# ---- paper


@plants("no paper twice")
def doubled_print() -> list[Any]:
    """An interrupted job is simply printed again."""
    settle = PrinterPart._settle

    def hopeful(part: Any, job: Any, state: Any, problem: str = "") -> None:
        settle(part, job, "queued" if state == "unknown" else state, problem)

    return [patch.object(PrinterPart, "_settle", hopeful)]


@plants("everything comes to rest", by=("failing_disk",))
def claim_forgotten() -> list[Any]:
    """A claimed job isn't released if a failing disk may have stored the claim. The simulator found this bug."""
    save = PrinterPart._save

    async def forgetful(part: Any) -> bool:
        part._unsaved = {job: settled for job, settled in part._unsaved.items() if settled.state != "queued"}
        return await save(part)

    return [patch.object(PrinterPart, "_save", forgetful)]


@plants("the kitchen is told what is sold")
def kitchen_told_twice() -> list[Any]:
    return [patch("edge.counter.kitchen.handlers.read_told", lambda *_: {})]


@plants("pages show what is there", by=("failing_disk", "full_disk"))
def answers_that_came_to_nothing_believed() -> list[Any]:
    """Pages keep showing answers that weren't committed. Only the check of pages finds this."""
    return [patch.object(RegisterStates, "read_again", lambda _: None)]


# ---- sync


@plants("the hub's chain holds")
def dropped_gap() -> list[Any]:
    """The hub's prefix skips rows that never arrived."""

    def follow(prefix: Any, links: Any) -> None:
        prefix.through, prefix.hash = links[-1].seq, links[-1].hash

    return [patch.object(hub_rows._Prefix, "_follow", follow)]


@plants("acknowledged is committed", "everything comes to rest", "the hub equals the store")
def hub_acknowledges_past_a_gap() -> list[Any]:
    take = hub_rows.take

    def eager(device: Any, blocks: Any, credit: int) -> Any:
        outcome: Outcome = yield from take(device, blocks, credit)
        replies = [
            Ack(reply.epoch, max(block.last for block in blocks), credit) if isinstance(reply, Ack) else reply
            for reply in (outcome.replies or [Ack(device.epoch, 0, credit)])
        ]
        return msgspec.structs.replace(outcome, replies=replies)

    return [patch("sync.hub.store.rows.take", eager)]


@plants("acknowledged is committed", "everything comes to rest")
def edge_never_sends_again() -> list[Any]:
    """The edge assumes that rows arrived if they were sent once."""

    def received(uplink: Any, message: Any, now: float) -> Any:
        if isinstance(message, Ack):
            message = Ack(message.epoch, max(message.through, uplink._cursor - 1), message.credit, message.hello)
        return known(uplink, message, now)

    known = Uplink.on_message
    return [patch.object(Uplink, "on_message", received)]


@plants("each directive ends once", "everything comes to rest", by=("head_office_speaks", "failing_disk"))
def directive_passed_over() -> list[Any]:
    """A directive that couldn't be applied isn't retried."""

    def failed(downlink: Any, _why: str, now: float) -> Any:
        return Downlink.on_applied(downlink, downlink._waiting[0].version, now)

    return [patch.object(Downlink, "on_failed", failed)]


@plants("the money agrees")
def money_rounded_on_the_hub() -> list[Any]:
    record, total = till_hub.SALE.record, till_hub.SALE.filled.index("total_minor")

    def rounded(fact: Any) -> list[Any]:
        made = record(fact)
        made[total] = made[total] // 10 * 10
        return made

    return [patch.object(till_hub.SALE, "record", rounded)]


@plants("the money agrees", "acknowledged stays in the books", by=("make_a_backup", "restore_a_backup"))
def head_office_forgets_what_a_restore_left() -> list[Any]:
    return [patch("edge.counter.till.hub.SaleTables.keeps_orphans", False)]
