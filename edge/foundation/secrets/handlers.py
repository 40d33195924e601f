"""Secret commands, inside the transaction."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.foundation.secrets.commands import NoteSecret
from edge.foundation.secrets.events import SecretRemoved, SecretSet, SecretsRotated


def note_secret(tx: Transaction, command: NoteSecret) -> None:
    match command.what:
        case "set":
            tx.append(SecretSet(command.name))
        case "removed":
            tx.append(SecretRemoved(command.name))
        case "rotated":
            tx.append(SecretsRotated())
