"""What a shop's files, scripts and dashboards rely on besides structs: keys of config.toml, settings, kinds of alerts,
metrics, and the command line (docs/promises.md)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from edge.__main__ import make_parser
from edge.foundation.settings.definitions import settings_by_name
from edge.runtime.config import file_type
from tests.golden.contracts import FOLDER, ContractBroken, plain_schema, registry
from tests.golden.contracts import only_adds as adds_fields

FILE = FOLDER / "promises.json"
Promises = dict[str, Any]


def promises_today() -> Promises:
    """By kind; in each what is promised, by name."""
    capabilities = registry().capabilities
    gauges = [gauge for one in capabilities for gauge in one.gauges]
    return {
        "config.toml": plain_schema(file_type()),
        "settings": {name: plain_schema(setting.type) for name, setting in settings_by_name().items()},
        "alerts": {watch.kind: watch.severity for one in capabilities for watch in one.watches},
        "metrics": {gauge.name: list(gauge.labels) for gauge in gauges},
        "command line": dict(sorted(_words(make_parser()))),
    }


def broken_promises(before: Promises, now: Promises) -> list[str]:
    """What is no longer as it was; more of it may come at any time."""
    faults = (
        [] if adds_fields(before["config.toml"], now["config.toml"]) else ["a key of config.toml is not what it was"]
    )
    for kind in ("settings", "alerts", "metrics"):
        changed = [name for name, was in before[kind].items() if now[kind].get(name) != was]
        faults += [f"{kind}: {name} is not what it was" for name in changed]
    commands = now["command line"]
    for command, options in before["command line"].items():
        if command not in commands:
            faults.append(f"edge {command} is gone")
            continue
        gone = [option for option in options if option not in commands[command]]
        faults += [f"edge {command}: {option} is not what it was" for option in gone]
    return faults


def renewed_promises(file: Path = FILE) -> Promises:
    """What is to be kept from now on. `ContractBroken`: for something that is no longer as it was."""
    now = promises_today()
    if file.exists() and (faults := broken_promises(msgspec.json.decode(file.read_bytes()), now)):
        raise ContractBroken("\n".join((*faults, "docs/promises.md says what may change, and how it is deprecated.")))
    return now


def _words(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Each command with its options and arguments."""
    own: list[str] = []
    for action in parser._actions:  # argparse has no public way to list them
        if isinstance(action, argparse._HelpAction):
            continue
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from _words(child, (*words, name))
        else:
            own += [*action.option_strings] or [f"{action.dest}{'' if action.required else '?'}"]
    yield " ".join(words), own
