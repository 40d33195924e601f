"""How much is said, in digits and in words, in the three languages: a thousand is a thousand."""

from __future__ import annotations

import pytest

from edge.shop.assistant.sentence import understand

SAID = (
    ("en", "took 1,000 milks", 1000),
    ("en", "took 10,000 milks", 10_000),
    ("en", "received 1,234 milks", 1234),
    ("en", "took 1,500 g of tomatoes", 1500),
    ("en", "took 1,5 kg of tomatoes", 1.5),
    ("en", "took 1.250 kg of tomatoes", 1.25),
    ("en", "took 12 hundred milks", 1200),
    ("en", "took one hundred and twenty three milks", 123),
    ("en", "took two thousand five hundred milks", 2500),
    ("en", "took half a dozen milks", 6),
    ("en", "took two dozen milks", 24),
    ("en", "took 2 and a half kilos of tomatoes", 2.5),
    ("en", "took three quarters of a kilo of tomatoes", 0.75),
    ("en", "took a kilo and a quarter of tomatoes", 1.25),
    ("en", "took a box and a half of ale", 1.5),
    ("fr", "pris dix-sept laits", 17),
    ("fr", "pris dix-huit laits", 18),
    ("fr", "pris cent dix-neuf laits", 119),
    ("fr", "pris soixante et onze laits", 71),
    ("fr", "pris soixante-dix-sept laits", 77),
    ("fr", "pris quatre-vingt-dix-neuf laits", 99),
    ("fr", "pris 1 200 laits", 1200),
    ("fr", "pris 1,250 kg de tomates", 1.25),
    ("fr", "pris mille deux cents laits", 1200),
    ("fr", "pris une vingtaine de laits", 20),
    ("fr", "pris une centaine de laits", 100),
    ("fr", "pris trois quarts de kilo de tomates", 0.75),
    ("fr", "pris un kilo et quart de tomates", 1.25),
    ("fr", "pris une caisse et demie de bière", 1.5),
    ("he", "לקחתי 1,000 חלב", 1000),
    ("he", "לקחתי שתים עשרה חלב", 12),
    ("he", "לקחתי שלושה עשר חלב", 13),
    ("he", "לקחתי מאה עשרים ושלוש חלב", 123),
    ("he", "לקחתי אלף ומאתיים חלב", 1200),
    ("he", "לקחתי 3 וחצי קילו עגבניות", 3.5),
    ("he", "לקחתי קילו ורבע עגבניות", 1.25),
    ("he", "לקחתי שלושת רבעי קילו עגבניות", 0.75),
    ("he", "לקחתי ארגז וחצי בירה", 1.5),
)


@pytest.mark.parametrize(("language", "text", "amount"), SAID)
def test_so_much_is_meant(language: str, text: str, amount: float) -> None:
    said = understand(text, language)
    (clause,) = said.clauses
    assert (said.kind, clause.amount, clause.doubt) == ("act", round(amount * 1000), ""), clause


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "took a few milks"),
        ("en", "took several milks"),
        ("fr", "pris quelques laits"),
        ("fr", "pris plusieurs laits"),
    ],
)
def test_who_says_a_few_is_asked_how_many(language: str, text: str) -> None:
    (clause,) = understand(text, language).clauses
    assert clause.amount is None and clause.text in ("milks", "laits")


def test_bottles_of_a_size_are_no_thousands() -> None:
    """Two of 330 ml, not 2,330 ml."""
    (clause,) = understand("pris 2 330 ml cola", "fr").clauses
    assert clause.amount != 2_330_000
