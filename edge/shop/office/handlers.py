"""Commands about the configuration, inside the transaction."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.shop.office.commands import NoteConfiguration
from edge.shop.office.events import ConfigurationChanged


def note_configuration(tx: Transaction, command: NoteConfiguration) -> None:
    tx.append(ConfigurationChanged(command.keys))
