"""A confirmation is for the question that was shown, with the values it had."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from edge.core.asking import Confirmations, ask_nobody, confirmation_token, refuse
from edge.core.messages import AskingCommand, Refusal
from edge.operations.ledger import build_registry
from tests.shop_fixture import config

MORE: dict[str, str | int] = {"sku": "gin", "open": "24", "came": "480"}
BARE = {
    "TakeBasketUp.take_over": "one question, who has the basket, and that register is told",
    "TakeTable.take_over": "the same of a table's bill",
    "TakeUpOrder.take_over": "the same of an order on a counter",
}
YES = {"confirmed", "accepted", "sure", "force", "forced", "anyway", "take_over", "overrule"}


def asked(ask: Confirmations, code: str, values: dict[str, str | int], about: object = None) -> str:
    with pytest.raises(Refusal) as refusal:
        ask(code, values, about)
    return refusal.value.refused.answer


def test_a_confirmation_is_for_what_was_asked_and_nothing_else() -> None:
    answer = asked(Confirmations(), "more_than_ordered", MORE)
    ask = Confirmations([answer])
    ask("more_than_ordered", dict(reversed(MORE.items())))
    asked(ask, "more_than_ordered", {**MORE, "came": "481"})
    asked(ask, "expiry_past", MORE)
    asked(ask, "more_than_ordered", MORE, "another lot")
    ask.with_answers([asked(ask, "expiry_past", MORE)])("expiry_past", MORE)


def test_whom_no_one_can_ask_is_asked_nothing_and_who_may_not_say_yes_is_refused() -> None:
    ask_nobody("expiry_past", {})
    with pytest.raises(Refusal) as refusal:
        refuse("expiry_past", {})
    assert refusal.value.refused.answer == ""


def test_a_refusal_with_a_line_beside_it_is_answered_the_same() -> None:
    answer = confirmation_token("confirm_price", MORE)
    beside = Refusal("confirm_price", MORE, answer).beside(line=3).refused
    assert (beside.values["line"], beside.answer) == (3, answer)


def test_no_command_takes_a_confirmation_that_names_nothing() -> None:
    commands = build_registry(config(Path())).commands
    bare = {
        f"{command.__name__}.{field}"
        for command in commands
        for field, kind in typing.get_type_hints(command).items()
        if kind is bool and field in YES
    }
    assert bare == BARE.keys()
    assert sum(issubclass(command, AskingCommand) for command in commands) > 15, "this looks at all of them"
