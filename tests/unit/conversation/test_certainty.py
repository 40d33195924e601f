"""How surely a wish was heard: by the words that decide what moves, in three languages."""

from __future__ import annotations

import pytest

from edge.conversation.understanding.certainty import Certainty, certainty


def heard(text: str, *sures: float) -> list[tuple[str, float]]:
    return list(zip(text.split(), sures, strict=True))


@pytest.mark.parametrize(
    ("language", "text", "sures", "expected"),
    [
        ("en", "took two milk please", (0.9, 0.9, 0.9, 0.1), Certainty(0.9, 0.9, 1.0, 0.9)),
        ("en", "took two boxes milk", (0.9, 0.3, 0.8, 0.9), Certainty(0.9, 0.3, 0.8, 0.9)),
        ("en", "took 2 milk", (0.4, 0.9, 0.9), Certainty(0.4, 0.9, 1.0, 0.9)),
        ("en", "took two peach tea", (0.9, 0.9, 0.4, 0.8), Certainty(0.9, 0.9, 1.0, 0.6)),
        ("en", "took two dark rose coffee", (0.9, 0.9, 0.9, 0.2, 0.9), Certainty(0.9, 0.9, 1.0, 0.2)),
        ("fr", "pris deux bouteilles lait", (0.9, 0.9, 0.2, 0.9), Certainty(0.9, 0.9, 0.2, 0.9)),
        ("he", "לקחתי שתי חלב", (0.9, 0.25, 0.9), Certainty(0.9, 0.25, 1.0, 0.9)),
    ],
)
def test_number_unit_act_and_product_have_their_own(
    language: str, text: str, sures: tuple[float, ...], expected: Certainty
) -> None:
    made = certainty(text, heard(text, *sures), language)
    assert made == expected
    assert made.least == min(expected)


def test_what_orders_nothing_is_as_sure_as_its_least_sure_word() -> None:
    assert certainty("yes", [("yes", 0.2)], "en").least == 0.2
    assert certainty("the weather is nice", heard("the weather is nice", 0.9, 0.9, 0.1, 0.9), "en").least == 0.1


def test_a_recogniser_without_figures_is_taken_at_its_word() -> None:
    assert certainty("took two milk", (), "en") == Certainty()
