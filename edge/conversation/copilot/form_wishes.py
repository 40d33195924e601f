"""Requests that open a prefilled form for a person to submit: "order 20 of it", "raise the price to 7.50"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple
from urllib.parse import urlencode

import msgspec

from edge.conversation.assistant.phrasing import full_name, say_amount, unit_of
from edge.conversation.assistant.turns.dialogue import OPENS
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.understood import LANGUAGES
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.purchasing.supply.prices import offers_of
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from edge.lib.i18n import translate
from edge.lib.units.money import LIMIT_MINOR, exponent
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.written_money import written_money

_NUMBER = re.compile(r"[^\d]{0,3}(\d{1,7})(?:[.,](\d{1,3}))?[^\d]{0,3}")
LARGEST = 100_000 * THOUSANDTHS


class FilledForm(NamedTuple):
    """The message, and the address of the form; without an address, the message says why."""

    language: str
    text: str
    address: str = ""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: tuple[str, ...]
    price: tuple[str, ...]
    polite: tuple[str, ...]
    little: tuple[str, ...]
    it: tuple[str, ...]


class _Wish(NamedTuple):
    """A request as stated: its number, the digits after the decimal point, and the product words."""

    kind: Literal["order", "price"]
    language: str
    whole: str
    fraction: str
    goods: tuple[str, ...]


class ReadFormWish(ReadQuestion[FilledForm | None], frozen=True, tag=True):
    """The form that a sentence asks for, or None. `product`: the product mentioned last."""

    text: str
    language: str
    currency: str
    today: str
    register: str
    product: str

    def read(self, db: Connection, registry: Registry) -> FilledForm | None:
        wishes = list(_read_wishes(words_of(clean(self.text)), self.language))
        if not wishes:
            return None
        read = [(wish, self._goods(db, wish)) for wish in wishes]
        wish, found = next((one for one in read if len(one[1]) == 1), read[0])
        if len(found) != 1:
            words = " ".join(wish.goods) or wish.whole
            names = "; ".join(full_name(one, wish.language) for one in found[:6])
            text = _say(wish, "which_product", names=names) if found else _say(wish, "form_which", words=words)
            return FilledForm(wish.language, text)
        return self._order(db, wish, found[0]) if wish.kind == "order" else self._price(wish, found[0])

    def _goods(self, db: Connection, wish: _Wish) -> list[CatalogProduct]:
        if not wish.goods:
            spoken_of = find_by_sku(db, self.product) if self.product else None
            return [spoken_of] if spoken_of else []
        return list(CatalogueLinker(db, Search(self.currency), wish.language).link(list(wish.goods)).products)

    def _order(self, db: Connection, wish: _Wish, product: CatalogProduct) -> FilledForm | None:
        quantity = int(wish.whole) * THOUSANDTHS + int(wish.fraction.ljust(3, "0"))
        if not 0 < quantity <= LARGEST:
            return None
        name, amount = full_name(product, wish.language), say_amount(quantity, unit_of(product), wish.language)
        offers = offers_of(db, [product.sku], self.today).get(product.sku, [])
        if not offers:
            address = _address("suppliers", {"register": self.register})
            return FilledForm(wish.language, _say(wish, "form_no_supplier", name=name), address)
        number = wish.whole + (f".{wish.fraction}" if wish.fraction else "")
        supplier = next((one.supplier for one in offers if one.usual), offers[0].supplier)
        page = {"register": self.register, "id": supplier}
        address = _address("supplier", page, {"sku": product.sku, "quantity": number})
        return FilledForm(wish.language, _say(wish, "form_order", amount=amount, name=name), address)

    def _price(self, wish: _Wish, product: CatalogProduct) -> FilledForm | None:
        digits = exponent(self.currency)
        if len(wish.fraction) > digits:
            return None
        minor = int(wish.whole) * 10**digits + int(wish.fraction.ljust(digits, "0") or 0)
        if minor > LIMIT_MINOR:
            return None
        typed = wish.whole + (f".{wish.fraction}" if wish.fraction else "")
        price = written_money(minor, self.currency, wish.language)
        address = _address("product", {"register": self.register, "sku": product.sku}, {"price": typed})
        name = full_name(product, wish.language)
        return FilledForm(wish.language, _say(wish, "form_price", name=name, price=price), address)


def _read_wishes(words: Sequence[str], language: str) -> Iterator[_Wish]:
    """Possible readings of a request, likeliest first. With two numbers, one may belong to a name ("order 20 7 Up"):
    the first is the quantity ordered, the last a new price."""
    for spoken in dict.fromkeys((language, *LANGUAGES)):
        known = _form_words()[spoken]
        rest = skip_polite(words, known.polite)
        for kind in ("order", "price"):
            begun = next((one for one in getattr(known, kind) if begins(rest, words_of(one))), None)
            if begun is None:
                continue
            behind = rest[len(words_of(begun)) :]
            numbers = [(at, found) for at, word in enumerate(behind) if (found := _NUMBER.fullmatch(word))]
            for at, said in numbers if kind == "order" else reversed(numbers):
                others = (word for place, word in enumerate(behind) if place != at)
                goods = tuple(word for word in others if word not in (*known.little, *known.it))
                yield _Wish(kind, spoken, said[1], said[2] or "", goods)


def begins(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether the words begin with a phrase."""
    return list(words[: len(phrase)]) == list(phrase)


def skip_polite(words: Sequence[str], polite: Sequence[str]) -> Sequence[str]:
    """Return the words after polite openings ("please", "could you")."""
    while said := next((one for one in map(words_of, polite) if begins(words, one)), None):
        words = words[len(said) :]
    return words


def _say(wish: _Wish, key: str, **values: object) -> str:
    return translate(wish.language, f"copilot.{key}", **values)


def _address(page: str, query: dict[str, str], filled: dict[str, str] | None = None) -> str:
    """The page's address, with values in the URL fragment, which no log records."""
    return f"{OPENS}/manager/{page}?{urlencode(query)}" + (f"#{urlencode(filled)}" if filled else "")


@cache
def _form_words() -> dict[str, _Words]:
    text = files("edge.conversation.copilot").joinpath("form_wishes.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Words])
