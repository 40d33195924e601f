"""Read a what-if question ("what would 3 for 2 on wine have cost last month?") into a typed scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.analytics.whatif.scenario import DAYS_MOST, Scenario
from edge.analytics.whatif.stock_scenario import DAYS_LEAST, StockScenario
from edge.conversation.copilot.copilot_reads import UnderstandQuery
from edge.conversation.copilot.form_wishes import begins, skip_polite
from edge.conversation.copilot.meaning.model import Meaning, UnderstoodQuestion
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.conversation.copilot.meaning.times import days_of
from edge.conversation.copilot.meaning.vocabulary import SaidTime, meaning_vocabulary
from edge.conversation.copilot.whatif_rules import (
    NOON,
    OF_SHOP,
    OF_STOCK,
    NotThere,
    RuleContext,
    SaidRule,
    closing_min,
    scenario_of,
    stock_scenario,
    stock_span,
)
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.core.messages import Actor
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.foundation.opening_hours.rules import DAY_MIN
from edge.goods.promotions.promotion import Goods
from edge.goods.search.query.text import with_final_letters, words_of
from edge.lib.i18n import translate
from edge.lib.tax.rules import FULL
from edge.lib.units.written_money import written_money

PIECES_MOST = 100
GOODS, GOODS_WORDS = "goods", 6
"""The gap for products in a phrase, which stay in the question; and its maximum length in words."""
LEAD_DAYS_MOST = 90
TIMES_MOST = 20
"""Maximum factor on the usual points."""
_PLUS = re.compile(r"(?<=\d)\s*\+\s*(?=\d)")
_PLACE = re.compile(r"\{(\w+)\}|([^{}]+)")
_MINUTES = re.compile(r"[0-5]\d")
_HOUR_WORDS = frozenset({"h", "heures", "heure", "o"})
_AMOUNT = re.compile(r"(\d{1,7})(?:\.(\d{1,3}))?")


class WhatifWish(NamedTuple):
    """A what-if question in words, as understood, and its scenario of receipts or stock.

    Without a scenario, the words say why.
    """

    language: str
    text: str
    scenario: Scenario | None = None
    stock: StockScenario | None = None


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sales: str
    purchases: str
    begins: tuple[str, ...]
    surely: tuple[str, ...]
    polite: tuple[str, ...]
    little: tuple[str, ...]
    days: tuple[tuple[str, ...], ...]
    morning: tuple[str, ...]
    deals: dict[str, tuple[str, ...]]


class _Said(NamedTuple):
    language: str
    rules: tuple[SaidRule, ...]
    rest: tuple[str, ...]
    has_time: bool


def may_ask_whatif(text: str) -> bool:
    """Whether a sentence begins like a what-if question. `ReadWhatifWish` decides; it loads the vocabulary, which the
    till's process avoids.

    >>> may_ask_whatif("What would 3 for 2 on wine have cost last month?"), may_ask_whatif("best sellers")
    (True, False)
    """
    words = words_of(clean(text))
    return any(_words_of_question(words, known) for known in _load_words().values())


def _words_of_question(words: Sequence[str], known: _Words) -> Sequence[str]:
    """The question without polite openings; empty if it doesn't begin like one."""
    words = skip_polite(words, known.polite)
    return words if any(begins(words, words_of(one)) for one in known.begins) else ()


