"""The customer's conversation at a kiosk."""

from __future__ import annotations

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.assistant.commands import TakeTurn
from edge.shop.assistant.dialogue import Deed, State
from edge.shop.assistant.phrasing import say
from edge.shop.assistant.sentence import Sentence


class ShoppingTalk:
    """One turn of a customer's."""

    def __init__(self, tx: Transaction, command: TakeTurn, state: State, language: str) -> None:
        self._tx = tx
        self._command = command
        self._language = language
        self.state = state
        self.lines: list[str] = []
        self.deeds: list[Deed] = []
        self.undone: tuple[Deed, ...] = ()

    def take(self, said: Sentence) -> Refused | None:
        self.lines.append(say(self._language, "not_understood"))
        return None
