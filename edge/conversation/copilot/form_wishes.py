"""Requests that open a prefilled form for a person to submit: "order 20 of it", "raise the price to 7.50", "put it on
promotion till Sunday", "count it"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple
from urllib.parse import urlencode

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.conversation.assistant.phrasing import full_name, say_amount, unit_of
from edge.conversation.assistant.turns.dialogue import OPENS
from edge.conversation.copilot.meaning.names import ShopName, names_of_shop
from edge.conversation.copilot.meaning.times import days_of
from edge.conversation.copilot.meaning.vocabulary import SaidTime, meaning_vocabulary
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.purchasing.supply.prices import offers_of
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from edge.goods.stock.lists.listings import read_locations
from edge.lib.i18n import name_in, translate
from edge.lib.units.money import LIMIT_MINOR, exponent
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.written_money import written_money

Kind = Literal["order", "price", "promotion", "count"]
_NUMBER = re.compile(r"[^\d]{0,3}(\d{1,7})(?:[.,](\d{1,3}))?[^\d]{0,3}")
LARGEST = 100_000 * THOUSANDTHS
GAP = "…"
PERCENT, WHOLE_PERCENT = "%", 100
DAY_ENDS = "T23:59"
NAME_CHARS = 60
NAMED, PAIR = 6, 2


class FilledForm(NamedTuple):
    """The message and the form's address. Without an address, the message gives the reason."""

    language: str
    text: str
    address: str = ""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: tuple[str, ...]
    price: tuple[str, ...]
    promotion: tuple[str, ...]
    count: tuple[str, ...]
    lower: tuple[str, ...]
    by: tuple[str, ...]
    polite: tuple[str, ...]
    little: tuple[str, ...]
    it: tuple[str, ...]


class _Wish(NamedTuple):
    """A request as stated: its number (digits before and after the decimal point), and its product words.

    `boxes`: the number counts boxes. `share`: it's a percentage. `change`: the amount of a price change, and its sign.
    """

    kind: Kind
    language: str
    goods: tuple[str, ...]
    whole: str = ""
    fraction: str = ""
    boxes: bool = False
    share: bool = False
    change: int = 0
    days: DaySpan | None = None

    @property
    def number(self) -> Decimal:
        return Decimal(f"{self.whole or 0}.{self.fraction or 0}")

    @property
    def typed_number(self) -> str:
        return self.whole + (f".{self.fraction}" if self.fraction else "")