class ReadWhatifWish(ReadQuestion[WhatifWish | None], frozen=True, tag=True):
    """Reads the scenario that a sentence asks for; None if none.

    `tax_class`: the class meant by "the tax"; "": none.
    """

    actor: Actor
    currency: str
    today: str
    at_us: int
    zone: str
    text: str
    language: str
    tax_class: str = ""

    def read(self, db: Connection, registry: Registry) -> WhatifWish | None:
        said = _read(self.text, self.language)
        if said is None:
            return None
        if len(said.rules) != 1:
            return _no_scenario(said, "whatif_one_rule" if said.rules else "whatif_no_rule")
        known = _load_words()[said.language]
        of = known.purchases if said.rules[0].kind == "supplier" else known.sales
        words = " ".join((of, *map(with_final_letters, said.rest)))
        query = UnderstandQuery(
            self.actor, self.currency, self.today, self.at_us, self.zone, words, said.language, None
        )
        questions = query.read(db, registry).questions
        if len(questions) != 1:
            return _no_scenario(said, "whatif_no_rule")
        asked = questions[0]
        return _why_not(said, asked) or self._wish(db, said, asked.meaning)

    def _wish(self, db: Connection, said: _Said, meaning: Meaning) -> WhatifWish:
        rule, language = said.rules[0], said.language
        goods = Goods(meaning.filters.get("product", ()), meaning.filters.get("category", ()))
        supplier = next(iter(meaning.filters.get("supplier", ())), "")
        teller = MeaningTeller(db, language, self.currency)
        parts = [self._rule_text(rule, teller, supplier)]
        if rule.kind not in OF_SHOP:
            named = [teller.label("product", one) for one in goods.skus]
            named += [teller.label("category", one) for one in goods.categories]
            everything = "with_deposit" if rule.kind in ("deposit", "no_deposit") else "all_goods"
            parts.append(", ".join(named) or translate(language, f"whatif.{everything}"))
        if rule.kind in OF_STOCK:
            days = stock_span(meaning.period if said.has_time else None, self.today)
            if days is None:
                return _no_scenario(said, "whatif_stock_days", days=DAYS_LEAST)
            text = ", ".join((*parts, teller.days(days)))
            return WhatifWish(language, text, stock=stock_scenario(rule, goods, supplier, days))
        span = meaning.period if said.has_time else days_of(SaidTime("last_month"), self.today)
        if span is None or span.first > self.today or span.days > DAYS_MOST:
            return _no_scenario(said, "whatif_which_days", days=DAYS_MOST)
        span = DaySpan(span.first, min(span.last, self.today))
        plain = Scenario(span.first, span.last)
        try:
            now = RuleContext(self.at_us, self.currency, self.tax_class, language)
            found = scenario_of(db, rule, goods, plain, now)
        except NotThere as why:
            return _no_scenario(said, str(why))
        return WhatifWish(language, ", ".join((*parts, teller.days(span))), found)

    def _rule_text(self, rule: SaidRule, teller: MeaningTeller, supplier: str) -> str:
        """The rule as understood."""
        language = teller.language
        values = {name: _localized_number(value, language) for name, value in rule.numbers.items()}
        values |= {"supplier": teller.label("supplier", supplier), "tax_class": self.tax_class}
        if "money" in rule.numbers:
            values["money"] = written_money(rule.minor(self.currency), self.currency, language)
        if "day" in rule.numbers:
            values["day"] = teller.label("weekday", str(rule.number("day") - 1))
        if "hour" in rule.numbers:
            minute = rule.number("hour") % DAY_MIN
            values["hour"] = f"{minute // 60:02}:{minute % 60:02}"
        return translate(language, f"copilot.whatif_{rule.kind}", **values)


def _localized_number(thousandths: int, language: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(Decimal(thousandths).scaleb(-3).normalize(), locale=language, decimal_quantization=False))


def _why_not(said: _Said, asked: UnderstoodQuestion) -> WhatifWish | None:
    """Return the reason why additional words fit no rule; None if they do."""
    meaning, kind = asked.meaning, said.rules[0].kind
    if asked.several:
        several = translate(said.language, "copilot.which_product", names="; ".join(asked.several))
        return WhatifWish(said.language, several)
    if meaning.unknown:
        return _no_scenario(said, "whatif_unknown", words=", ".join(meaning.unknown))
    can = {"product", "category", "supplier"} if kind == "supplier" else {"product", "category"}
    if set(meaning.filters) - can or meaning.by or meaning.compare or meaning.order:
        return _no_scenario(said, "whatif_too_narrow")
    skus, categories = (meaning.filters.get(one, ()) for one in ("product", "category"))
    if kind == "price" and (not skus or categories):
        return _no_scenario(said, "whatif_which_price")
    if kind in OF_SHOP and (skus or categories):
        return _no_scenario(said, "whatif_whole_shop")
    if kind == "supplier" and len(meaning.filters.get("supplier", ())) != 1:
        return _no_scenario(said, "whatif_which_supplier")
    return None


