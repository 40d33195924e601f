"""Test page of a printer (characters, width, a barcode), and printing it without a running shop."""

from __future__ import annotations

import asyncio
from typing import Any

from drivers import registry as drivers
from edge.foundation.printing.document import Bars, Document, Pair, Rule, Text
from edge.foundation.printing.printers.escpos import render
from edge.lib.i18n import LANGUAGES, translate
from edge.runtime.config.devices import Device, read_device

PRINT_S = 20.0
"""How long a printer may take for the test page before it's reported as not responding."""


def trial_page(shop: str, printer: str, language: str) -> Document:
    """The page: printer name, a line in every language, a price, a barcode."""
    greetings = tuple(Text(translate(one, "office.paper_greeting"), align="centre") for one in LANGUAGES)
    return Document(
        language,
        (
            Text(shop, align="centre", bold=True, size=2),
            Text(translate(language, "office.paper_title", printer=printer), align="centre"),
            Rule(),
            *greetings,
            Pair(translate(language, "office.paper_pair"), "12.50"),
            Bars("EDGE-TEST"),
            Rule(),
        ),
    )


def printer_of(entry: dict[str, Any]) -> Device:
    """An unconfigured printer from its description. Raises `ConfigFault`."""
    return read_device({**entry, "role": "receipt_printer"}, 0)


async def print_at_once(device: Device, document: Document) -> None:
    """Send a page directly to a printer not in use. Raises `DeviceError` or `TimeoutError`."""
    data = await asyncio.to_thread(render, document, device.paper)
    printer: Any = drivers.create(device.role, device.driver, device.options)
    async with asyncio.timeout(PRINT_S):
        await printer.open()
        try:
            await printer.send(data)
        finally:
            await printer.close()
