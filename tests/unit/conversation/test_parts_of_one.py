"""Parts of one in a sentence: with a sign before them, as fractions, and those that are no number."""

from __future__ import annotations

from edge.conversation.understanding.tokens import tokens_of


def test_a_part_of_one_keeps_its_sign_and_a_third_is_no_number() -> None:
    assert tokens_of("took -.5 kg") == ["took", "-", "0.5", "kg"]
    assert tokens_of("took 3/8 kg") == ["took", "⅜", "kg"]
    assert tokens_of("took 1/3 kg") == tokens_of("took ⅓ kg") == ["took", "⅓", "kg"], "not one and three kilos"
