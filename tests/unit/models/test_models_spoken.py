"""What is written, as it is said: sentences, prices, measures; English, French and Hebrew."""

from __future__ import annotations

import pytest

from models.speech.tts_numbers import in_hebrew
from models.speech.tts_text import SENTENCE_LETTERS, in_words, sentences, speakable_sentences


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Good morning. How are you? Fine!", ["Good morning.", "How are you?", "Fine!"]),
        ("That is 3.50, please. Thank you.", ["That is 3.50, please.", "Thank you."]),
        ("Mr. Brown is here. Open.", ["Mr. Brown is here.", "Open."]),
        ("M. Martin attend. Ouvrez.", ["M. Martin attend.", "Ouvrez."]),
        ("One\nTwo\n\nThree", ["One", "Two", "Three"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("שלום. מה שלומך? תודה!", ["שלום.", "מה שלומך?", "תודה!"]),
        ("", []),
        (" \n ", []),
        ("no end", ["no end"]),
    ],
)
def test_a_text_is_said_sentence_by_sentence(text: str, said: list[str]) -> None:
    assert list(sentences(text)) == said


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "£3.50", "3 pounds and 50 pence"),
        ("en", "$1", "1 dollar"),
        ("en", "€0.99", "99 cents"),
        ("en", "12.05 EUR", "12 euros and 5 cents"),
        ("en", "£1,234.50", "1234 pounds and 50 pence"),
        ("en", "5% off 1.5 kg", "5 percent off 1.5 kilograms"),
        ("en", "1 kg", "1 kilogram"),
        ("en", "2 apples", "2 apples"),
        ("fr", "3,50 €", "3 euros et 50 centimes"),
        ("fr", "1 €", "1 euro"),
        ("fr", "1,500 kg", "1,500 kilo"),
        ("fr", "1\u202f234,50 €", "1234 euros et 50 centimes"),
        ("fr", "20 %", "20 pour cent"),
        ("he", "12.90 ₪", "שנים עשר שקלים ותשעים אגורות"),
        ("he", "₪1", "שקל אחד"),
        ("he", "₪2.01", "שני שקלים ואגורה אחת"),
        ("he", "3 עגבניות", "שלוש עגבניות"),
        ("he", "3 תפוחים", "שלושה תפוחים"),
        ("he", "2 מלפפונים ו־2 עגבניות", "שני מלפפונים ו־שתי עגבניות"),
        ("he", "12 ביצים", "שתים עשרה ביצים"),
        ("he", '500 מ"ל', "חמש מאות מיליליטר"),
        ("he", '3 ק"ג', "שלושה קילו"),
        ("he", '1 ק"ג, 2 l', "קילו אחד, שני ליטר"),
        ("he", "1.5 l", "אחת נקודה חמש ליטר"),
        ("he", "5%, 1%, 17%", "חמישה אחוזים, אחוז אחד, שבעה עשר אחוזים"),
        ("he", "03 123", "אפס שלוש מאה עשרים ושלוש"),
        ("de", "3,50 €", "3,50 €"),
    ],
)
def test_prices_and_measures_are_said_in_words(language: str, text: str, said: str) -> None:
    assert in_words(text, language) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "אפס"),
        (7, "שבע"),
        (10, "עשר"),
        (12, "שתים עשרה"),
        (15, "חמש עשרה"),
        (20, "עשרים"),
        (21, "עשרים ואחת"),
        (100, "מאה"),
        (101, "מאה ואחת"),
        (200, "מאתיים"),
        (345, "שלוש מאות ארבעים וחמש"),
        (1_000, "אלף"),
        (2_000, "אלפיים"),
        (3_005, "שלושת אלפים וחמש"),
        (21_000, "עשרים ואחד אלף"),
        (1_000_000, "אחת אפס אפס אפס אפס אפס אפס"),
    ],
)
def test_hebrew_numbers_are_words(number: int, said: str) -> None:
    assert in_hebrew(number) == said


def test_a_long_sentence_is_said_in_parts_and_loses_nothing() -> None:
    text = ", ".join(f"item {number} of many" for number in range(100))
    parts = list(speakable_sentences(text, "xx"))
    assert max(map(len, parts)) <= SENTENCE_LETTERS
    assert " ".join(parts) == text
    assert all(part.endswith(",") for part in parts[:-1])
    assert "".join(speakable_sentences("x" * 1_000, "xx")) == "x" * 1_000
