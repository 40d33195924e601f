"""References to secrets in a configuration: by name, or in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from edge.core.secrets.store import REFERENCE
from edge.runtime.config.devices import Device
from edge.runtime.config.notify import NotifySection
from edge.runtime.config.sections import Sync

_OF_DEVICES = ("password", "password_file", "pairing", "secret", "passphrase", "token", "key")
_MAYBE = ("authority",)
"""Options that may also be the path of a file without secrets."""


class SaidSecret(msgspec.Struct, frozen=True):
    """A place in the configuration with a secret: `secret:NAME`, the secret itself, or a file."""

    where: str
    value: str

    @property
    def name(self) -> str:
        """Name of the secret; "" if the secret is in plain text on the disk."""
        return self.value.removeprefix(REFERENCE) if self.value.startswith(REFERENCE) else ""


def secrets_in(sync: Sync | None, notify: NotifySection, devices: Iterable[Device]) -> Iterator[SaidSecret]:
    """Every secret of a configuration."""
    entries: list[tuple[str, str | None]] = []
    if sync:
        entries += [("[sync] password", sync.password), ("[sync] password_file", sync.password_file)]
    entries += [("[notify] webhook_secret", notify.webhook_secret)]
    entries += [("[notify] webhook_secret_file", notify.webhook_secret_file)]
    entries += [("[notify] webhook_secret_former", notify.webhook_secret_former)]
    if mail := notify.email:
        entries += [("[notify.email] password", mail.password), ("[notify.email] password_file", mail.password_file)]
    for name, entry in (("sms", notify.sms), ("whatsapp", notify.whatsapp)):
        if entry:
            entries += [(f"[notify.{name}] token", entry.token), (f"[notify.{name}] token_file", entry.token_file)]
    if meta := notify.whatsapp:
        entries += [("[notify.whatsapp] verify_token", meta.verify_token)]
        entries += [("[notify.whatsapp] app_secret", meta.app_secret)]
    for device in devices:
        entries += [(f"{key} of {device.name}", str(device.options.get(key, ""))) for key in _OF_DEVICES]
        maybe = ((f"{key} of {device.name}", str(device.options.get(key, ""))) for key in _MAYBE)
        entries += [(where, value) for where, value in maybe if value.startswith(REFERENCE)]
    yield from (SaidSecret(where, value) for where, value in entries if value)
