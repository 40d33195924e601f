"""Manager's journal page: events filtered by type, person, day and product, with their content.

Personal data is never shown here. It's on the person's own page and in `edge person show`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.backoffice.office.pages.named_fields import content_of
from edge.core.endpoints import Page
from edge.core.journal.browse import JournalFilter, read_back
from edge.core.journal.rows import Approved
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of, read_users
from edge.foundation.access.rights import MANAGE
from edge.foundation.settings.texts import ALWAYS_US
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing.queries import read_suppliers
from edge.lib.i18n import LANGUAGES, direction, list_names, words
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.receipt_number import shown_number
from edge.money.tenders.tender import currency_of, is_foreign
from edge.people.customers.pages.beside import FactOnPaper
from edge.web.context import SITE
from edge.web.limits import CONTENT_LISTED, CONTENT_TEXT, JOURNAL_LISTED
from edge.web.live.localizer import Localizer
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.request_body import day_of, whole
from edge.web.responses import texts_of
from sync.wire import Row

PEOPLE = frozenset({"asker", "by", "person", "actor"})
"""Fields with a user's id, shown as a name."""
QUANTITIES = frozenset(
    {"quantity", "delta", "on_hand", "expected", "par", "reorder", "maximum", "sold", "returned", "wasted"}
)
"""Fields in thousandths of a product's unit."""
OF_NOTES = frozenset({"minor", "expected_minor", "counted_minor", "foreign_minor"})
"""Amounts in the currency of the foreign notes in the same event."""
PLAYED = "steps"
"""A field shown on the page that replays a receipt; the event's row links there."""
PAPERS = frozenset({"SaleCompleted", "SaleVoided", "SaleRefunded"})
"""Events with their own page, found by number."""
OF_PAPERS = PAPERS | {"TenderCorrected", "ReceiptReprinted", "GiftReceiptPrinted"}
"""Events about a paper."""
OF_STOCK = frozenset({"StockMoved", "ReceiptCorrected", "CostCorrected", "LevelsSet", "LotRecalled", "RecallLifted"})
GOODS_NAMED = 3
"""Maximum products to name and link in a sentence."""
LEFT_TO_RIGHT = "\u200e"
"""Keeps a minus on the left of its number between right-to-left words."""
_PLACES = re.compile(r"\{(\w+)\}")
SAID_BY = {"manager": "settings.by_manager", "head office": "settings.by_head_office"}
"""Values of an event's `by` that aren't user ids, with their text keys."""
Names = dict[str, str]


class FactField(msgspec.Struct, frozen=True):
    """A field of an event: its label, and its text or nested fields. `masked`: it's personal data."""

    label: str
    text: str = ""
    inner: tuple[FactField, ...] = ()
    masked: bool = False


class FactLink(msgspec.Struct, frozen=True):
    """A manager page about something in an event; `of`: its kind (`[journal_link]`)."""

    of: str
    address: str


class JournalRow(msgspec.Struct, frozen=True):
    """An event as shown. `type`: its internal type name; `sentence`: a summary ("": none); `links`: pages about its
    subjects."""

    seq: int
    title: str
    type: str
    at_us: int
    day: str
    register: str
    actor: str
    surface: str
    doubted: bool
    content: tuple[FactField, ...]
    sentence: str = ""
    links: tuple[FactLink, ...] = ()


class SumsMoney(msgspec.Struct, frozen=True):
    """Currencies of amounts that belong together.

    `foreign`: the currency of foreign notes; `moved`: the currency of notes put into or taken from a drawer; "" if
    none. `is_rate`: `rate` is an exchange rate, not a tax rate.
    """

    currency: str
    foreign: str = ""
    moved: str = ""
    is_rate: bool = False

    def within(self, fields: dict[str, Any]) -> SumsMoney:
        """The currencies for these fields, which may include currencies."""
        own = fields.get("currency") or self.currency
        if set(fields) == {"currency", "rate"}:
            return SumsMoney(self.currency, own, is_rate=True)
        foreign = _foreign(fields.get("kind"))
        return SumsMoney(own, foreign, _foreign(fields.get("tender")), bool(foreign))

    def of_sum(self, key: str) -> str:
        if key in OF_NOTES and self.foreign:
            return self.foreign
        return self.moved if key == "amount_minor" and self.moved else self.currency