class ReadFormWish(ReadQuestion[FilledForm | None], frozen=True, tag=True):
    """Read the form that a sentence requests; None if it requests none. `product`: the product mentioned last."""

    text: str
    language: str
    currency: str
    today: str
    register: str
    product: str

    def read(self, db: Connection, registry: Registry) -> FilledForm | None:
        wishes = list(_read_wishes(words_of(clean(self.text)), self.language, self.today))
        if not wishes:
            return None
        read = [(wish, self._goods(db, wish)) for wish in wishes]
        wish, found = next((one for one in read if len(one[1]) == 1), read[0])
        if wish.kind == "count" and not found:
            return self._count_of_several(db, wish)
        if len(found) != 1:
            return FilledForm(wish.language, _which(wish, found))
        make = {"order": self._order, "price": self._price, "promotion": self._promotion, "count": self._count}
        return make[wish.kind](db, wish, found[0])

    def _goods(self, db: Connection, wish: _Wish) -> list[CatalogProduct]:
        if not wish.goods:
            spoken_of = find_by_sku(db, self.product) if self.product else None
            return [spoken_of] if spoken_of else []
        linker = CatalogueLinker(db, Search(self.currency), wish.language)
        if wish.share and linker.link([*wish.goods, wish.whole, PERCENT]).products:
            return []  # "3%" is part of a name
        return list(linker.link(list(wish.goods)).products)

    def _order(self, db: Connection, wish: _Wish, product: CatalogProduct) -> FilledForm | None:
        pieces = product.box or 0 if wish.boxes else 1
        name = full_name(product, wish.language)
        if not pieces:
            return FilledForm(wish.language, _say(wish, "form_no_box", name=name))
        quantity = int(wish.number * THOUSANDTHS) * pieces
        if not 0 < quantity <= LARGEST:
            return None
        amount = say_amount(quantity, unit_of(product), wish.language)
        offers = offers_of(db, [product.sku], self.today).get(product.sku, [])
        if not offers:
            address = self._address("suppliers", {})
            return FilledForm(wish.language, _say(wish, "form_no_supplier", name=name), address)
        supplier = next((one.supplier for one in offers if one.usual), offers[0].supplier)
        typed = f"{Decimal(quantity) / THOUSANDTHS:f}"
        address = self._address("supplier", {"id": supplier}, {"sku": product.sku, "quantity": typed})
        return FilledForm(wish.language, _say(wish, "form_order", amount=amount, name=name), address)

    def _price(self, db: Connection, wish: _Wish, product: CatalogProduct) -> FilledForm | None:
        digits = exponent(self.currency)
        minor = int(wish.number * 10**digits)
        was, name = product.price_minor, full_name(product, wish.language)
        if len(wish.fraction) > digits and not wish.share:
            return None
        if wish.change:
            if was is None:
                return FilledForm(wish.language, _say(wish, "price_none", name=name))
            by = was * wish.number / WHOLE_PERCENT if wish.share else Decimal(minor)
            minor = was + wish.change * int(by.quantize(Decimal(1), ROUND_HALF_UP))
        if not 0 <= minor <= LIMIT_MINOR:
            return None
        price = written_money(minor, self.currency, wish.language)
        typed = f"{Decimal(minor).scaleb(-digits):f}" if wish.change else wish.typed_number
        address = self._address("product", {"sku": product.sku}, {"price": typed})
        text = _say(wish, "form_price", name=name, price=price)
        if wish.change and was is not None:
            was_written = written_money(was, self.currency, wish.language)
            text = _say(wish, "form_price_changed", name=name, price=price, was=was_written)
        return FilledForm(wish.language, text, address)

    def _promotion(self, db: Connection, wish: _Wish, product: CatalogProduct) -> FilledForm | None:
        filled = {"goods.skus": product.sku}
        filled |= {f"names.{language}": name[:NAME_CHARS] for language, name in (product.names or {}).items()}
        if wish.whole and wish.share:
            filled["share"] = wish.typed_number
        elif wish.whole:
            filled |= {"kind": "fixed_price", "price": wish.typed_number}
        if wish.days:
            filled |= {"from": f"{wish.days.first}T00:00"} if wish.days.first > self.today else {}
            filled["until"] = wish.days.last + DAY_ENDS
        name, key = full_name(product, wish.language), "form_promotion" if wish.whole else "form_promotion_open"
        return FilledForm(wish.language, _say(wish, key, name=name), self._address("promotions", {}, filled))

    def _count(self, db: Connection, wish: _Wish, product: CatalogProduct) -> FilledForm | None:
        if wish.whole and wish.goods:
            return None  # "count 12 milk" states a count, which is shown first
        address = self._address("stock/item", {"sku": product.sku}, {"act": "adjust"} | _units(wish))
        return FilledForm(wish.language, _say(wish, "form_count", name=full_name(product, wish.language)), address)

    def _count_of_several(self, db: Connection, wish: _Wish) -> FilledForm | None:
        """The form that starts a count of the named category or location; a question if nothing is named, else None."""
        if wish.whole or not wish.goods:
            return FilledForm(wish.language, _which(wish, ())) if not wish.goods else None
        labels = {one.id: one.names for one in read_categories(db)}
        named: list[tuple[str, str, Mapping[str, str]]] = [("category", id, names) for id, names in labels.items()]
        places = {one.id: one.names for one in read_locations(db) if one.is_active}
        named += [("place", id, names) for id, names in places.items()]
        found = names_of_shop(named, {}).at(wish.goods, 0)
        if found is None or found[0] != len(wish.goods):
            return None
        meant: ShopName = found[1]
        field = {"category": "category", "place": "location"}[meant.dimension]
        name = name_in((labels | places)[meant.id], wish.language) or meant.id
        address = self._address("stock/counts", {}, {field: meant.id})
        return FilledForm(wish.language, _say(wish, "form_count", name=name), address)

    def _address(self, page: str, query: dict[str, str], filled: dict[str, str] | None = None) -> str:
        """The page's address, with values in the URL fragment, which no log records."""
        asked = urlencode({"register": self.register, **query})
        return f"{OPENS}/manager/{page}?{asked}" + (f"#{urlencode(filled)}" if filled else "")


def _which(wish: _Wish, found: Sequence[CatalogProduct]) -> str:
    """The follow-up question if a request doesn't name exactly one product."""
    if found:
        return _say(wish, "which_product", names="; ".join(full_name(one, wish.language) for one in found[:NAMED]))
    return _say(wish, "form_which", words=" ".join(wish.goods)) if wish.goods else _say(wish, "form_name")


def _units(wish: _Wish) -> dict[str, str]:
    return {"units": wish.typed_number} if wish.whole else {}


