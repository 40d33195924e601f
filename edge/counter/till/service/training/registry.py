"""The commands of practice mode: the shop's, without outside effects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Capability, CommandSpec, Registry, Transaction
from edge.counter.kitchen.commands import PrintSlips
from edge.counter.till.after_sale.receipts import without_proof
from edge.counter.till.commands import EndTraining, StartTraining
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, DrawerPulse, Text
from edge.lib.i18n import translate

PRACTISED = frozenset({"core", "till", "paper", "slips", "gift_cards", "coupons", "stock", "shifts"})
"""Capabilities whose commands run in practice mode. Others only read the real ledger."""


def practice_registry(registry: Registry) -> Registry:
    """The registry of practice mode for this one."""
    return Registry(_practice_capability(capability) for capability in registry.capabilities)


def mark_as_training(document: Document) -> Document:
    """Return a paper marked as training at the top and bottom, without the drawer pulse."""
    mark = Text(translate(document.language, "training.paper"), align="centre", bold=True, size=2)
    rows = tuple(without_proof(row) for row in document.rows if not isinstance(row, DrawerPulse))
    return msgspec.structs.replace(document, rows=(mark, *rows, mark))


def _practice_capability(capability: Capability) -> Capability:
    known = capability.name in PRACTISED
    commands = tuple(_spec(spec) if known else _with(spec, _refuse_command) for spec in capability.commands)
    return msgspec.structs.replace(capability, commands=commands)


def _spec(spec: CommandSpec) -> CommandSpec:
    if spec.command is QueuePrint:
        return _with(spec, _on_paper(spec.handler))
    if spec.command is PrintSlips:
        return _with(spec, lambda tx, command: 0)
    return _with(spec, _refuse_command) if spec.command in (StartTraining, EndTraining) else spec


def _on_paper(print_it: Callable[[Transaction, QueuePrint], Any]) -> Callable[[Transaction, QueuePrint], Any]:
    def handler(tx: Transaction, command: QueuePrint) -> Any:
        if command.target or all(isinstance(row, DrawerPulse) for row in command.document.rows):
            return 0
        return print_it(tx, msgspec.structs.replace(command, document=mark_as_training(command.document)))

    return handler


def _refuse_command(tx: Transaction, command: Any) -> NoReturn:
    raise Refusal("not_in_training")


def _with(spec: CommandSpec, handler: Callable[..., Any]) -> CommandSpec:
    return msgspec.structs.replace(spec, handler=handler)
