"""What a sentence says: verbs, numbers in words, units, several things, and what is only almost said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.sentence import Sentence, understand
from edge.conversation.understanding.shopping import hear
from edge.conversation.understanding.tokens import TEXT_CHARS, clean
from edge.goods.search.query.text import words_of
from edge.lib.units.containers import container_of


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "twenty three", 23),
        ("en", "one hundred and five", 105),
        ("en", "two dozen", 24),
        ("en", "half a dozen", 6),
        ("en", "three thousand two hundred", 3200),
        ("en", "a couple", 2),
        ("fr", "quatre vingt dix sept", 97),
        ("fr", "soixante et onze", 71),
        ("fr", "vingt et un", 21),
        ("fr", "quatre vingts", 80),
        ("fr", "deux cent trois", 203),
        ("fr", "une douzaine", 12),
        ("he", "שלוש עשרה", 13),
        ("he", "עשרים ו שלוש", 23),
        ("he", "מאתיים", 200),
        ("he", "שלוש מאות", 300),
        ("he", "תריסר", 12),
    ],
)
def test_numbers_in_words(language: str, text: str, value: float) -> None:
    known = vocabulary(language)
    words = ["&" if word == "ו" else word for word in words_of(text)]
    number = read_number(known, words, 0)
    assert number is not None and (number.value, number.length) == (value * 1000, len(words))


@pytest.mark.parametrize("tens", range(20, 100, 10))
def test_tens_and_ones_in_english(tens: int) -> None:
    known = vocabulary("en")
    said = {value: word for word, value in known.numbers.items()}
    for ones in range(1, 10):
        number = read_number(
            known, [said[tens], next(w for w, v in known.numbers.items() if v == ones and w != "a")], 0
        )
        assert number is not None and number.value == (tens + ones) * 1000


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I did not take 3 milks", "held"),
        ("will take 3 milks", "held"),
        ("took 3 milks?", "held"),
        ("לא לקחתי 3 חלב", "held"),
        ("je n'ai pas pris 3 laits", "held"),
        ("cancel that", "cancel"),
        ("בטל", "cancel"),
        ("oui, merci", "yes"),
        ("no, four", "correct"),
        ("לא, 4", "correct"),
        ("what is running low?", "low"),
        ("מה פג תוקף בקרוב", "expiring"),
        ("en français", "language"),
        ("combien de lait reste-t-il ?", "stock"),
        ("!!", "empty"),
        ("", "empty"),
        ("delete everything", "other"),
    ],
)
def test_what_is_meant(text: str, kind: str) -> None:
    language = "he" if any("א" <= letter <= "ת" for letter in text) else "fr" if "fr" in text or "lai" in text else "en"
    assert understand(text, language).kind == kind


@given(st.text(max_size=200), st.sampled_from(("en", "fr", "he")))
def test_any_text_is_a_sentence(text: str, language: str) -> None:
    assert isinstance(understand(text, language), Sentence)
    assert isinstance(hear(text, language), Sentence)


def test_characters_that_no_one_sees() -> None:
    assert clean("a\u202eb\U000e0041\u200bc\x00") == "abc"
    assert clean("חָלָב\u200f") == "חָלָב\u200f", "niqqud and marks of direction stay"
    assert understand("took 3 milks " + "x" * 100 * TEXT_CHARS, "en").kind == "act"


def test_words_of_the_three_languages_have_the_same_kinds() -> None:
    known = [vocabulary(language) for language in ("en", "fr", "he")]
    for table in ("verbs", "asks", "replies", "shopping", "declined", "causes"):
        values = [set(getattr(one, table).values()) for one in known]
        assert values[0] == values[1] == values[2], table
    assert [container_of(word) for word in ("can", "Canette", "פחיות", "PET", "")] == ["can", "can", "can", "", ""]


@pytest.mark.parametrize(("said", "language"), [("took 3 milks, not 4", "en"), ("לקחתי שלושה חלב, לא ארבעה", "he")])
def test_what_was_not_is_not_entered(said: str, language: str) -> None:
    assert understand(said, language).kind == "held"


def test_what_a_customer_takes_back_is_not_bought() -> None:
    for said, language in (
        ("i'd like 3 milks, no, 4", "en"),
        ("can i get 3 milks, no make it 4", "en"),
        ("je vais prendre 3 laits, non, 4", "fr"),
        ("אני אקח 3 חלב, לא, 4", "he"),
    ):
        (clause,) = hear(said, language).clauses
        assert (clause.verb, clause.amount) == ("add", 4_000), said
    (less,) = hear("-3 milk", "en").clauses
    assert less.amount is None and less.doubt == "negative"
    assert hear("לכאב ראש", "he").clauses[0].verb == "medical", 'Hebrew writes "for" onto the word'


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_every_phrase_is_spelt_as_a_sentence_is(language: str) -> None:
    """Else no one who says it is understood: "without id" was no phrase any more."""
    known = vocabulary(language)
    for name in known.__struct_fields__:
        table = getattr(known, name)
        phrases = [one for one in table if isinstance(one, tuple)] if isinstance(table, (dict, frozenset)) else []
        for phrase in phrases if name != "spelt" else ():
            assert tuple(known.written_out(phrase)) == phrase, name


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "add two colas to the order", ("add", 2000, "colas")),
        ("en", "can I have a cola for the order", ("add", 1000, "cola")),
        ("en", "remove the cola from my order", ("remove", None, "cola")),
        ("en", "two colas for my order", ("", 2000, "colas")),
        ("en", "add special k", ("add", None, "special k")),
        ("en", "add two special brew", ("add", 2000, "special brew")),
        ("en", "price of special k", ("price", None, "special k")),
        ("en", "3 special k out", ("", 3000, "special k")),
        ("fr", "ajoute un tofu ferme", ("add", 1000, "tofu ferme")),
        ("fr", "je prends le pain ouvre", ("add", None, "pain ouvre")),
        ("fr", "donnez moi le kilo de pommes", ("add", 1000, "pommes")),
        ("fr", "ajoute deux colas à la commande", ("add", 2000, "colas")),
        ("he", "תוסיף שתי קולה להזמנה", ("add", 2000, "קולה")),
        ("he", "תוריד את הקולה מההזמנה", ("remove", None, "הקולה")),
    ],
)
def test_what_is_bought_is_not_asked(language: str, text: str, wanted: tuple[str, int | None, str]) -> None:
    (clause,) = hear(text, language).clauses
    assert (clause.verb, clause.amount, clause.text) == wanted


@pytest.mark.parametrize(
    ("language", "text", "verb"),
    [
        ("en", "can I have my order", "order_status"),
        ("en", "I want to pick up my order", "order_status"),
        ("en", "my order A12", "order_status"),
        ("en", "I need to know if you are open", "hours"),
        ("en", "what's on special", "promotions"),
        ("fr", "la commande 7 est prête ?", "order_status"),
        ("fr", "vous êtes ouverts dimanche ?", "hours"),
        ("fr", "combien le kilo de tomates", "price"),
        ("he", "את ההזמנה שלי", "order_status"),
        ("he", "אתם פתוחים ביום ראשון?", "hours"),
    ],
)
def test_what_is_asked_of_the_shop_is_not_bought(language: str, text: str, verb: str) -> None:
    assert hear(text, language).clauses[0].verb == verb