class FactTeller:
    """Renders the content of rows in one language, with amounts, times, quantities and names as on other pages."""

    def __init__(
        self,
        texts: Localizer,
        registry: Registry,
        called: Names,
        products: dict[str, Names],
        foreign: Mapping[str, str] | None = None,
        whole: bool = False,
    ) -> None:
        """`foreign`: the currency of each supplier that doesn't use the shop's. `whole`: don't truncate long lists and
        texts."""
        self._listed, self._chars = (sys.maxsize, sys.maxsize) if whole else (CONTENT_LISTED, CONTENT_TEXT)
        self._texts, self._registry, self._called, self._products = texts, registry, called, products
        self._foreign = foreign or {}
        self._words = words(texts.language)

    def row(self, row: Row) -> JournalRow:
        event = self._registry.events.get(row.type)
        personal = event.personal if event else ()
        content = content_of(self._registry.events, row)
        money = SumsMoney(self._foreign.get(content.get("supplier", ""), self._texts.currency)).within(content)
        return JournalRow(
            row.seq,
            self.title(row.type),
            row.type,
            row.at_us,
            row.business_date,
            row.register,
            self.actor(row.actor),
            self._words.get(f"journal.surface_{row.surface}", row.surface),
            row.clock == "suspect",
            self._fact_fields(content, money, personal),
            self._sentence(row, content, money, {*personal, *(event.remarks if event else ())}),
            _links_of(row, content),
        )

    def _sentence(self, row: Row, content: dict[str, Any], money: SumsMoney, hidden: Collection[str]) -> str:
        """A sentence that sums up an event; "" if its type has none, or if a value for it is missing."""
        pattern = self._words.get(f"fact.{row.type}", "")
        if not pattern:
            return ""
        known = {
            key: self._text(key, value, money)
            for key, value in content.items()
            if key not in hidden and isinstance(value, str | int) and value
        }
        number = content.get("number")
        known |= {"who": self.actor(row.actor), "goods": self._goods(content)}
        known |= {"paper": shown_number(row.register, number)} if isinstance(number, int) and number else {}
        if of := content.get("sale"):
            known["of"] = shown_number(content.get("sale_register") or row.register, of)
        if row.type == Approved.__name__:
            command = content["command"]
            known["what"] = self._words.get(f"replay_command.{command}", self._words["replay_command.Other"])
            known["asker"] = self.actor(content["asker"])
        if why := self._words.get(f"moved_why.{content.get('reason')}"):
            known["why"] = why
        wanted = _PLACES.findall(pattern)
        return pattern.format(**known) if wanted and all(known.get(one) for one in wanted) else ""

    def _goods(self, content: dict[str, Any]) -> str:
        """The products of an event, the first ones by name."""
        lines = (line for line in content.get("lines", ()) if isinstance(line, dict))
        found = [self._texts.name(line["names"]) for line in lines if line.get("names")]
        moves = (move for move in content.get("moves", ()) if isinstance(move, dict))
        mark = LEFT_TO_RIGHT if direction(self._texts.language) == "rtl" else ""
        for move in (one for one in moves if {"sku", "delta"} <= one.keys()):
            found.append(f"{self._product(move['sku'])} {mark}{self._texts.quantity(move['delta'])}")
        if isinstance(product := content.get("product"), dict):
            found.append(self._texts.name(product.get("names") or {}) or product.get("sku", ""))
        if not found and isinstance(content.get("sku"), str):
            found.append(self._product(content["sku"]))
        more = [self._texts.say("journal.and_more", n=len(found) - GOODS_NAMED)] if len(found) > GOODS_NAMED else []
        return list_names((*found[:GOODS_NAMED], *more), self._texts.language)

    def _product(self, sku: str) -> str:
        return self._texts.name(self._products[sku]) if sku in self._products else sku

    def title(self, event: str) -> str:
        """The display name of an event type."""
        return self._words.get(f"event.{event}", event)

    def actor(self, id: str) -> str:
        """The name of the actor."""
        return self._called.get(id, id)

    def all_of(self, content: dict[str, Any]) -> tuple[FactField, ...]:
        """The complete content of an event, with personal data and nested JSON: for a person's own data export."""
        opened = {key: _decode_json(value) for key, value in content.items()}
        return self._fact_fields(opened, SumsMoney(self._texts.currency).within(opened))

    def _fact_fields(
        self, content: dict[str, Any], money: SumsMoney, personal: Collection[str] = ()
    ) -> tuple[FactField, ...]:
        told = (self._own_field(key, value, money, key in personal) for key, value in content.items() if key != PLAYED)
        return tuple(said for said in told if said)

    def _own_field(self, key: str, value: Any, money: SumsMoney, masked: bool) -> FactField | None:
        if key == "by" and value in SAID_BY:
            return FactField(self._label(key), self._texts.say(SAID_BY[value]))
        return self._field(key, value, money, masked)

    def _field(self, key: str, value: Any, money: SumsMoney, masked: bool = False) -> FactField | None:
        """Render a field; None if it's empty."""
        label = self._label(key)
        if value in (None, "", [], {}) or (value == 0 and key.endswith("_us")):
            return None
        if masked:
            return FactField(label, masked=True)
        if isinstance(value, dict) and set(value) <= set(LANGUAGES):
            return FactField(label, self._texts.name(value))
        if isinstance(value, dict):
            return FactField(label, inner=self._several(list(value.items()), money.within(value)))
        if isinstance(value, list):
            return self._list(key, label, value, money)
        return FactField(label, self._text(key, value, money))

    def _list(self, key: str, label: str, value: list[Any], money: SumsMoney) -> FactField:
        if all(isinstance(one, str | int | float) for one in value):
            texts = [self._text(key.removesuffix("s"), one, money) for one in value[: self._listed]]
            return FactField(label, list_names((*texts, *self._more(value)), self._texts.language))
        return FactField(label, inner=self._several([(str(at), one) for at, one in enumerate(value, 1)], money))

    def _several(self, pairs: list[tuple[str, Any]], money: SumsMoney) -> tuple[FactField, ...]:
        shown = tuple(said for key, value in pairs[: self._listed] if (said := self._field(key, value, money)))
        return (*shown, *(FactField("", more) for more in self._more(pairs)))

    def _more(self, all_of_them: list[Any]) -> tuple[str, ...]:
        more = len(all_of_them) - self._listed
        return (self._texts.say("journal.and_more", n=more),) if more > 0 else ()

    def _label(self, key: str) -> str:
        own, of_goods = self._words.get(f"journal_field.{key}"), self._words.get(f"goods.{key}", "")
        return own or of_goods[:1].lower() + of_goods[1:] or key.replace("_", " ")

    def _moment(self, at_us: int) -> str:
        """A local time, or the plain number if it's outside the calendar."""
        if at_us >= ALWAYS_US:
            return self._texts.say("settings.always")
        try:
            return self._texts.moment(at_us)
        except (ValueError, OverflowError, OSError):
            return str(at_us)

    def _text(self, key: str, value: Any, money: SumsMoney) -> str:
        if isinstance(value, bool):
            return self._texts.say("journal.yes" if value else "journal.no")
        if isinstance(value, int) and (key.endswith("_minor") or key == "minor"):
            return self._texts.money(value, money.of_sum(key))
        if isinstance(value, int) and key.endswith("_milli"):  # in thousandths of a minor unit
            return self._texts.money(divide_half_up(value, THOUSANDTHS), money.currency)
        if isinstance(value, int) and key == "rate" and money.is_rate:  # shown as entered: per whole unit of currency
            return self._texts.rate(value, money.foreign)
        if isinstance(value, int) and key.endswith("_us") and value > 0:
            return self._moment(value)
        if isinstance(value, int) and (key in QUANTITIES or key == "rate"):
            return self._texts.quantity(value)
        text = str(value)
        if key == "purpose":
            return self._words.get(f"purpose.{text}", text)
        if key in PEOPLE:
            text = self._called.get(text, text)
        if key.rpartition("_")[2] == "sku" and text in self._products:
            return f"{self._texts.name(self._products[text])} ({text})"
        return text if len(text) <= self._chars else text[: self._chars] + "…"


