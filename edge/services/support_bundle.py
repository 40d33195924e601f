"""What a box tells of itself where somebody helps it: versions, checks, devices, sizes; no people, sales or secrets."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import pysqlite3

from edge.config import Config
from edge.core.process import log
from edge.core.process.parts import PartState
from edge.core.registry import Registry
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection
from edge.lib.errors import EdgeError
from edge.shop.support.diagnosis import books_of, checks_of, queue_of, settings_of


def told_of(
    db: Connection, registry: Registry, config: Config, question: str, states: Mapping[str, PartState]
) -> dict[str, Any]:
    """The answer to a question (`bundle`: all of them), not masked yet. `states`: of the parts of a shop that runs in
    this process; without any it says what the ledger and the machine say."""
    found: dict[str, Any] = {"question": question, "version": version("edge-store")}
    if question in ("check", "bundle"):
        found |= {"checks": checks_of(db, registry), "parts": _parts(states)}
    if question in ("devices", "bundle"):
        found |= {"devices": _devices(config, states)}
    if question in ("queue", "bundle"):
        found |= queue_of(db)
    if question == "bundle":
        found |= {"books": books_of(db), "settings": settings_of(db), "machine": _machine(config)}
        found |= {"log": list(log.RECENT)}
    return found


def secrets_known(secrets: SecretStore) -> list[str]:
    """What no answer has in it, whatever a line says."""
    found = []
    for one in secrets.listed():
        with suppress(EdgeError):
            found.append(secrets.open(one.name))
    return found


def _parts(states: Mapping[str, PartState]) -> list[dict[str, str]]:
    every = sorted(states.values(), key=lambda one: one.name)
    return [{"part": one.name, "state": one.state, "what": one.what} for one in every]


def _devices(config: Config, states: Mapping[str, PartState]) -> list[dict[str, str]]:
    """Roles and drivers alone: where a device is reached is in nobody's answer."""
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
