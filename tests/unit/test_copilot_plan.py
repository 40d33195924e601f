"""What a manager's question wants: its topic, its place, its day, and what the one before it left unsaid."""

from __future__ import annotations

import pytest

from edge.shop.assistant.copilot_plan import QueryPlan, Remembered, followed, plan

PLACES = {"Rooftop": "roof", "Toit": "roof", "גג": "roof"}


@pytest.mark.parametrize(
    ("query", "language", "topics", "place", "period"),
    [
        ("who took milk", "en", ("movements",), "", ""),
        ("how long until milk runs out", "en", ("risk",), "", ""),
        ("what should I order", "en", ("low",), "", ""),
        ("top 3 products", "en", ("best",), "", ""),
        ("are there late orders?", "en", ("orders",), "", ""),
        ("combien de temps avant que le lait manque", "fr", ("risk",), "", ""),
        ("que faut-il commander", "fr", ("low",), "", ""),
        ("et sur le toit ?", "fr", (), "roof", ""),
        ("ובגג?", "he", (), "roof", ""),
        ("והיום?", "he", (), "", "today"),
        ("כמה מכרנו אתמול?", "he", ("sales",), "", "yesterday"),
    ],
)
def test_what_a_question_wants(query: str, language: str, topics: tuple[str, ...], place: str, period: str) -> None:
    asked = plan(query, language, PLACES)
    assert (asked.topics, asked.place, asked.period) == (topics, place, period)


def test_a_follow_up_has_what_was_left_unsaid() -> None:
    before = Remembered(("stock",), "milk", "", "")
    asked, about = followed(plan("and on the rooftop?", "en", PLACES), before, "")
    assert (asked.topics, asked.place, about) == (("stock",), "roof", "milk")
    other, about = followed(QueryPlan("en", (), "beer"), before, "beer")
    assert (other.topics, about) == (("stock",), "beer")
