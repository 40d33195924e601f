"""A card's number in any text of any command that somebody types: refused, and nowhere afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Refused
from edge.lib.units.card_numbers import CODES, SEALED
from tests.golden.example import example
from tests.shop_fixture import MANAGER, open_shop, run

CARDS = ("4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005")
TEXTS_LEAST = 100
"""So many texts somebody can type into commands; a test that finds fewer looks at the wrong thing."""


def _said(kind: type[Command], card: str) -> Iterator[tuple[str, Command]]:
    """A command with the number in each of its texts that takes one."""
    for field in msgspec.structs.fields(kind):
        try:
            whole = msgspec.to_builtins(example(msgspec.inspect.type_info(kind)))
            made = msgspec.convert({**whole, field.name: card}, kind)
        except (StopIteration, msgspec.ValidationError, TypeError):
            continue  # nothing that is typed, or no text that such a number fits
        if isinstance(getattr(made, field.name), str) and field.name not in CODES | SEALED:
            yield field.name, made


async def _refused_everywhere(shop: CommandBus) -> int:
    found = 0
    for kind in shop.registry.commands:
        for card in CARDS:
            for field, command in _said(kind, card):
                outcome = await shop.do(command, MANAGER)
                assert outcome == Refused("card_number", {"field": field}), (kind.__name__, field, outcome)
                found += 1
    return found


def test_no_text_of_any_command_keeps_a_cards_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            head = shop.head.seq
            assert await _refused_everywhere(shop) >= TEXTS_LEAST
            assert shop.head.seq == head, "nothing of it was written"

    with structlog.testing.capture_logs() as said:
        run(scenario())
    for card in CARDS:
        assert card not in str(said)
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert card.encode() not in path.read_bytes()
