"""Every action of the command line names a function that is there: it is looked up only when someone asks for it."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator

import pytest

from edge.__main__ import make_parser


def commands(parser: argparse.ArgumentParser, said: str = "edge") -> Iterator[tuple[str, str]]:
    """What is typed, and the module and function that do it, of all actions below a parser."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below and (command := parser.get_default("command")):
        yield said, command
    for action in below:
        for name, one in action.choices.items():
            yield from commands(one, f"{said} {name}")


ACTIONS = dict(commands(make_parser()))


@pytest.mark.parametrize("said", sorted(ACTIONS))
def test_an_action_is_there(said: str) -> None:
    module, _, function = ACTIONS[said].partition(":")
    assert callable(getattr(importlib.import_module(f"edge.app.cli.{module}"), function, None)), ACTIONS[said]