async def journal(request: web.Request) -> web.Response:
    """`GET /manager/journal`: events, newest first; `?before=`: the next page."""
    site, texts, query = request.app[SITE], texts_of(request), request.query
    registry = site.shop.registry
    product, wanted = await _journal_filter(request, registry)
    before = whole(request, "before") or 0
    rows: list[JournalRow] = []
    older = 0
    if wanted:
        read = partial(_read, texts=texts, registry=registry, wanted=wanted, before=before)
        rows, older = await site.asker.read(read)
    return page(
        request,
        "journal",
        told_rows=rows,
        asked=query,
        product=product,
        kinds=_kinds(texts, registry),
        people_known=read_users(site.shop.reader),
        older=urlencode({**query, "before": older}) if older else "",
        looked_through=older,
    )


async def _journal_filter(request: web.Request, registry: Registry) -> tuple[Any, JournalFilter | None]:
    """The best-matching product for the search, and the filter. The filter is None if nothing can match."""
    query, site = request.query, request.app[SITE]
    kind = query.get("type", "")
    if kind and kind not in registry.events:
        raise Problem(400, "argument_wrong", name="type", why=", ".join(sorted(registry.events)))
    product = None
    if text := query.get("product", "").strip():
        found = await site.asker.ask(site.asker.questions["search"], {"text": text, "limit": 1, "retired": True})
        product = next(iter(found.products), None)
        if product is None:
            return None, None
    person, register = query.get("person", ""), query.get("of", "")
    sku, about = product.sku if product else "", query.get("about", "").strip()[:200]
    return product, JournalFilter(kind, person, day_of(request) or "", register, sku, about)


