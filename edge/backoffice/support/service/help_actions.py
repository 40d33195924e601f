"""The few actions that remote help may perform in a shop: print a test page, and restart a part. None of them changes
money, goods, people or settings."""

from __future__ import annotations

import asyncio
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Done
from edge.core.process.parts import Supervisor
from edge.foundation.access.rights import ALL
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.queries import read_print_job
from edge.foundation.printing.service.trial_print import trial_page
from edge.runtime.config import Config

ACTIONS = frozenset({"print", "restart"})
RESTARTABLE = frozenset({"models", "notifications", "feeds", "other_tills", "web_shops", "invoice_mail", "plugging"})
"""Parts besides devices that may be restarted. Each of them only has to catch up afterwards, and none takes part in
payments or the journal."""
KEPT_ROLES = frozenset({"payment_terminal"})
"""Roles of devices that are never restarted remotely, as a customer may be paying."""
PRINTED_S, LOOK_S = 8.0, 0.25
PRINT_EXPIRES_MS = 60_000


def restartable_parts(config: Config, supervisor: Supervisor) -> list[str]:
    """The running parts that remote help may restart."""
    devices = {device.name for device in config.devices if device.role not in KEPT_ROLES}
    return sorted((devices | RESTARTABLE) & supervisor.states.keys())


def receipt_printers(config: Config) -> dict[str, str]:
    """Printers for test pages, each with its register."""
    return {device.name: device.register for device in config.devices if device.role == "receipt_printer"}


async def perform(
    question: str, subject: str, shop: CommandBus, config: Config, supervisor: Supervisor
) -> dict[str, Any]:
    """Perform an action and return its result. For an unknown subject nothing is done, and the result lists the
    possible ones."""
    if question == "print":
        return await _print_test(subject, shop, config)
    possible = restartable_parts(config, supervisor)
    if subject not in possible:
        return {"done": False, "why": "not a part of the list", "possible": possible}
    await supervisor.restart(subject)
    return {"done": True, "state": supervisor.states[subject].state}


async def _print_test(printer: str, shop: CommandBus, config: Config) -> dict[str, Any]:
    """Print a test page, and wait a few seconds for the printer's confirmation."""
    printers = receipt_printers(config)
    if printer not in printers:
        return {"done": False, "why": "not a receipt printer", "possible": sorted(printers)}
    store = config.store
    page = trial_page(store.name(store.header), printer, store.language)
    register = printers[printer]
    command = QueuePrint("test", page, expires_ms=PRINT_EXPIRES_MS, target="" if register else printer)
    outcome = await shop.do(command, Actor("system", "hub", register or config.registers[0], ALL))
    if not isinstance(outcome, Done):
        return {"done": False, "why": "the print wasn't accepted"}
    state = ""
    for _ in range(int(PRINTED_S / LOOK_S)):
        job = read_print_job(shop.reader, outcome.result)
        state = f"{job.state} {job.problem}".strip() if job else ""
        if job is None or job.state not in ("queued", "sending"):
            break
        await asyncio.sleep(LOOK_S)
    return {"done": True, "state": state}
