"""Words as they are searched: spelling, forms, sizes, keyboards and conditions, in three languages."""

from __future__ import annotations

import pytest

from edge.goods.search.query.filters import PRICE, Limit, filters_in
from edge.goods.search.query.keyboard_layout import swap_layout
from edge.goods.search.query.terms import wanted_of
from edge.goods.search.query.text import plain, terms_of, with_final_letters, words_of
from edge.goods.search.spelling import errors_allowed


def meet(one: str, other: str) -> bool:
    """Whether a product called `one` has each word of the question `other`."""
    terms = terms_of(words_of(one))
    return all(terms & set(wanted.terms) for wanted in wanted_of(words_of(other)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Œufs", "oeufs"),
        ("שָׁלוֹם", "שלומ"),
        ('150 מ"ל', "150 מל"),
        ("150 מ״ל", "150 מל"),
        ("צ'יפס ג׳ינג׳ר", "ציפס גינגר"),
        ("ｆｕｌｌ width ½", "full width 1⁄2"),
    ],
)
def test_there_is_one_spelling(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Coca-Cola Zero 1,5L", ["coca", "cola", "zero", "1.5", "l"]),
        ("l'huile d'olive", ["l", "huile", "d", "olive"]),
        ("לחם אחיד 750ג'", ["לחמ", "אחיד", "750", "ג"]),
        ("חלב 3% תנובה", ["חלב", "3", "%", "תנובה"]),
        ("7up 6x330ml", ["7", "up", "6", "x", "330", "ml"]),
        ("\x00\ud800 !!", []),
    ],
)
def test_words_and_numbers_are_taken_apart(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("product", "question"),
    [
        # English
        ("Tomatoes on the vine", "tomato"),
        ("Strawberry jam", "strawberries"),
        ("Boxes of matches", "box"),
        ("Kellogg's Corn Flakes", "kelloggs"),
        # French
        ("Fraise des bois", "fraises"),
        ("Pâtes fraîches", "pate fraiche"),
        ("Gâteaux au chocolat", "gateau"),
        ("Chevaux de bois", "cheval"),
        # Hebrew: plural, prefixes, full spelling, final letters
        ("עגבניות שרי", "עגבניה"),
        ("עגבנייה", "עגבניות"),
        ("שמפו לשיער יבש", "שיער"),
        ("סרדינים בעגבניות", "עגבניה"),
        ("והחלב", "חלב"),
        ("תפוחים", "תפוח"),
        ("וניל", "ווניל"),
        ("לחם", "לחמ"),
        # sizes
        ("חלב 1.5 ליטר", "1500 מל"),
        ("Cola 33cl", "330 ml"),
        ("סוכר 1 ק״ג", "1000 גרם"),
        ("גבינה 9%", "9 %"),
        ("במבה 80", "80 גרם"),
    ],
)
def test_a_product_is_met_by_other_forms_of_its_words(product: str, question: str) -> None:
    assert meet(product, question)


@pytest.mark.parametrize(
    ("product", "question"),
    [("מים", "ים"), ("Glass", "glue"), ("שמן", "שמנת"), ("Milk 1 l", "2 l"), ("Milk 500 ml", "500 kg cheese")],
)
def test_but_not_by_those_of_other_words(product: str, question: str) -> None:
    assert not meet(product, question)


def test_a_word_that_is_shown_ends_in_a_final_letter() -> None:
    assert [with_final_letters(word) for word in ("לחמ", "milk", "כ", "")] == ["לחם", "milk", "ך", ""]


@pytest.mark.parametrize(
    ("typed", "meant"), [("jkc", "חלב"), ("JKC", "חלב"), ("akuo", "שלום"), ("חןךל", "jilk"), ("50", None), ("aב", None)]
)
def test_the_other_keyboard(typed: str, meant: str | None) -> None:
    assert swap_layout(typed) == meant


def test_longer_words_may_have_more_errors() -> None:
    assert [errors_allowed(length) for length in (2, 4, 5, 8, 9, 30)] == [1, 1, 2, 2, 3, 3]


UNDER_15 = Limit("", None, 15_000, "%")
KNOWN = {"thc": "THC", "cbd": "CBD", "אלכוהול": "alcohol"}


@pytest.mark.parametrize(
    ("question", "limits", "rest"),
    [
        ("indica under 15%", (UNDER_15,), "indica"),
        ("indica moins de 15 %", (UNDER_15,), "indica"),
        ("אינדיקה מתחת ל-15%", (UNDER_15,), "אינדיקה"),
        ("אינדיקה פחות מ 15 אחוז", (UNDER_15,), "אינדיקה"),
        ("<15%", (UNDER_15,), ""),
        ("thc 10-20", (Limit("THC", 10_000, 20_000),), ""),
        ("indica thc 10 à 20 % cbd < 1", (Limit("THC", 10_000, 20_000, "%"), Limit("CBD", None, 1_000)), "indica"),
        ("thc over 20%", (Limit("THC", 20_000, None, "%"),), ""),
        ("אלכוהול עד 5", (Limit("alcohol", None, 5_000),), ""),
        ("wine under 50", (Limit(PRICE, None, 50_000),), "wine"),
        ("vin moins de 12,50 €", (Limit(PRICE, None, 12_500),), "vin"),
        ('יין מתחת ל-50 ש"ח', (Limit(PRICE, None, 50_000),), "יינ"),
        ("חלב עד 10 ₪", (Limit(PRICE, None, 10_000),), "חלב"),
        ("vin entre 20 et 40 €", (Limit(PRICE, 20_000, 40_000),), "vin"),
        ("יין בין 20 ל-40 ₪", (Limit(PRICE, 20_000, 40_000),), "יינ"),
        ("price 40-20", (Limit(PRICE, 20_000, 40_000),), ""),
        # what only looks like one
        ('האגיס 4-9 ק"ג', (), "האגיס 4-9 קג"),
        ("up to 3 kg", (), "up to 3 kg"),
        ("over 100 ml", (), "over 100 ml"),
        ("cola 6x330", (), "cola 6x330"),
        ("under armour", (), "under armour"),
    ],
)
def test_conditions_are_understood(question: str, limits: tuple[Limit, ...], rest: str) -> None:
    assert filters_in(question, KNOWN.get) == (limits, rest)
