"""Prepare text for speech: split into sentences, with prices and measures in words. English, French, Hebrew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from models.speech.tts_numbers import in_hebrew, is_feminine, number_before_noun

TEXT_LETTERS = 20_000
"""Maximum length of a text, an hour of speech; longer ones are refused."""
SENTENCE_LETTERS = 300
"""Length above which a sentence is split if possible, so that the first sound comes soon."""

_END = re.compile(r"(?<=[.!?…])[\"'”»)\]]*\s+|(?<=[:;])\s*\n+|\n+")
_ABBREVIATED = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|St|No|vs|approx|M|Mme|Mlle|env|n°|etc|p\.ex|e\.g|i\.e)\.\s*$")
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|\[\[|\]\]")
"""Control characters, and the brackets in which espeak-ng and Piper expect phonemes."""
_CUT = re.compile(r"[,;:–—]\s+|\s+")


class _Money(NamedTuple):
    """Names of a currency's unit and its hundredth, in singular and plural, and whether each is feminine in Hebrew."""

    one: str
    more: str
    cent: str
    cents: str
    feminine: bool = False
    cents_feminine: bool = False


_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "₪": "ILS", "EUR": "EUR", "USD": "USD", "GBP": "GBP", "ILS": "ILS"}
_MONEY = {
    "en": {
        "EUR": _Money("euro", "euros", "cent", "cents"),
        "USD": _Money("dollar", "dollars", "cent", "cents"),
        "GBP": _Money("pound", "pounds", "penny", "pence"),
        "ILS": _Money("shekel", "shekels", "agora", "agorot"),
    },
    "fr": {
        "EUR": _Money("euro", "euros", "centime", "centimes"),
        "USD": _Money("dollar", "dollars", "cent", "cents"),
        "GBP": _Money("livre", "livres", "penny", "pence"),
        "ILS": _Money("shekel", "shekels", "agora", "agorot"),
    },
    "he": {
        "EUR": _Money("אירו", "אירו", "סנט", "סנטים"),
        "USD": _Money("דולר", "דולרים", "סנט", "סנטים"),
        "GBP": _Money("לירה", "לירות", "פני", "פני", feminine=True),
        "ILS": _Money("שקל", "שקלים", "אגורה", "אגורות", cents_feminine=True),
    },
}
_AND = {"en": " and ", "fr": " et ", "he": " ו"}
_UNITS = {
    "en": {
        "kg": "kilograms", "g": "grams", "l": "litres", "ml": "millilitres", "cl": "centilitres", "cm": "centimetres",
    },
    "fr": {"kg": "kilos", "g": "grammes", "l": "litres", "ml": "millilitres", "cl": "centilitres", "cm": "centimètres"},
    "he": {
        "kg": "קילו", "g": "גרם", "l": "ליטר", "ml": "מיליליטר", "cl": "סנטיליטר", "cm": "סנטימטר",
        'ק"ג': "קילו", "ק״ג": "קילו", 'מ"ל': "מיליליטר", "מ״ל": "מיליליטר", 'ס"מ': "סנטימטר", "ס״מ": "סנטימטר",
    },
}  # fmt: skip
_PERCENT = {"en": "percent", "fr": "pour cent", "he": "אחוזים"}
_ONE_PERCENT = "אחוז"
_POINT = {"en": ".", "fr": ",", "he": " נקודה "}

_NUMBER = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_SIGN = "|".join(map(re.escape, _SIGNS))
_PRICE = re.compile(rf"(?P<before>{_SIGN})\s?(?P<a>{_NUMBER})|(?P<b>{_NUMBER})\s?(?P<after>{_SIGN})(?!\w)")
_SHARE = re.compile(rf"(?P<number>{_NUMBER})\s?%")
_PLAIN = re.compile(_NUMBER)
_COUNTED = re.compile(r"(?<![\d.,:/-])(?P<number>\d{1,6}) (?P<noun>[א-ת]+(?:ים|ות))(?![א-ת\"״'׳])")
"""A whole number before a Hebrew plural noun."""


def speakable_sentences(text: str, language: str) -> Iterator[str]:
    """Sentences as a voice reads them."""
    for sentence in sentences(_UNSPEAKABLE.sub(" ", text)):
        yield from _parts(in_words(sentence, language))


def sentences(text: str) -> Iterator[str]:
    """Split text after sentences, but not after known abbreviations."""
    begun = ""
    at = 0
    for end in _END.finditer(text):
        begun, at = begun + text[at : end.end()], end.end()
        if _ABBREVIATED.search(begun) and "\n" not in end.group():
            continue
        if begun.strip():
            yield begun.strip()
        begun = ""
    if rest := (begun + text[at:]).strip():
        yield rest