def _no_scenario(said: _Said, key: str, **values: object) -> WhatifWish:
    """Return the reason why there is no scenario, with two example questions."""
    lines = (translate(said.language, f"copilot.{one}", **values) for one in (key, "whatif_examples"))
    return WhatifWish(said.language, "\n".join(lines))


def _read(text: str, language: str) -> _Said | None:
    """The question as stated, in the language of its opening and rule; None if it isn't one."""
    words = words_of(_PLUS.sub(" plus ", clean(text)))
    best: _Said | None = None
    for spoken in dict.fromkeys((language, *LANGUAGES)):
        found = _read_in(words, spoken)
        if found and (best is None or (found.rules and not best.rules)):
            best = found
    return best


def _read_in(words: Sequence[str], language: str) -> _Said | None:
    known = _load_words()[language]
    words = _words_of_question(words, known)
    if not words:
        return None
    surely = any(_find(words, words_of(one)) >= 0 for one in known.surely)
    rules: list[SaidRule] = []
    rest = list(words)
    while found := _rule_in(rest, known, language):
        places, rule = found
        rules.append(rule)
        rest = [word for at, word in enumerate(rest) if at not in places]
    if not surely and not rules:
        return None
    for phrase in sorted(map(words_of, (*known.begins, *known.surely)), key=len, reverse=True):
        at = _find(rest, phrase)
        if at >= 0 and len(phrase) > 1:
            rest[at : at + len(phrase)] = []
    little = {word for one in known.little for word in words_of(one)}
    times = set(_times_at(rest, language))
    kept = tuple(word for at, word in enumerate(rest) if at in times or word not in little)
    return _Said(language, tuple(rules), kept, bool(times))


def _times_at(words: Sequence[str], language: str) -> Iterator[int]:
    """Positions of time words, whose prepositions belong to them: "from the 3rd to the 9th"."""
    known = meaning_vocabulary(language)
    at = 0
    while at < len(words):
        length = max((one.length for one in known.matches(words, at) if one.entry.kind == "times"), default=0)
        yield from range(at, at + length)
        at += length or 1


def _find(words: Sequence[str], phrase: Sequence[str]) -> int:
    """The position of a phrase; -1 if absent."""
    return next((at for at in range(len(words)) if begins(words[at:], phrase)), -1)


