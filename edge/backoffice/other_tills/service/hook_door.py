"""Receives webhooks of other tills: checks only the signature, stores the webhook, then answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from edge.backoffice.other_tills import clover
from edge.backoffice.other_tills.entities import TILLS
from edge.backoffice.other_tills.other_till import OtherTill, secret_name
from edge.backoffice.other_tills.service.hook_files import HookFiles, TooMany
from edge.backoffice.other_tills.service.hook_reader import CODES_MOST
from edge.backoffice.other_tills.settings import USUAL_BOUNDS, TillBounds, live_bounds
from edge.backoffice.other_tills.wire import NotUnderstood, json_of
from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretStore
from edge.core.services import Service
from edge.foundation.settings.queries import LiveSettings
from edge.lib.errors import EdgeError
from edge.runtime.secrets import secrets_of
from sync.hook_signatures import HookRule, is_signed

CODE_BYTES = 200
SECRET_HEADERS = ("authorization", "cookie", "x-clover-auth")


def rule_of(till: OtherTill, moment_off_min: int) -> HookRule:
    """A till's webhook signature rule. Times in headers may be off by `moment_off_min` minutes."""
    said = (till.kind, till.hook_url, till.header, till.prefix, till.signature, till.encoding, till.moment_header)
    return HookRule(*said, moment_off_s=60 * moment_off_min)


class HookDoor:
    """Receives webhooks for a shop, on the event loop and in threads."""

    def __init__(
        self,
        shop: CommandBus,
        secrets: SecretStore,
        files: HookFiles,
        store: str,
        wall_s: Callable[[], float] = time.time,
        bounds: LiveSettings[TillBounds] = USUAL_BOUNDS,
    ) -> None:
        self._bounds = bounds
        self._shop, self._secrets, self._files, self._store, self._wall_s = shop, secrets, files, store, wall_s
        self.came: Callable[[], None] = lambda: None
        """Called when a webhook arrives."""

    @property
    def _now(self) -> TillBounds:
        return self._bounds.at(self._shop.reader)

    def burst(self) -> int:
        """Maximum webhooks in a burst."""
        return self._now.hook_burst

    def find(self, pos: str, store: str) -> OtherTill | None:
        """The till that this webhook address belongs to; None if there is no such till, or it's inactive."""
        found = TILLS.find(self._shop.reader, pos[:40]) if store == self._store else None
        return found if found is not None and found.is_active else None

    def take(self, till: OtherTill, headers: Mapping[str, str], body: bytes) -> int:
        """Store a webhook and return the status: 200 once it's on disk, 401 for a wrong signature, 503 without a secret
        or if it can't be stored. Call it in a thread."""
        names = {name.lower(): value for name, value in headers.items()}
        secrets = self._open_secrets(till)
        if till.kind == "clover" and not secrets and self._is_code(till, body):
            return self._keep(till, {}, body)
        if not secrets or (till.kind == "square" and not till.hook_url):
            return 503
        if not is_signed(rule_of(till, self._now.moment_off_min), secrets, names, body, self._wall_s()):
            return 401
        return self._keep(till, {name: value for name, value in names.items() if name not in SECRET_HEADERS}, body)

    def _is_code(self, till: OtherTill, body: bytes) -> bool:
        """Whether a webhook is Clover's unsigned code for this address. Accepted only until the till has a secret."""
        try:
            found = len(body) <= CODE_BYTES and clover.code_of_hook(json_of(body))
        except NotUnderstood:
            return False
        return bool(found) and len(self._files.waiting(till.id)) < CODES_MOST

    def _keep(self, till: OtherTill, headers: dict[str, str], body: bytes) -> int:
        try:
            self._files.keep(till.id, int(self._wall_s() * 1e6), headers, body)
        except (TooMany, OSError, EdgeError):
            return 503
        return 200

    def _open_secrets(self, till: OtherTill) -> tuple[str, ...]:
        """The valid secrets; two while one replaces the other."""
        found = []
        for name in (secret_name(till, "hook"), secret_name(till, "hook-next")):
            try:
                found.append(self._secrets.open(name))
            except EdgeError:
                continue
        return tuple(found)


def _make_door(site: Any) -> HookDoor:
    from edge.runtime.config import CONFIG

    config = site.services.of(CONFIG)
    secrets = secrets_of(config.folder)
    files, bounds = HookFiles(Path(config.folder), secrets), live_bounds(config)
    made = HookDoor(site.shop, secrets, files, config.store.id, bounds=bounds)
    site.door.rates.bursts["webhook"] = made.burst
    return made


HOOKS: Service[HookDoor] = Service("hooks", _make_door)