def in_words(sentence: str, language: str) -> str:
    """Prices, percentages and measures in words; also numbers, if the language's voices can't read them."""
    if language not in _MONEY:
        return sentence
    said = _PRICE.sub(lambda found: _price(found, language), sentence)
    said = _SHARE.sub(lambda found: _percent(found["number"], language), said)
    units = "|".join(sorted(map(re.escape, _UNITS[language]), key=len, reverse=True))
    measure = re.compile(rf"(?P<number>{_NUMBER})\s?(?P<unit>{units})(?!\w)", re.IGNORECASE)
    said = measure.sub(lambda found: _measure(found, language), said)
    if language != "he":
        return said
    said = _COUNTED.sub(lambda found: f"{_before(found['number'], found['noun'])} {found['noun']}", said)
    return _PLAIN.sub(lambda found: _number(found[0], language), said)


def _price(found: re.Match[str], language: str) -> str:
    money = _MONEY[language][_SIGNS[found["before"] or found["after"]]]
    whole, _, decimals = _plain(found["a"] or found["b"], language).partition(".")
    if len(decimals) > 2:
        return f"{_number(found['a'] or found['b'], language)} {money.more}"
    amount = _count(int(whole), money.one, money.more, money.feminine, language)
    cents = int((decimals + "00")[:2])
    if not cents:
        return amount
    small = _count(cents, money.cent, money.cents, money.cents_feminine, language)
    return f"{amount}{_AND[language]}{small}" if int(whole) else small


def _count(number: int, one: str, more: str, feminine: bool, language: str) -> str:
    """Return a counted unit in words. In Hebrew, "one" follows the noun, and "two" has a short form before it."""
    if language != "he":
        single = number == 1 or (language == "fr" and number == 0)
        return f"{number} {one if single else more}"
    return f"{one} {in_hebrew(1, feminine)}" if number == 1 else f"{number_before_noun(number, feminine)} {more}"


def _before(number: str, noun: str) -> str:
    feminine = is_feminine(noun)
    return _digits(number) if number.startswith("0") else number_before_noun(int(number), feminine)


def _percent(number: str, language: str) -> str:
    if language == "he" and number.isdecimal():
        return _count(int(number), _ONE_PERCENT, _PERCENT[language], False, language)
    return f"{_number(number, language)} {_PERCENT[language]}"


def _measure(found: re.Match[str], language: str) -> str:
    """A measure in words. The measures here are masculine in Hebrew, and stay singular."""
    number, unit = found["number"], _UNITS[language][found["unit"].lower()]
    if language == "he" and number.isdecimal():
        return _count(int(number), unit, unit, False, language)
    one = float(_plain(number, language)) < 2 if language == "fr" else number == "1" and language == "en"
    return f"{_number(number, language)} {unit.removesuffix('s') if one else unit}"


def _number(written: str, language: str) -> str:
    """A number in a form the language's voices read correctly."""
    whole, _, decimals = _plain(written, language).partition(".")
    if language != "he":
        return f"{whole}{_POINT[language]}{decimals}" if decimals else whole
    said = _digits(whole) if len(whole) > 1 and whole.startswith("0") else in_hebrew(int(whole))
    return f"{said}{_POINT['he']}{_digits(decimals)}" if decimals else said


def _digits(number: str) -> str:
    """Return a number read digit by digit, as for a phone number."""
    return " ".join(in_hebrew(int(digit)) for digit in number)


def _plain(written: str, language: str) -> str:
    """A number with a decimal point and no thousands separators. In French a comma is always decimal."""
    between = r"[\u00a0\u202f]" if language == "fr" else r"[,\u00a0\u202f](?=\d{3}(?:\D|$))"
    joined = re.sub(between, "", written)
    return joined.replace(",", ".")


def _parts(sentence: str) -> Iterator[str]:
    while len(sentence) > SENTENCE_LETTERS:
        cuts = [cut.end() for cut in _CUT.finditer(sentence, 0, SENTENCE_LETTERS)]
        marks = [at for at in cuts if sentence[at - 2 : at - 1] in ",;:–—"]
        at = next(iter(reversed(marks)), 0) or next(iter(reversed(cuts)), 0) or SENTENCE_LETTERS
        yield sentence[:at].strip()
        sentence = sentence[at:]
    if sentence.strip():
        yield sentence.strip()