def _rule_in(words: Sequence[str], known: _Words, language: str) -> tuple[frozenset[int], SaidRule] | None:
    """The first rule found, and the positions of its words."""
    for kind, phrases in known.deals.items():
        for pattern in sorted(map(_pattern, phrases), key=len, reverse=True):
            for at in range(len(words)):
                found = _match(words, at, pattern, language)
                if found and _is_sound(kind, found[1]):
                    places, numbers = found
                    if kind == "closes_at" and not _says_morning(words, places, known):
                        numbers = {"hour": closing_min(numbers["hour"] // 1000) * 1000}
                    return places, SaidRule(kind, numbers)
    return None


def _says_morning(words: Sequence[str], places: frozenset[int], known: _Words) -> bool:
    """Whether the time in a rule's words is before noon: "closed at 8 am"."""
    lengths = {at: _morning_at(words, at, known) for at in places}
    return any(length and at + length == max(places) + 1 for at, length in lengths.items())


def _morning_at(words: Sequence[str], at: int, known: _Words) -> int:
    """Return the number of words here that place a time before noon."""
    return max((len(one) for one in map(words_of, known.morning) if begins(words[at:], one)), default=0)


def _is_sound(kind: str, numbers: dict[str, int]) -> bool:
    """Whether a rule with these numbers makes sense: "3 for 2", but not "2 for 3", which is a price."""
    n, m = (numbers.get(name, 0) for name in "nm")
    pieces = all(
        numbers[name] % 1000 == 0 and 0 < numbers[name] <= PIECES_MOST * 1000 for name in "nm" if name in numbers
    )
    match kind:
        case "several":
            return pieces and 0 < m < n
        case "several_for":
            return pieces and n > 1000 and numbers["money"] > 0
        case "percent_off" | "less" | "coupons_share":
            return 0 < numbers["p"] < FULL
        case "free_from":
            return numbers["money"] > 0  # from 0 means never
        case "tax":
            return 0 <= numbers["p"] < FULL
        case "reorder_less" | "reorder_more":
            return 0 < numbers["p"] <= FULL and numbers["p"] % 1000 == 0
        case "reorder_at" | "up_to":
            return True
        case "lead_days":
            return n % 1000 == 0 and n <= LEAD_DAYS_MOST * 1000
        case "points_times":
            return pieces and 1000 < n <= TIMES_MOST * 1000
        case "more":
            return 0 < numbers["p"] <= 10 * FULL
    return pieces


@cache
def _pattern(phrase: str) -> tuple[tuple[bool, str], ...]:
    """A phrase's words and placeholders (`(True, "n")`), in order."""
    found: list[tuple[bool, str]] = []
    for place, text in _PLACE.findall(phrase):
        found += [(True, place)] if place else [(False, word) for word in words_of(text)]
    return tuple(found)


def _match(
    words: Sequence[str], at: int, pattern: Sequence[tuple[bool, str]], language: str
) -> tuple[frozenset[int], dict[str, int]] | None:
    """Match a phrase at a position.

    Returns the positions of its words and its numbers in thousandths; None if it doesn't match.
    """
    if not pattern:
        return frozenset(), {}
    if at >= len(words):
        return None
    (is_place, text), rest = pattern[0], pattern[1:]
    if text == GOODS and is_place:
        after = (_match(words, here, rest, language) for here in range(at, min(len(words), at + GOODS_WORDS + 1)))
        return next((one for one in after if one), None)
    numbers, here = dict[str, int](), at + 1
    if is_place:
        read = _READERS.get(text, _read_number)(words, at, language)
        if read is None:
            return None
        numbers[text], here = read
    elif words[at] != text:
        return None
    found = _match(words, here, rest, language)
    return (found[0] | frozenset(range(at, here)), numbers | found[1]) if found else None


def _read_number(words: Sequence[str], at: int, language: str) -> tuple[int, int] | None:
    """Return a number in thousandths and its end; None if there is none."""
    if amount := _AMOUNT.fullmatch(words[at]):
        return int(amount[1]) * 1000 + int((amount[2] or "0").ljust(3, "0")), at + 1
    said = meaning_vocabulary(language).number(words, at)
    return (said[0] * 1000, at + said[1]) if said else None


def _read_day(words: Sequence[str], at: int, language: str) -> tuple[int, int] | None:
    """A weekday, from Monday (1), in thousandths."""
    for day, names in enumerate(_load_words()[language].days, 1):
        for name in sorted(map(words_of, names), key=len, reverse=True):
            if begins(words[at:], name):
                return day * 1000, at + len(name)
    return None


def _read_hour(words: Sequence[str], at: int, language: str) -> tuple[int, int] | None:
    """A time of day in minutes, in thousandths: "22", "20:30", "20 h 30", "8 pm"."""
    said = _read_number(words, at, language)
    if said is None or said[0] % 1000 or said[0] > 24_000:
        return None
    minute, here = said[0] // 1000 * 60, said[1]
    if words[here : here + 1] and words[here] in _HOUR_WORDS:
        here += 1
    if words[here : here + 1] and _MINUTES.fullmatch(words[here]):
        minute, here = minute + int(words[here]), here + 1
    if words[here : here + 1] == ["pm"]:
        minute, here = minute + (NOON if minute < NOON else 0), here + 1
    elif morning := _morning_at(words, here, _load_words()[language]):
        minute, here = minute % NOON, here + morning
    return (minute * 1000, here) if minute < DAY_MIN else None


_READERS = {"day": _read_day, "hour": _read_hour}


@cache
def _load_words() -> dict[str, _Words]:
    text = files("edge.conversation.copilot").joinpath("whatif_wishes.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Words])