def _read(
    db: Connection, texts: Localizer, registry: Registry, wanted: JournalFilter, before: int
) -> tuple[list[JournalRow], int]:
    found = read_back(db, wanted, max(before, 0), JOURNAL_LISTED)
    bodies = [content_of(registry.events, row) for row in found.rows]
    teller = teller_of(db, texts, registry, bodies, {row.actor for row in found.rows})
    return [teller.row(row) for row in found.rows], found.before


def teller_of(
    db: Connection, texts: Localizer, registry: Registry, bodies: list[Any], actors: set[str], whole: bool = False
) -> FactTeller:
    """A teller for events with these contents and actors, with all names loaded."""
    people = actors | {one for body in bodies for one in _values(body, PEOPLE)}
    skus = {one for body in bodies for one in _skus(body)}
    products = {sku: product.names or {} for sku, (_, product, _) in read_products(db, sorted(skus)).items()}
    called = {person: _person_name(db, texts, person) for person in people}
    foreign = {one.id: one.currency for one in read_suppliers(db, retired=True) if one.currency}
    return FactTeller(texts, registry, called, products, foreign, whole)


def facts_in_words(
    db: Connection, texts: Localizer, registry: Registry, facts: list[dict[str, Any]]
) -> list[FactOnPaper]:
    """A customer's events in full, for their printed data export."""
    said, actors = [one["fields"] for one in facts], {one["actor"] for one in facts}
    teller = teller_of(db, texts, registry, said, actors, whole=True)
    return [
        FactOnPaper(one["at_us"], teller.title(one["event"]), teller.actor(one["actor"]), teller.all_of(one["fields"]))
        for one in facts
    ]


def _person_name(db: Connection, texts: Localizer, person: str) -> str:
    known = f"sales.by_{person}"
    return texts.say(known) if known in words(texts.language) else name_of(db, person)


def _links_of(row: Row, content: dict[str, Any]) -> tuple[FactLink, ...]:
    """Manager pages about an event's subjects."""
    found = list[FactLink]()

    def add(of: str, page: str, /, **asked: object) -> None:
        found.append(FactLink(of, f"/manager/{page}?{urlencode(asked)}"))

    number = content.get("number")
    if row.type in OF_PAPERS:
        paper = content.get("sale") if row.type == "TenderCorrected" else number
        add("receipt", "sale", register=row.register, number=paper)
        add("replay", "replay", of=row.register, number=paper)
    if row.type == "BasketAbandoned":
        add("replay", "replay", row=row.seq)
    if row.type == "ReportPrinted" and number:
        add("figures", "explained", of=row.register, z=number)
    if row.type.startswith("Purchase") and number:
        add("purchase", "purchase", id=number)
    if supplier := content.get("supplier"):
        add("supplier", "supplier", id=supplier)
    for sku in sorted(_skus(content))[:GOODS_NAMED] if row.type not in PAPERS else ():
        add("product", "product", sku=sku)
        if row.type in OF_STOCK:
            add("stock", "stock/item", sku=sku)
    return tuple(found)


def _decode_json(value: Any) -> Any:
    """The value of a JSON text; other values unchanged."""
    if not (isinstance(value, str) and value.startswith(("[", "{"))):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _foreign(kind: Any) -> str:
    """The currency of a kind of foreign cash; "" for other kinds."""
    return currency_of(kind) if isinstance(kind, str) and is_foreign(kind) else ""


def _values(body: Any, keys: frozenset[str]) -> set[str]:
    """The strings in these fields, at any depth of nesting. A field counts by the last word of its name."""
    if isinstance(body, list):
        return {one for inner in body for one in _values(inner, keys)}
    if not isinstance(body, dict):
        return set()
    own = [value for key, value in body.items() if key.rpartition("_")[2] in keys]
    flat = {one for value in own for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
    return flat.union(*(_values(inner, keys) for inner in body.values()))


def _skus(body: Any) -> set[str]:
    """The products in an event."""
    return _values(body, frozenset({"sku", "skus"}))


def _kinds(texts: Localizer, registry: Registry) -> list[tuple[str, str]]:
    """All event types, sorted by name."""
    known = words(texts.language)
    kinds = [(name, known.get(f"event.{name}", name)) for name in registry.events]
    return sorted(kinds, key=lambda one: one[1].lower())


PAGES = (
    Page(
        path="/manager/journal",
        name="journal",
        group="system",
        place=41,
        handler=journal,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="journal.title",
        past=True,
    ),
)
