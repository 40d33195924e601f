"""Matches taxes of another system to the shop's classes: by id, by rate, or by the user's answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from edge.goods.ingest.mapping.cell_parsers import CellError

_RATE = re.compile(r"(?<![\w.,])(\d{1,2}(?:[.,]\d{1,4})?)(?![\w.,])\s*%?")
_PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d{1,4})?)\s*%")
_YES = frozenset(("y", "yes", "true", "1", "x", "oui", "כן"))
_NO = frozenset(("n", "no", "false", "0", "non", "לא"))
_NO_TAX = frozenset(
    (
        *("none", "exempt", "tax exempt", "zero", "zero rated", "no tax", "no vat", "no tax applied", "non taxable"),
        *("nontaxable", "not taxable", "exonéré", "פטור"),
    )
)
_CODED = re.compile(r"\b(?:code|class|category|group|type|id|number)\b", re.IGNORECASE)
"""Matches headings of columns whose "1" is a code instead of "yes"."""
_TAXABLE = re.compile(r"taxable|charge tax|חייב", re.IGNORECASE)
_TAXED: dict[str, str] = dict.fromkeys(("yes", "taxable", "taxed", "default", "true", "y", "חייב", "חייב במעמ"), "")
_USUAL = frozenset(
    ("default", "default tax", "taxable", "taxable goods", "taxed", "חייב", "חייב במעמ", "imposable", "taxable sale")
)
"""Names of the tax that applies to most of a shop's goods."""
VALUE_CHARS = 80
"""Number of characters shown of an unknown tax name."""
FRACTION_MOST = Decimal(1)


class TaxWords:
    """A shop's tax classes, looked up by other systems' terms. `rates`: thousandths of a percent by class; `answers`:
    classes by lower-case words ("": the default class).

    >>> taxes = TaxWords("standard", ("standard", "food"), {"standard": 20_000, "food": 5_500}, {"item": "food"})
    >>> taxes.by_name("Item"), taxes.by_name("VAT 20 %"), taxes.by_rates([("Tax rate", "5.5")])
    ('food', 'standard', 'food')
    """

    def __init__(
        self, default: str, classes: Sequence[str], rates: Mapping[str, int], answers: Mapping[str, str]
    ) -> None:
        self._default, self._answers = default, answers
        self._ids = {one.casefold(): one for one in classes}
        self._by_rate: dict[int, list[str]] = {}
        for id, rate in rates.items():
            self._by_rate.setdefault(rate, []).append(id)

    def by_name(self, text: str) -> str | None:
        """The class named in a cell; None for the default. Raises `CellError`."""
        plain = text.strip().casefold()
        if (asked := plain[:VALUE_CHARS]) in self._answers:
            return self._answers[asked] or None
        if not self._ids:
            return text
        if plain in _TAXED and plain not in self._ids:
            return None
        found = self._ids.get(plain) or self._of_rate(_rate_of("", text))
        if not found:
            raise self._unknown_tax(plain)
        return found

    def by_rates(self, said: Sequence[tuple[str, str]]) -> str:
        """The class of a row's taxes, by the headings and cells of its columns; "" for the default or empty cells.
        Raises `CellError` with the unknown words."""
        told = [(heading, cell.strip()) for heading, cell in said if cell.strip()]
        if not told:
            return ""
        words = tax_words(told)
        if (asked := words[:VALUE_CHARS]) in self._answers:
            return self._answers[asked]
        is_usual = words.replace("_", " ") in _USUAL or (_TAXABLE.search(told[0][0]) and words in _TAXED)
        if len(told) == 1 and is_usual and words not in self._ids:
            return ""
        rates = [_rate_of(heading, cell) for heading, cell in told]
        known = [rate for rate in rates if rate is not None]
        summed = sum(known, Decimal(0)) if len(known) == len(rates) else None
        named = self._ids.get(told[0][1].casefold()) if len(told) == 1 else None
        if found := named or self._of_rate(summed):
            return found
        raise self._unknown_tax(words)

    def _unknown_tax(self, words: str) -> CellError:
        return CellError("tax_class_unknown", known=", ".join(self._ids.values()), words=words[:VALUE_CHARS])

    def knows(self, text: str) -> bool:
        """Whether a cell names one of the shop's classes or rates."""
        plain = text.strip().casefold()
        return not self._ids or plain in self._ids | _TAXED or bool(self._of_rate(_rate_of("", text)))

    def know_row(self, said: Sequence[tuple[str, str]]) -> bool:
        """Whether a row's taxes, by the headings and cells of its columns, match a class of the shop."""
        try:
            self.by_rates(said)
        except CellError:
            return False
        return any(cell.strip() for _, cell in said)

    def _of_rate(self, rate: Decimal | None) -> str:
        """The class with this rate, given in percent or as a fraction; "" if none has it, or several that aren't the
        default.
        """
        if rate is None:
            return ""
        for percent in (rate, rate * 100) if 0 < rate < FRACTION_MOST else (rate,):
            found = self._by_rate.get(int(percent * 1000), [])
            if self._default in found:
                return self._default
            if len(found) == 1:
                return found[0]
        return ""


def tax_words(said: Sequence[tuple[str, str]]) -> str:
    """Return the words to show when the user is asked about a row's taxes: the cells, with headings instead of "yes".

    >>> tax_words([("Tax - City (1%)", "Y"), ("Tax - State (6%)", "N")]), tax_words([("Tax", "Standard")])
    ('city (1%)', 'standard')
    """
    parts = []
    for heading, cell in said:
        plain = cell.strip().casefold()
        if plain not in _YES | _NO:
            parts.append(plain)
        elif plain in _YES:
            bare = "" if _CODED.search(heading) else re.sub(r"^\W*tax\W+", "", heading.casefold())
            parts.append("yes" if _TAXABLE.search(heading) else bare or plain)
    return " + ".join(parts) if parts else "no"


def _rate_of(heading: str, cell: str) -> Decimal | None:
    """The percentage in a cell or its heading; None if there is none."""
    plain = cell.strip().casefold()
    if (found := _rate_in(heading)) is not None:
        return found if plain in _YES else Decimal(0) if plain in _NO else _rate_in(cell)
    return Decimal(0) if plain.replace("_", " ").replace("-", " ") in _NO_TAX else _rate_in(cell)


def _rate_in(text: str) -> Decimal | None:
    found = _PERCENT.findall(text) or _RATE.findall(text)
    return Decimal(found[0].replace(",", ".")) if len(found) == 1 else None
