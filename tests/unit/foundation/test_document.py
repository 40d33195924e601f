"""Whatever is to be printed fits the paper, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.foundation.printing.document import Document, DrawerPulse, Pair, Qr, Rule, Text
from edge.foundation.printing.layout import plain_text, wrap

WIDTHS = st.integers(20, 64)
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=90)
SENTENCES = st.lists(WORDS, max_size=12).map(" ".join)
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda minor: f"{minor / 100:.2f}")


def letters(text: str) -> str:
    return "".join(text.split())


@given(SENTENCES, WIDTHS)
def test_text_is_wrapped_within_the_paper(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert max(len(line) for line in lines) <= width
    assert letters("".join(lines)) == letters(text)


@given(SENTENCES, AMOUNTS, WIDTHS)
def test_a_price_stands_whole_at_the_end_of_its_line(name: str, amount: str, width: int) -> None:
    lines = plain_text(Document("en", (Pair(name, amount),)), width).split("\n")
    assert max(len(line) for line in lines) <= width
    assert lines[-1].endswith(amount)
    assert len(lines[-1]) == width
    assert letters("".join(lines)) == letters(name + amount)


def test_a_document_as_it_looks() -> None:
    rows = (
        Text("Shop", "centre", size=2),
        Text("right", "end"),
        Pair("Tomatoes from a place far away", "12.50"),
        Rule(),
        Pair("TOTAL", "1234.50 EUR", size=2),
        Qr("shop.example/1"),
        DrawerPulse(),
    )
    assert plain_text(Document("en", rows), 32).split("\n") == [
        "      Shop",
        "                           right",
        "Tomatoes from a place far",
        "away                       12.50",
        "-" * 32,
        "TOTAL",
        "     1234.50 EUR",
        "[QR shop.example/1]",
    ]
