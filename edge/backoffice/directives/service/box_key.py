"""This box's key, with which head office encrypts. It's created here and stored as a secret; its public half is in the
journal."""

from __future__ import annotations

import asyncio

import structlog

from edge.backoffice.directives.commands import AnnounceKey
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.secrets.store import SecretLost, SecretMissing, SecretStore
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from sync import directive_sealing
from sync.directive_sealing import NotForUs
from sync.wire import Directive

_log = structlog.get_logger(__name__)

NAME = "box.directives"
"""The name of the secret: the private key, and the epoch whose journal has its public half."""
UNSAID = -1


async def announce(shop: CommandBus, secrets: SecretStore) -> None:
    """Record the public half in the journal once per epoch, as head office may not have that of an ended epoch."""
    try:
        private, epoch = await asyncio.to_thread(_ensure_key, secrets)
        if epoch == shop.head.epoch:
            return
        outcome = await shop.do(AnnounceKey(directive_sealing.public_of(private)), system("hub"))
        if isinstance(outcome, Done):
            await asyncio.to_thread(secrets.set, NAME, f"{private} {outcome.epoch}")
    except EdgeError as error:
        _log.warning("this box's key couldn't be sent to head office; retried at the next start", why=error.what)


def open_sealed_body(secrets: SecretStore, tenant: str, store: str, directive: Directive) -> bytes:
    """The body of a directive, decrypted if necessary. Raises `NotForUs`."""
    if not directive_sealing.is_sealed(directive.body):
        return directive.body
    try:
        private = secrets.open(NAME).split()[0]
    except EdgeError as error:
        raise NotForUs(f"it is encrypted, and this box's key is unavailable: {error.what}") from error
    return directive_sealing.open_(directive.body, tenant, store, directive.kind, private)


def fingerprint(secrets: SecretStore) -> str:
    """The public half, for comparison with head office; "" if there is no key."""
    try:
        return directive_sealing.public_of(secrets.open(NAME).split()[0])
    except EdgeError:
        return ""


def _ensure_key(secrets: SecretStore) -> tuple[str, int]:
    """The private key, created if missing, and the epoch in which it was announced."""
    try:
        private, epoch = secrets.open(NAME).split()
        return private, int(epoch)
    except (SecretMissing, SecretLost):
        private = directive_sealing.new_key()
        secrets.set(NAME, f"{private} {UNSAID}")
        return private, UNSAID
