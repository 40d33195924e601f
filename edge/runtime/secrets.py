"""Secrets for the shop's services: a data folder's store, opened with its key or the recovery code, and secrets in
separate files, from before the store existed."""

from __future__ import annotations

import stat
from pathlib import Path

from drivers import registry as drivers
from edge.core.secrets import keys
from edge.core.secrets.store import SecretStore
from edge.core.services import Service
from edge.lib.errors import ConfigError
from edge.runtime.config import Device

LIMIT_BYTES = 8_192


def secrets_of(folder: Path) -> SecretStore:
    """Secret store of a data folder."""
    return SecretStore(folder, keys.of_secrets(folder))


def secrets_by(folder: Path, code: bytes) -> SecretStore:
    """Return the secret store opened with a recovery code that isn't in the data folder yet."""
    return SecretStore(folder, lambda _make: keys.derive_key(code, "secrets"))


def driver_of(device: Device, store: SecretStore) -> object:
    """Create a device's driver with its secrets. Raises `ConfigError` or `NeedsHuman` if the driver or a secret is
    unavailable."""
    device.require_driver()
    options = {key: store.resolve(value) if isinstance(value, str) else value for key, value in device.options.items()}
    try:
        return drivers.create(device.role, device.driver, options)
    except drivers.BadOptions as error:
        raise ConfigError(
            f"A secret of {device.name} isn't valid: {error.key}.", f"Allowed: {error.allowed}."
        ) from None


def secret_of(store: SecretStore, value: str, file: str, beside: Path) -> str:
    """Resolve a configured secret. `value` is `secret:NAME` or the secret itself. Otherwise it is the first line of
    `file`, relative to `beside` (config.toml's folder); "" if neither is set. Raises `ConfigError` or `NeedsHuman`."""
    if value:
        return store.resolve(value)
    return read_secret(beside / file) if file else ""


def read_secret(path: Path) -> str:
    """Return the first line of a file. Raises `ConfigError` if the file is missing, empty, or readable by others."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")[:LIMIT_BYTES].strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"The secret in {path} can't be read: {error}.", "Write it there, on one line.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"Other users of this machine can read {path}.", f"Restrict it to its owner: chmod 600 {path}"
        )
    if not text:
        raise ConfigError(f"{path} is empty.", "Write the secret there, as one line.")
    return text.splitlines()[0]


SECRETS: Service[SecretStore] = Service("secrets", lambda site: secrets_of(site.config.folder))