def _read_wishes(words: Sequence[str], language: str, today: str) -> Iterator[_Wish]:
    """Yield possible readings of a request, likeliest first.

    With two numbers, one may belong to a name ("order 20 7 Up"): the first is then the quantity ordered, or the last a
    new price.
    """
    for spoken in dict.fromkeys((language, *LANGUAGES)):
        known = _form_words()[spoken]
        rest = skip_polite(words, known.polite)
        for kind in ("order", "price"):
            begun = next((one for one in getattr(known, kind) if begins(rest, _phrase(one))), None)
            if begun is not None:
                yield from _number_readings(kind, known, spoken, _phrase(begun), rest)
        if (behind := _without_frame(rest, known.promotion)) is not None:
            yield from _promotion_readings(known, spoken, behind, today)
        if begun := next((one for one in known.count if begins(rest, _phrase(one))), None):
            said_behind = rest[len(_phrase(begun)) :]
            behind = [word for word in said_behind if word not in known.little]
            numbers = [found for word in behind if (found := _NUMBER.fullmatch(word))]
            goods = tuple(word for word in behind if word not in known.it and not _NUMBER.fullmatch(word))
            said = numbers[0] if len(numbers) == 1 else None
            if said_behind and len(numbers) < PAIR:
                digits = (said[1], said[2] or "") if said else ("", "")
                yield _Wish("count", spoken, goods, *digits)


def _number_readings(
    kind: Literal["order", "price"], known: _Words, spoken: str, begun: Sequence[str], rest: Sequence[str]
) -> Iterator[_Wish]:
    """The readings of an order or a price change, one per number."""
    behind = rest[len(begun) :]
    boxes = {phrase for phrase, one in vocabulary(spoken).counted.items() if one.unit == "box"}
    numbers = [(at, found) for at, word in enumerate(behind) if (found := _NUMBER.fullmatch(word))]
    for at, said in numbers if kind == "order" else reversed(numbers):
        share = behind[at + 1 : at + 2] == [PERCENT]
        if share and kind == "order":
            continue
        others = [word for place, word in enumerate(behind) if place != at and not (share and place == at + 1)]
        in_boxes = kind == "order" and tuple(behind[at + 1 : at + 2]) in boxes
        if in_boxes:
            others.remove(behind[at + 1])
        goods = tuple(word for word in others if word not in (*known.little, *known.it, *known.by))
        sign = -1 if begun[0] in known.lower else 1
        change = sign if kind == "price" and (share or (at and behind[at - 1] in known.by)) else 0
        yield _Wish(kind, spoken, goods, said[1], said[2] or "", in_boxes, share, change)


def _promotion_readings(known: _Words, spoken: str, behind: Sequence[str], today: str) -> Iterator[_Wish]:
    """The readings of a request for a promotion: a number is a percentage off, part of a name, or a price."""
    days, rest = _days_in(behind, spoken, today)
    kept = [(at, found) for at, word in enumerate(rest) if (found := _NUMBER.fullmatch(word))]
    shares = [(at, found) for at, found in kept if rest[at + 1 : at + 2] == [PERCENT]]
    dull = (*known.little, *known.it, *known.by)

    def goods(*without: int) -> tuple[str, ...]:
        return tuple(word for at, word in enumerate(rest) if at not in without and word not in dull)

    for at, found in reversed(shares):
        yield _Wish("promotion", spoken, goods(at, at + 1), found[1], found[2] or "", share=True, days=days)
    if not shares:
        yield _Wish("promotion", spoken, goods(), days=days)
        for at, found in reversed(kept):
            yield _Wish("promotion", spoken, goods(at), found[1], found[2] or "", days=days)


def _days_in(words: Sequence[str], language: str, today: str) -> tuple[DaySpan | None, list[str]]:
    """The days that a request names, ahead of today, and its other words."""
    known = meaning_vocabulary(language)
    for at in range(len(words)):
        times = [one for one in known.matches(words, at) if one.entry.kind == "times"]
        for one in sorted(times, key=lambda match: -match.length):
            if span := days_of(SaidTime(one.entry.key, one.values), today, ahead=True):
                return span, [*words[:at], *words[at + one.length :]]
    return None, list(words)


def _without_frame(words: Sequence[str], phrases: Sequence[str]) -> list[str] | None:
    """Return the words in the gap of the first phrase that frames them, and those after it; None if no phrase does.

    An example of a frame is "put … on promotion".
    """
    for phrase in phrases:
        head, tail = (list(_phrase(part)) for part in phrase.split(GAP))
        if not begins(words, head):
            continue
        rest = list(words[len(head) :])
        places = [at for at in range(len(rest) - len(tail) + 1) if rest[at : at + len(tail)] == tail] if tail else [0]
        if places:
            return rest[: places[0]] + rest[places[0] + len(tail) :]
    return None


@cache
def _phrase(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


def begins(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether the words begin with a phrase."""
    return list(words[: len(phrase)]) == list(phrase)


def skip_polite(words: Sequence[str], polite: Sequence[str]) -> Sequence[str]:
    """Return the words after polite openings ("please", "could you")."""
    while said := next((one for one in map(_phrase, polite) if begins(words, one)), None):
        words = words[len(said) :]
    return words


def _say(wish: _Wish, key: str, **values: object) -> str:
    return translate(wish.language, f"copilot.{key}", **values)


@cache
def _form_words() -> dict[str, _Words]:
    text = files("edge.conversation.copilot").joinpath("form_wishes.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Words])
