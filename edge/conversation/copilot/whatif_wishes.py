"""Read a what-if question ("what would 3 for 2 on wine have cost last month?") into a typed scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.analytics.whatif.scenario import DAYS_MOST, CouponRule, PriceRule, Scenario
from edge.conversation.copilot.copilot_reads import UnderstandQuery
from edge.conversation.copilot.form_wishes import begins, skip_polite
from edge.conversation.copilot.meaning.model import UnderstoodQuestion
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.conversation.copilot.meaning.times import days_of
from edge.conversation.copilot.meaning.vocabulary import SaidTime, meaning_vocabulary
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.core.messages import Actor
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.promotions.promotion import BuyGet, Deal, Goods, PercentOff, Promotion, SeveralFor
from edge.goods.promotions.queries import read_promotions
from edge.goods.search.query.text import with_final_letters, words_of
from edge.lib.i18n import translate
from edge.lib.tax.rules import FULL
from edge.lib.units.money import exponent
from edge.lib.units.written_money import written_money

PROMOTION = "what-if-1"
PIECES_MOST = 100
PROMOTIONS_MOST = 500
"""Past and current promotions that "without promotions" excludes."""
_PLUS = re.compile(r"(?<=\d)\s*\+\s*(?=\d)")
_PLACE = re.compile(r"\{(\w+)\}|([^{}]+)")
_AMOUNT = re.compile(r"(\d{1,7})(?:\.(\d{1,3}))?")


class WhatifWish(NamedTuple):
    """A what-if question as understood, in words, and its scenario; None: the words say why not."""

    language: str
    text: str
    scenario: Scenario | None = None


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sales: str
    begins: tuple[str, ...]
    surely: tuple[str, ...]
    polite: tuple[str, ...]
    little: tuple[str, ...]
    deals: dict[str, tuple[str, ...]]


class _Rule(NamedTuple):
    """A rule as stated: its kind, and its numbers by placeholder, in thousandths."""

    kind: str
    numbers: dict[str, int]


class _Said(NamedTuple):
    language: str
    rules: tuple[_Rule, ...]
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
    """The scenario a sentence asks for, or None."""

    actor: Actor
    currency: str
    today: str
    at_us: int
    zone: str
    text: str
    language: str

    def read(self, db: Connection, registry: Registry) -> WhatifWish | None:
        said = _read(self.text, self.language)
        if said is None:
            return None
        if len(said.rules) != 1:
            return _not_said(said, "whatif_one_rule" if said.rules else "whatif_no_rule")
        words = " ".join((_load_words()[said.language].sales, *map(with_final_letters, said.rest)))
        query = UnderstandQuery(
            self.actor, self.currency, self.today, self.at_us, self.zone, words, said.language, None
        )
        questions = query.read(db, registry).questions
        if len(questions) != 1:
            return _not_said(said, "whatif_no_rule")
        return self._scenario(db, said, said.rules[0], questions[0])

    def _scenario(self, db: Connection, said: _Said, rule: _Rule, asked: UnderstoodQuestion) -> WhatifWish:
        meaning, language = asked.meaning, said.language
        if asked.several:
            return WhatifWish(language, translate(language, "copilot.which_product", names="; ".join(asked.several)))
        if meaning.unknown:
            return _not_said(said, "whatif_unknown", words=", ".join(meaning.unknown))
        narrowed = set(meaning.filters) - {"product", "category"}
        if narrowed or meaning.by or meaning.compare or meaning.order:
            return _not_said(said, "whatif_too_narrow")
        goods = Goods(meaning.filters.get("product", ()), meaning.filters.get("category", ()))
        if rule.kind == "price" and (not goods.skus or goods.categories):
            return _not_said(said, "whatif_which_price")
        span = meaning.period if said.has_time else days_of(SaidTime("last_month"), self.today)
        if span is None or span.first > self.today or span.days > DAYS_MOST:
            return _not_said(said, "whatif_which_days", days=DAYS_MOST)
        span = DaySpan(span.first, min(span.last, self.today))
        teller = MeaningTeller(db, language, self.currency)
        parts = [self._rule_text(rule, language)]
        if rule.kind not in ("no_promotions", "no_coupons"):
            named = [teller.label("product", one) for one in goods.skus]
            named += [teller.label("category", one) for one in goods.categories]
            parts.append(", ".join(named) or translate(language, "whatif.all_goods"))
        parts.append(teller.days(span))
        return WhatifWish(language, ", ".join(parts), self._rules(db, rule, goods, span, language))

    def _rules(self, db: Connection, rule: _Rule, goods: Goods, span: DaySpan, language: str) -> Scenario:
        plain = Scenario(span.first, span.last)
        if rule.kind in ("less", "more"):
            sign = -1 if rule.kind == "less" else 1
            return msgspec.structs.replace(plain, prices=(PriceRule(goods, percent=sign * rule.numbers["p"]),))
        if rule.kind == "price":
            price = _minor(rule.numbers["money"], self.currency)
            return msgspec.structs.replace(plain, prices=(PriceRule(goods, price_minor=price),))
        if rule.kind == "no_coupons":
            return msgspec.structs.replace(plain, coupons=(CouponRule(),))
        if rule.kind == "no_promotions":
            known = [
                one.promotion.id
                for over in (False, True)
                for one in read_promotions(db, self.at_us, over=over, limit=PROMOTIONS_MOST)
            ]
            return msgspec.structs.replace(plain, without=tuple(dict.fromkeys(known)))
        deal = _deal(rule, self.currency)
        names = {language: translate(language, f"promotion.{type(deal).__struct_config__.tag}")}
        return msgspec.structs.replace(plain, promotions=(Promotion(PROMOTION, names, deal, goods, priority=100),))

    def _rule_text(self, rule: _Rule, language: str) -> str:
        """The rule as understood."""
        numbers = {name: f"{value / 1000:g}" for name, value in rule.numbers.items()}
        if "money" in rule.numbers:
            numbers["money"] = written_money(_minor(rule.numbers["money"], self.currency), self.currency, language)
        return translate(language, f"copilot.whatif_{rule.kind}", **numbers)


def _minor(thousandths: int, currency: str) -> int:
    minor: int = thousandths * 10 ** exponent(currency) // 1000
    return minor


def _deal(rule: _Rule, currency: str) -> Deal:
    pieces = {name: value // 1000 for name, value in rule.numbers.items()}
    match rule.kind:
        case "several":
            return BuyGet(pieces["m"], pieces["n"] - pieces["m"])
        case "buy_get":
            return BuyGet(pieces["n"], pieces["m"])
        case "several_for":
            return SeveralFor(pieces["n"], _minor(rule.numbers["money"], currency))
        case _:
            return PercentOff(rule.numbers["p"])


def _not_said(said: _Said, key: str, **values: object) -> WhatifWish:
    """Why there is no scenario, with two example questions."""
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
    rules: list[_Rule] = []
    rest = list(words)
    while found := _rule_in(rest, known, language):
        at, length, rule = found
        rules.append(rule)
        rest[at : at + length] = []
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


def _rule_in(words: Sequence[str], known: _Words, language: str) -> tuple[int, int, _Rule] | None:
    """The first rule found, its position and length."""
    for kind, phrases in known.deals.items():
        for phrase in phrases:
            for at in range(len(words)):
                found = _match(words, at, _pattern(phrase), language)
                if found and _is_sound(kind, found[1]):
                    return at, found[0], _Rule(kind, found[1])
    return None


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
        case "percent_off" | "less":
            return 0 < numbers["p"] < FULL
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
) -> tuple[int, dict[str, int]] | None:
    """Match a phrase at a position: its length and its numbers in thousandths; None if it doesn't match."""
    numbers: dict[str, int] = {}
    here = at
    for is_place, text in pattern:
        if here >= len(words):
            return None
        if not is_place:
            if words[here] != text:
                return None
            here += 1
            continue
        if amount := _AMOUNT.fullmatch(words[here]):
            numbers[text] = int(amount[1]) * 1000 + int((amount[2] or "0").ljust(3, "0"))
            here += 1
        elif said := meaning_vocabulary(language).number(words, here):
            numbers[text], here = said[0] * 1000, here + said[1]
        else:
            return None
    return here - at, numbers


@cache
def _load_words() -> dict[str, _Words]:
    text = files("edge.conversation.copilot").joinpath("whatif_wishes.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Words])
