"""Diagnostics of a box for support: versions, checks, devices, sizes; no personal data, sales or secrets."""

from __future__ import annotations

import os
import platform
import shutil
import tomllib
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3

from edge import __version__
from edge.backoffice.software.queries import SoftwareUpdate, software_updates
from edge.backoffice.support.diagnosis import books_of, checks_of, queue_of, settings_of
from edge.backoffice.support.masking import mask_answer
from edge.core.process import log
from edge.core.process.parts import PartState
from edge.core.registry import Registry
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection
from edge.foundation.printing.queries import count_queued
from edge.lib.errors import EdgeError
from edge.runtime.backup_state import status as backup_status
from edge.runtime.config import Config
from edge.runtime.sync_state import SyncState

OF_TRADE = frozenset({"edge_card_payments", "edge_assistant_turns"})
"""Gauges left out of answers, as they reveal sales or questions."""
MASKED_SUFFIXES = ("_minor", "pin", "phone", "number", "licence")
"""Suffixes of names in config.toml whose values are masked."""
HELP_LINES = 1000
"""Newest log lines included in an answer of remote help."""
PROC = Path("/proc")


def assemble_answer(
    db: Connection,
    registry: Registry,
    config: Config,
    question: str,
    states: Mapping[str, PartState],
    sync: SyncState | None = None,
) -> dict[str, Any]:
    """The answer to a question (`bundle`: all of them), not masked yet. `states`: the running shop's parts; `sync`: its
    sync state. Without these, only the ledger and the machine are described."""
    found: dict[str, Any] = {"question": question, "version": __version__}
    if question == "status":
        found |= _status(db, config, states, sync)
    if question == "log":
        found |= {"log": list(log.RECENT)[-HELP_LINES:]}
    if question == "update":
        found |= {"updates": [_update(one) for one in software_updates(db)]}
    if question in ("check", "bundle"):
        found |= {"checks": checks_of(db, registry), "parts": _parts(states)}
    if question in ("devices", "bundle"):
        found |= {"devices": _devices(config, states)}
    if question in ("queue", "bundle"):
        found |= queue_of(db)
    if question == "bundle":
        found |= {"books": books_of(db), "settings": settings_of(db), "machine": _machine(config)}
        found |= {"sync": _sync(sync), "metrics": _metrics(db, registry, config), "config": configured_of(config.file)}
        found |= {"log": list(log.RECENT)}
    return found


def _status(db: Connection, config: Config, states: Mapping[str, PartState], sync: SyncState | None) -> dict[str, Any]:
    """The contents of the shop's status page: failed parts and waiting work."""
    kept = backup_status.load(config.folder)
    wrong = [one for one in states.values() if one.state != "ok" or one.key]
    return {
        "not_working": [{"part": one.name, "state": one.state, "what": one.what, "key": one.key} for one in wrong],
        "alerts": books_of(db)["alerts"],
        "prints_waiting": count_queued(db),
        "jobs": queue_of(db)["jobs"],
        "sync": _sync(sync),
        "backup": {"last_us": kept.backup_us, "fault": kept.fault.key if kept.fault else "", "drill_us": kept.drill_us},
        "machine": _machine(config),
    }


def _update(one: SoftwareUpdate) -> dict[str, Any]:
    return {"release": one.release, "step": one.step, "reason": one.reason, "since_us": one.moved_us}


def of_machine(config: Config) -> dict[str, Any]:
    """The diagnostics that are available even if the ledger can't be read."""
    return {"machine": _machine(config), "config": configured_of(config.file)}


def answer_text(told: dict[str, Any], secrets: SecretStore) -> str:
    """An answer as shown and sent: masked, as JSON with one field per line."""
    said = msgspec.json.decode(msgspec.json.encode(told))  # plain JSON values, as they will be written
    return msgspec.json.format(msgspec.json.encode(mask_answer(said, masked_secrets(secrets))), indent=1).decode()


def masked_secrets(secrets: SecretStore) -> list[str]:
    """The secrets to mask in every answer."""
    found = []
    for one in secrets.list_secrets():
        with suppress(EdgeError):
            found.append(secrets.open(one.name))
    return found


def _parts(states: Mapping[str, PartState]) -> list[dict[str, str]]:
    every = sorted(states.values(), key=lambda one: one.name)
    return [{"part": one.name, "state": one.state, "what": one.what} for one in every]


def _devices(config: Config, states: Mapping[str, PartState]) -> list[dict[str, str]]:
    """Devices with their roles and drivers only, without addresses."""
    return [
        {
            "name": one.name,
            "role": one.role,
            "driver": one.driver,
            "state": states[one.name].state if one.name in states else "not there",
        }
        for one in config.devices
    ]


def _machine(config: Config) -> dict[str, Any]:
    disk = shutil.disk_usage(config.folder)
    ledger = sum(one.stat().st_size for one in config.folder.glob("ledger.db*"))
    return {
        "python": platform.python_version(),
        "sqlite": pysqlite3.sqlite_version,
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "disk_free_mib": disk.free // 2**20,
        "disk_mib": disk.total // 2**20,
        "ledger_mib": ledger // 2**20,
    }


def _sync(sync: SyncState | None) -> dict[str, Any] | None:
    """Head office's position in the journal; None if sync is off or the shop doesn't run in this process."""
    if sync is None:
        return None
    rows = {"through": sync.through, "head": sync.head, "set_back": sync.set_back}
    return {"state": sync.state, **rows, "trouble": sync.key}


def _metrics(db: Connection, registry: Registry, config: Config) -> dict[str, Any]:
    """The capabilities' gauges, except those about sales, and the machine's load."""
    gauges = [one for capability in registry.capabilities for one in capability.gauges if one.name not in OF_TRADE]
    # The prefix is removed because names that begin like keys would be masked.
    found: dict[str, Any] = {
        one.name.removeprefix("edge_"): {" ".join(at): n for at, n in one.numbers(db, config.registers).items()}
        for one in gauges
    }
    status = _numbers(PROC / "self" / "status", ("VmRSS", "Threads"))
    memory = _numbers(PROC / "meminfo", ("MemTotal", "MemAvailable"))
    sizes = {f"{name}_mib": n // 1024 for name, n in (*status, *memory) if name != "Threads"}
    return found | sizes | {name: n for name, n in status if name == "Threads"}


def _numbers(path: Path, wanted: Collection[str]) -> list[tuple[str, int]]:
    """The first number of each wanted line of a proc(5) file; empty if unavailable."""
    with suppress(OSError):
        lines = (line.split() for line in path.read_text().splitlines())
        return [(words[0][:-1], int(words[1])) for words in lines if len(words) > 1 and words[0][:-1] in wanted]
    return []


def configured_of(file: Path) -> dict[str, Any]:
    """The keys in config.toml by section; values only of switches and numbers."""
    with suppress(OSError, tomllib.TOMLDecodeError):
        found: dict[str, Any] = _redact_value("", tomllib.loads(file.read_text()))
        return found
    return {}


def _redact_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _redact_value(key, one) for key, one in value.items()}
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return [_redact_value(name, one) for one in value]
    return value if isinstance(value, bool | int) and not name.lower().endswith(MASKED_SUFFIXES) else "set"
