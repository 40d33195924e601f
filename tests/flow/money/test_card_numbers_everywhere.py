"""A card's number in any text of any command that someone types, however deep: refused, and nowhere afterwards."""

from __future__ import annotations

from pathlib import Path

import msgspec
import structlog

from edge.app import hub
from edge.backoffice.directives.kinds import KINDS
from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from tests.card_texts import typed_into
from tests.shop_fixture import MANAGER, open_shop, run

CARDS = ("4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005")
TEXTS_LEAST = 1000
"""So many texts someone can type into commands; a test that finds fewer looks at the wrong thing."""
OFFICE_TEXTS_LEAST = 100
"""And so many into what head office publishes."""


async def _refused_everywhere(shop: CommandBus) -> int:
    found = 0
    for kind in shop.registry.commands:
        for card in CARDS:
            for field, command in typed_into(kind, card):
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


def test_no_text_that_head_office_publishes_has_a_cards_number() -> None:
    """A store takes a directive as from a program, so that who publishes it is told, before anything is kept."""
    found = 0
    for kind in KINDS.values():
        for card in CARDS:
            for field, body in typed_into(kind.body, card):
                wrong = hub.validate_directive(kind.name, msgspec.json.encode(body))
                assert wrong is not None and field in wrong and "payment card number" in wrong, (
                    kind.name,
                    field,
                    wrong,
                )
                assert card not in wrong
                found += 1
    assert found >= OFFICE_TEXTS_LEAST
