"""Texts of alerts: title and advice in any language. Pure except for loading texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from edge.lib.i18n import ENGLISH, LANGUAGES, direction, number, record, sentence, translate, words
from edge.lib.i18n.dates import is_day, written_day
from edge.lib.i18n.translations import called_by, code_gaps, fill
from edge.lib.units.quantity import show_quantity
from edge.lib.units.written_money import written_money

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Characters around text that may have another direction (Unicode UAX #9, FSI and PDI)."""

_QUANTITIES = frozenset({"quantity", "total", "par", "reserved", "moved", "left"})
"""Values that watches give as digits with a decimal point ("12.961" in stock), to be formatted for the language."""

IMPORTED = "imported"
"""The value of an alert that is partly based on data imported from another system; its advice says so."""

_NAMED, _FORMER = "alert.kind_", "alert.former_kind_"


def title(language: str, kind: str, values: Mapping[str, str | int], currency: str = "") -> str:
    """Return the title in one line. A kind without a text is shown by its name."""
    return one_line(_fill_sentence(language, f"alert.{kind}", values, currency) or kind.replace("_", " "))


def advice(language: str, kind: str, values: Mapping[str, str | int], currency: str = "") -> str:
    """Return the advice, and whether the alert is partly based on imported sales; "" if there is none."""
    text = _fill_sentence(language, f"alert.{kind}_do", values, currency)
    return f"{text} {translate(language, 'alert.imported_basis')}" if text and values.get(IMPORTED) else text


def known_kinds() -> list[str]:
    """Every named kind of alert: from watches, the machine, and users."""
    return [key.removeprefix(_NAMED) for key in words(ENGLISH) if key.startswith(_NAMED)]


def kind_name(language: str, kind: str) -> str:
    """Return the name of a kind in lists, including former kinds; otherwise its title."""
    every = words(language)
    return every.get(_NAMED + kind) or every.get(_FORMER + kind) or title(language, kind, {})


def one_line(text: str) -> str:
    """Replace line breaks and control characters with spaces."""
    return " ".join("".join(" " if _breaks(character) else character for character in text).split())


def _breaks(character: str) -> bool:
    return character in "\u2028\u2029" or unicodedata.category(character) == "Cc"


def _fill_sentence(language: str, key: str, values: Mapping[str, str | int], currency: str) -> str:
    """Fill a text's placeholders. If values are missing, the text is returned without them."""
    text = sentence(language, key, values)
    if text is None:
        return ""
    forms = code_gaps(text)
    called = {
        name: called_by(language, forms[name], value) if name in forms else value for name, value in values.items()
    }
    filled = _Gaps((name, _value_text(language, name, value, values, currency)) for name, value in called.items())
    others = (values[name] for one in LANGUAGES if (name := f"name_{one}") in values)
    if own := values.get(f"name_{language}") or ("" if "name" in values else next(others, values.get("sku", ""))):
        filled["name"] = _apart(language, str(own))
    return fill(language, text, filled)


def _value_text(language: str, name: str, value: str | int, values: Mapping[str, str | int], currency: str) -> str:
    if isinstance(value, str):
        if name in _QUANTITIES and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            return number(value, language)
        return _apart(language, written_day(value, record(language).locale) if is_day(value) else value)
    if name.endswith("_minor"):
        money = str(values.get("currency") or currency)
        return _apart(language, written_money(value, money, language, currency))
    if name.endswith(("_thousandths", "quantity", "on_hand")):
        return number(show_quantity(value), language)
    return str(value)


def _apart(language: str, text: str) -> str:
    """Isolate foreign text that would disturb the sentence's direction."""
    rtl = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{ISOLATE}{text}{END_ISOLATE}" if rtl != (direction(language) == "rtl") else text


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
