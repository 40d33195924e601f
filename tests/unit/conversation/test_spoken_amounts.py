"""How much is said, in digits and in words, in the three languages: a thousand is a thousand."""

from __future__ import annotations

import pytest

from edge.conversation.understanding.sentence import understand

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
    ("en", "received 1.000 croissants", 1000),
    ("fr", "reçu 1.000 croissants", 1000),
    ("he", "קיבלתי 1.000 קרואסונים", 1000),
    ("en", "received 1 000 croissants", 1000),
    ("he", "קיבלתי 1 000 קרואסונים", 1000),
    ("fr", "pris 1,250 laits", 1250),
    ("en", "took 12.500 milks", 12_500),
    ("fr", "pris 1.234,5 kg de tomates", 1234.5),
    ("en", "took 1,234.5 kg of tomatoes", 1234.5),
    ("en", "took 0.250 kg of tomatoes", 0.25),
    ("fr", "pris 0,250 kg de tomates", 0.25),
    ("he", "לקחתי ١٫٥ קילו עגבניות", 1.5),
    ("en", "took ١٬٢٠٠ milks", 1200),
    ("en", "took ۱۲ milks", 12),
    ("fr", "pris un kilo deux de tomates", 1.2),
    ("fr", "pris un kilo deux cents de tomates", 1.2),
    ("fr", "pris tomates, un kilo deux", 1.2),
    ("fr", "pris tomates 2 kg 300", 2.3),
    ("fr", "pris deux kilos cinquante de tomates", 2.05),
    ("en", "took tomatoes 3 kg 200", 3.2),
    ("en", "took a kilo two hundred of tomatoes", 1.2),
    ("en", "took 2 kg 300 g of tomatoes", 2.3),
    ("en", "took 2 kilos and 50 grams of tomatoes", 2.05),
    ("en", "took two kilos and three hundred of tomatoes", 2.3),
    ("he", "לקחתי 2 קילו 300 עגבניות", 2.3),
    ("he", "לקחתי עגבניות 2 קילו 300", 2.3),
    ("he", "לקחתי קילו ומאתיים עגבניות", 1.2),
    ("he", "לקחתי עגבניות קילו ומאתיים", 1.2),
    ("he", "לקחתי עגבניות, קילו ומאתיים", 1.2),
    ("he", "לקחתי קילו ושלושים גרם עגבניות", 1.03),
)
ASKED = (
    ("en", "took 1,250 kg of tomatoes"),
    ("en", "took 1.000 kg of tomatoes"),
    ("fr", "pris 1.250 kg de tomates"),
    ("he", "לקחתי 1,250 קילו עגבניות"),
    ("en", "took tomatoes 2 kg, 300"),
    ("en", "counted tuna one box thirty loose tins"),
    ("en", "counted 12 milks and 3 milks"),
    ("fr", "compté thon, trois caisses et deux caisses"),
)
"""What no one can tell: which of two numbers, or a thousand or one."""
COUNTED = (
    ("en", "counted tuna - one box and thirty loose tins"),
    ("en", "counted tuna – one box and thirty tins"),
    ("en", "counted tuna—1 box, 30 tins"),
    ("en", "counted tuna: 1 box - 30 tins"),
    ("en", "counted tuna one box... thirty loose tins"),
    ("en", "counted one box of tuna plus thirty tins"),
    ("fr", "compté thon - une caisse et trente pièces"),
    ("fr", "compté thon : 1 caisse – 30 pièces"),
    ("he", "ספרתי טונה – ארגז אחד ושלושים יחידות"),
    ("he", "ספרתי טונה - ארגז אחד, שלושים יחידות"),
)


@pytest.mark.parametrize(("language", "text", "amount"), SAID)
def test_so_much_is_meant(language: str, text: str, amount: float) -> None:
    said = understand(text, language)
    (clause,) = said.clauses
    assert (said.kind, clause.amount, clause.doubt) == ("act", round(amount * 1000), ""), clause


@pytest.mark.parametrize(("language", "text"), ASKED)
def test_which_number_is_meant_is_asked(language: str, text: str) -> None:
    (clause,) = understand(text, language).clauses
    assert clause.doubt == "numbers", clause


@pytest.mark.parametrize(("language", "text"), COUNTED)
def test_a_count_is_one_whatever_stands_between(language: str, text: str) -> None:
    (clause,) = understand(text, language).clauses
    assert (clause.verb, clause.unit, clause.amount, clause.loose, clause.doubt) == ("adjust", "box", 1000, 30_000, "")
    assert clause.text in ("tuna", "thon", "טונה")


@pytest.mark.parametrize(
    ("language", "text", "amounts"),
    [
        ("en", "took a kilo of tomatoes and 200 croissants", [1000, 200_000]),
        ("en", "took tomatoes 1 kg and 200 croissants", [1000, 200_000]),
        ("en", "took a kilo of tomatoes and two milks", [1000, 2000]),
        ("fr", "pris un kilo de tomates et deux laits", [1000, 2000]),
        ("he", "לקחתי קילו עגבניות ושני חלב", [1000, 2000]),
    ],
)
def test_what_is_something_else_is_not_of_the_weight(language: str, text: str, amounts: list[int]) -> None:
    assert [clause.amount for clause in understand(text, language).clauses] == amounts


def test_a_dash_in_a_name_parts_nothing() -> None:
    (clause,) = understand("took 3 milk - organic", "en").clauses
    assert (clause.amount, clause.text) == (3000, "milk organic")


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
