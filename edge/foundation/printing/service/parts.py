"""Runs receipt printers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from drivers.roles import ReceiptPrinter
from edge.core.process.parts import Part, Stage, Supervisor
from edge.foundation.printing.printers.part import PrinterAssignment, PrinterPart
from edge.foundation.printing.printers.unwritten_papers import UNWRITTEN
from edge.runtime.config import Config, Device
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield a part for each receipt printer."""
    shop = context.shop
    for device, made in context.of_role("receipt_printer"):
        assigned = assignment(device, context.config, context.supervisor)
        part = PrinterPart(shop, cast(ReceiptPrinter, made), assigned, device.paper, device.printing, shop.clock)
        context.services.of(UNWRITTEN)[device.name] = part.unwritten
        yield Part(device.name, part.run, stage=Stage.DEVICES)


def assignment(device: Device, config: Config, supervisor: Supervisor) -> PrinterAssignment:
    """Return the registers that a printer serves, and the printer that it replaces while that one is lost."""
    main = next((other for other in config.devices if other.name == device.printing.stands_in_for), None)
    language = config.store.language
    if main is None:
        return PrinterAssignment(device.name, device.register or None, language=language, logo=str(config.logo))
    name = main.name

    def is_main_lost() -> bool:
        state = supervisor.states.get(name)
        return state is not None and state.state == "lost"

    own = None if main.register == device.register else device.register or None
    covers = main.register or None
    return PrinterAssignment(device.name, own, covers, is_main_lost, main.name, language, str(config.logo))
