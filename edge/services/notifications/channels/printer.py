"""The receipt printer: what is grave on paper, also where there is no line to anywhere."""

from __future__ import annotations

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.services.notifications.channels.sender import Parcel
from edge.services.outgoing.faults import Undelivered
from edge.shop.access.rights import system
from edge.shop.printing.commands import QueuePrint
from edge.shop.printing.document import AnyRow, Document, Rule, Text

EXPIRES_MS = 12 * 3600 * 1000


class PrinterChannel:
    """Queues a paper at the printer of config.toml; the printer's own part knows what becomes of it."""

    name = "printer"
    repeats = False

    def __init__(self, shop: CommandBus, target: str) -> None:
        self._shop = shop
        self._target = target

    async def send(self, parcel: Parcel, to: str) -> str:
        rows: tuple[AnyRow, ...] = (Text(parcel.title, bold=True), Rule(), *(Text(line) for line in parcel.paragraphs))
        paper = QueuePrint("alert", Document(parcel.language, rows), EXPIRES_MS, target=self._target)
        outcome = await self._shop.do(paper, system())
        if not isinstance(outcome, Done):
            raise Undelivered("printer_busy", getattr(outcome, "code", ""))
        return ""
