"""Receipt printer: prints severe alerts, even offline."""

from __future__ import annotations

from collections.abc import Mapping

from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Refused
from edge.foundation.access.rights import system
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import AnyRow, Document, Rule, Text
from edge.foundation.printing.printers.unwritten_papers import UnwrittenPapers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered

EXPIRES_MS = 12 * 3600 * 1000
PRINTED_S = 60.0
"""How long a document printed from memory waits for its printer."""


class PrinterChannel:
    """Queues a print on the configured printer, whose part tracks the result."""

    name = "printer"
    repeats, marks_end = False, False

    def __init__(self, shop: CommandBus, target: str, memory: Mapping[str, UnwrittenPapers]) -> None:
        """Create the channel. `memory`: for each printer, the queue that takes the document if the ledger is
        read-only."""
        self._shop = shop
        self._target = target
        self._memory = memory

    async def send(self, parcel: Parcel, to: str) -> str:
        rows: tuple[AnyRow, ...] = (Text(parcel.title, bold=True), Rule(), *(Text(line) for line in parcel.paragraphs))
        document = Document(parcel.language, rows)
        outcome = await self._shop.do(QueuePrint("alert", document, EXPIRES_MS, target=self._target), system())
        memory = self._memory.get(self._target)
        if isinstance(outcome, Refused) and outcome.code == "read_only" and memory is not None:
            return await self._from_memory(memory, document)
        if not isinstance(outcome, Done):
            raise Undelivered("printer_busy", getattr(outcome, "code", ""))
        return ""

    async def _from_memory(self, papers: UnwrittenPapers, document: Document) -> str:
        match await papers.print(document, PRINTED_S):
            case "printed" | "sent":
                return ""
            case "unknown":
                raise MaybeSent("the printer closed the connection")
            case _:
                raise Undelivered("printer_busy")
