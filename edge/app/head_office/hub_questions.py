"""Answers natural-language questions about all stores: parsed like a shop's copilot, answered from head office's
tables.

The connection sees only the tenant's rows (row-level security). Queries also name the tenant so that Citus uses one
node. Stores take the role of a shop's locations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, get_args

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.meaning.chain_words import in_words_of_a_shop
from edge.conversation.copilot.meaning.facts import days_of_day, is_in_hours
from edge.conversation.copilot.meaning.figures import IN_ORDER
from edge.conversation.copilot.meaning.model import (
    DIMENSIONS,
    MEASURES,
    NOT,
    OF_DAYS,
    Meaning,
    UnderstoodQuestion,
    narrows,
)
from edge.conversation.copilot.meaning.names import ShopNames, names_of_shop
from edge.conversation.copilot.meaning.reader import AskedWhere, read_questions, unowned_words
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.conversation.copilot.meaning.times import SUNDAY, Week
from edge.conversation.copilot.meaning.vocabulary import meaning_vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker, has_words
from edge.conversation.understanding.reading.name_forms import looked_for
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from edge.lib.i18n import LANGUAGES, list_names, name_in, number, translate
from edge.lib.i18n.dates import locale_of
from edge.lib.regions.countries import country_of, first_weekday_at, weekend
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import Unit, show_quantity
from sync.hub.api.questions_api import Answered, AnsweredRow, OfficeAnswer, OfficeQuestion
from sync.hub.product_choice import ilike_pattern

_DIMENSIONS = frozenset((*DIMENSIONS, *(f"{NOT}{one}" for one in DIMENSIONS)))
_LONGEST_DAYS = 3 * 366
_WEEKDAYS = frozenset("0123456")
GOODS_A_WORD = 200
WORDS_MOST = 12
GROUP = "group:"
GROUPED_MOST = 100_000
"""Most rows added up for an answer. With more, the answer says that the period is too long."""
SHOWN = 200
RECEIPTS_DAYS = 92
"""Most days for an answer that needs receipts, such as one about products or hours."""
_ZONE = "coalesce(nullif(store_record.zone, ''), 'UTC')"
_WITH_ZONES = "sales_by_hour LEFT JOIN store_record USING (tenant, store)"
_CATEGORY = (
    "(SELECT category FROM product AS known WHERE known.tenant = {0}.tenant AND known.store = {0}.store "
    "AND known.sku = {0}.sku LIMIT 1)"
)


class OfficeSource(NamedTuple):
    """A head office table: measures as sums (optionally with a divisor), and its dimensions as SQL. `day`: its date
    column; "": current values. `of_receipts`: computed from receipts or hours, and therefore limited to a few months.
    """

    name: str
    measures: Mapping[str, tuple[str, ...]]
    dimensions: Mapping[str, str]
    day: str = "business_date"
    currency: str = "currency"
    of_receipts: bool = False


SOURCES = (
    OfficeSource(
        "sales_by_day",
        {"sales": ("sum(paid_minor)",), "average_basket": ("sum(earned_minor)", "sum(earning)")},
        {"place": "store"},
    ),
    OfficeSource(
        "product_sales_by_day",
        {"sales": ("sum(amount_minor)",), "quantity": ("sum(sold - returned)",)},
        {"place": "store", "product": "sku", "category": _CATEGORY.format("product_sales_by_day")},
        of_receipts=True,
    ),
    OfficeSource(
        _WITH_ZONES,
        {"sales": ("sum(paid_minor)",), "receipts": ("sum(sales)",)},
        {"place": "store", "hour": f"extract(hour FROM hour AT TIME ZONE {_ZONE})::int"},
        currency="sales_by_hour.currency",
        of_receipts=True,
    ),
    OfficeSource("tenders_by_day", {"sales": ("sum(amount_minor)",)}, {"place": "store", "tender": "kind"}),
    OfficeSource(
        "taxes_by_day",
        {"tax": ("sum(tax_minor)",)},
        {"place": "store", "rate": "name || ' ' || (rate / 1000.0)::float8 || ' %'"},
    ),
    OfficeSource(
        "stock_of_store",
        {"stock": ("sum(on_hand)",)},
        {"place": "store", "product": "sku", "category": _CATEGORY.format("stock_of_store")},
        *("", "''"),
    ),
)
UNITS = {"quantity": "thousandths", "stock": "thousandths", "receipts": "count"}
"""Units of measures that aren't money."""


class OfficeLinker(CatalogueLinker):
    """Products that head office found for a question, in the form its reader expects."""

    def __init__(self, goods: Sequence[CatalogProduct], language: str) -> None:
        super().__init__(None, Search("EUR"), language)
        self._goods = goods

    def naming(self, word: str) -> tuple[CatalogProduct, ...]:
        if word not in self._naming:
            self._naming[word] = tuple(one for one in self._goods if has_words(one, (word,)))
        return self._naming[word]

    def with_same_kind(self, found: Sequence[CatalogProduct], words: Sequence[str]) -> list[CatalogProduct]:
        return list(found)

    def respelt(self, word: str) -> str:
        return word


class Chain(NamedTuple):
    """Names in a chain: stores by id, groups, and products by number. Also has the first day of its week (Monday unless
    all stores agree on another), and its country if all stores are in one."""

    stores: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    goods: Sequence[CatalogProduct]
    first_weekday: int
    categories: Sequence[str] = ()
    country: str = ""


async def answer_question(
    connection: Any, tenant: str, stores: Sequence[str] | None, asked: OfficeQuestion
) -> OfficeAnswer:
    """Answer each part of a sentence."""
    language = asked.language if asked.language in LANGUAGES else next(iter(LANGUAGES))
    chain = await _chain(connection, tenant, stores, asked.question, language)
    understood = await asyncio.to_thread(read_office_question, asked, language, chain)
    answers = [await _answer(connection, tenant, stores, one, chain, asked.today) for one in understood]
    last = next((one.meaning for one in reversed(understood) if one.complete), None)
    return OfficeAnswer(tuple(answers), msgspec.json.encode(last).decode() if last else asked.before)


def read_office_question(asked: OfficeQuestion, language: str, chain: Chain) -> list[UnderstoodQuestion]:
    """Parse a question with the copilot's reader."""
    before = _previous_meaning(asked.before)
    here = AskedWhere(asked.today, Week(chain.first_weekday == SUNDAY, weekend(chain.country)))
    text = in_words_of_a_shop(asked.question, (*chain.stores.values(), *chain.stores))
    return read_questions(text, language, _names(chain), OfficeLinker(chain.goods, language), here, before)


def _previous_meaning(text: str) -> Meaning | None:
    """Meaning of the previous answer; None if it isn't valid."""
    try:
        found = msgspec.json.decode(text, type=Meaning) if text else None
        if found is None or found.measure not in MEASURES or not {*found.by, *found.filters} <= _DIMENSIONS:
            return None
        for span in (found.period, found.compare):
            if span and not 0 <= (date.fromisoformat(span.last) - date.fromisoformat(span.first)).days <= _LONGEST_DAYS:
                return None
        if any(value not in _WEEKDAYS for value in found.filters.get("weekday", ())):
            return None
        for value in (one for named in ("day", "week", "month") for one in found.filters.get(named, ())):
            date.fromisoformat(f"{value}-01"[:10])
        hours = [int(part) for one in found.filters.get("hour", ()) for part in one.split("-")]
    except (msgspec.MsgspecError, ValueError):
        return None
    whole = all(0 <= hour <= 24 for hour in hours) and all(one.count("-") == 1 for one in found.filters.get("hour", ()))
    clean = "\x00" not in "".join(value for values in found.filters.values() for value in values)
    return found if whole and clean and 0 <= found.limit <= GROUPED_MOST else None


def _names(chain: Chain) -> ShopNames:
    named: list[tuple[str, str, Mapping[str, str]]] = [
        ("place", store, {"": name or store}) for store, name in chain.stores.items()
    ]
    named += [("place", GROUP + group, {"": group}) for group in chain.groups]
    named += [("category", one, {"": one}) for one in chain.categories]
    return names_of_shop(named, {})


_STORES = """
    SELECT store, name, store_group, zone FROM store_of_tenant
    WHERE tenant = $1 AND ($2::text[] IS NULL OR store = ANY ($2)) ORDER BY store
"""
_CATEGORIES = """
    SELECT DISTINCT category FROM product
    WHERE tenant = $1 AND ($2::text[] IS NULL OR store = ANY ($2)) AND category <> '' AND NOT retired LIMIT 2000
"""
_GOODS = f"""
    SELECT DISTINCT ON (sku) sku, names::text AS names, category, brand, unit FROM product
    WHERE tenant = $1 AND ($2::text[] IS NULL OR store = ANY ($2)) AND NOT retired
        AND (names::text ILIKE ANY ($3) OR brand ILIKE ANY ($3) OR sku = $4)
    ORDER BY sku LIMIT {GOODS_A_WORD}
"""


async def _chain(connection: Any, tenant: str, stores: Sequence[str] | None, text: str, language: str) -> Chain:
    is_empty = stores is not None and not stores  # nothing to ask, and Citus fails on it
    rows = [] if is_empty else await connection.fetch(_STORES, tenant, stores)
    groups: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row["store_group"]:
            groups[row["store_group"]] = (*groups.get(row["store_group"], ()), row["store"])
    first_weekdays = {first_weekday_at(row["zone"]) for row in rows if row["zone"]}
    goods: dict[str, CatalogProduct] = {}
    open_words = [one for one in unowned_words(words_of(text), meaning_vocabulary(language)) if len(one) > 1]
    for word in open_words[:WORDS_MOST]:
        forms = {word, *(raw for raw in text.lower().split() if words_of(raw) == [word]), *looked_for(word)}
        patterns = [ilike_pattern(one) for one in forms]
        for row in await connection.fetch(_GOODS, tenant, stores, patterns, word):
            goods.setdefault(row["sku"], _product(row))
    countries = {country_of(row["zone"]) for row in rows if row["zone"]}
    categories = [str(row["category"]) for row in await connection.fetch(_CATEGORIES, tenant, stores)]
    return Chain(
        {row["store"]: row["name"] for row in rows},
        groups,
        tuple(goods.values()),
        first_weekdays.pop() if len(first_weekdays) == 1 else 1,
        categories,
        countries.pop() if len(countries) == 1 else "",
    )


def _product(row: Any) -> CatalogProduct:
    unit: Unit = row["unit"] if row["unit"] in get_args(Unit) else "piece"
    names = msgspec.json.decode(row["names"], type=dict[str, str])
    return CatalogProduct(
        row["sku"], names, price_minor=0, unit=unit, category=row["category"] or "", brand=row["brand"] or ""
    )


class OfficeTeller(MeaningTeller):
    """Describes the parsed question for a chain, and its figures. `names`: product names by number."""

    def __init__(self, chain: Chain, language: str) -> None:
        super().__init__(None, language, "")
        self.dates = locale_of(language, chain.country)
        self._stores = chain.stores
        self.names = {one.sku: one.names for one in chain.goods}

    def dimension(self, dimension: str) -> str:
        return super().dimension("store" if dimension == "place" else dimension)

    def label(self, dimension: str, key: str) -> str:
        match narrows(dimension):
            case "place":
                return key.removeprefix(GROUP) if key.startswith(GROUP) else self._stores.get(key) or key
            case "product":
                return name_in(self.names.get(key, {}), self.language) or key.rpartition(":")[2]
            case "category":
                return key or self.say("no_category")
        return super().label(dimension, key)

    def amount(self, meaning: Meaning, value: int | None, count: int | None = None, minor: int | None = None) -> str:
        match UNITS.get(meaning.measure):
            case "thousandths" if value is not None:
                return number(show_quantity(value), self.language)
            case "count" if value is not None:
                return number(str(value), self.language)
        return super().amount(meaning, value)

    def whole(self) -> str:
        return self.say("all_stores")

    def examples_of(self, meaning: Meaning) -> tuple[str, str]:
        known = any(meaning.measure in source.measures and source.day for source in SOURCES)
        what = self.measure(meaning if known else Meaning("sales")).lower()
        return self.say("by", what=what, by=self.dimension("place")), self.say("this_week", what=what)

    def general_examples(self) -> str:
        return self.examples(Meaning("sales"))

    def cannot_ahead(self, meaning: Meaning) -> str:
        return self.say("cannot_ahead", what=self.measure(meaning).lower())


async def _answer(
    connection: Any,
    tenant: str,
    stores: Sequence[str] | None,
    asked: UnderstoodQuestion,
    chain: Chain,
    today: str,
) -> Answered:
    meaning = asked.meaning
    teller = OfficeTeller(chain, asked.language)
    if why := teller.missing_parts(asked):
        return Answered(teller.first_line(meaning) if meaning.measure and not meaning.unknown else "", tuple(why))
    source = source_of(meaning)
    if source is None:
        return Answered(teller.first_line(meaning), (_cannot(meaning, teller), teller.examples(meaning)))
    span = meaning.period or (DaySpan(today, today) if source.day else None)
    spans = [one for one in (span, meaning.compare) if one]
    if source.of_receipts and any(one.days > RECEIPTS_DAYS for one in spans):
        return Answered(teller.first_line(meaning), (teller.say("cannot_long"),))
    place = connection, tenant, stores_of(meaning, chain, stores), meaning, source, chain.first_weekday
    now = await _sums(*place, span)
    before = await _sums(*place, meaning.compare) if meaning.compare else None
    if now is None or (meaning.compare and before is None):
        return Answered(teller.first_line(meaning), (teller.say("cannot_long"),))
    if "product" in meaning.by:
        at = meaning.by.index("product")
        teller.names |= await _names_of(connection, tenant, sorted({key[at] for key in now.groups}))
    return _answer_of(meaning, teller, now, before, span)


def source_of(meaning: Meaning) -> OfficeSource | None:
    """Return the table with a measure and all requested dimensions; None if there is none."""
    wanted = {*meaning.by, *map(narrows, meaning.filters)} - set(OF_DAYS)
    if meaning.order == "none" or meaning.show in ("why", "share") or meaning.bounds:
        return None
    for source in SOURCES:
        days = bool(source.day) or not (set(OF_DAYS) & {*meaning.by, *map(narrows, meaning.filters)} or meaning.period)
        if meaning.measure in source.measures and wanted <= set(source.dimensions) and days:
            return source
    return None


def _cannot(meaning: Meaning, teller: OfficeTeller) -> str:
    """Explain how head office can break down a measure, or which measures it has."""
    tellable = [source for source in SOURCES if meaning.measure in source.measures]
    what = teller.measure(meaning).lower()
    if not tellable:
        known = dict.fromkeys(measure for source in SOURCES for measure in source.measures)
        names = [translate(teller.language, f"meaning_measure.{one}").lower() for one in known]
        return teller.say("cannot_here", what=what, known=list_names(names, teller.language))
    if meaning.show == "why":
        return teller.say("cannot_why", what=what)
    if meaning.show == "share" or meaning.bounds:
        return teller.say("cannot_share" if meaning.show == "share" else "cannot_bounds", what=what)
    if not tellable[0].day and meaning.period:
        return teller.say("cannot_now", what=what)
    dimensions = dict.fromkeys(one for source in tellable for one in source.dimensions)
    by = list_names([teller.dimension(one) for one in dimensions], teller.language)
    asked = dict.fromkeys((*meaning.by, *meaning.filters))
    missing = [one for one in asked if narrows(one) not in dimensions and narrows(one) not in OF_DAYS]
    wanted = list_names([teller.dimension(one) for one in missing or asked], teller.language)
    return teller.say("cannot_dimension" if missing else "cannot_crossed", what=what, by=by, wanted=wanted)


def stores_of(meaning: Meaning, chain: Chain, stores: Sequence[str] | None) -> list[str] | None:
    """Return the stores that a question is about; None: all."""
    named, left_out = (_stores_called(chain, meaning.filters.get(one, ())) for one in ("place", f"{NOT}place"))
    if not {"place", f"{NOT}place"} & set(meaning.filters):
        return None if stores is None else list(stores)
    kept = named if "place" in meaning.filters else chain.stores
    return [one for one in kept if one not in left_out and (stores is None or one in stores)]


def _stores_called(chain: Chain, named: Sequence[str]) -> list[str]:
    """Return the stores with these ids, or in groups with these ids."""
    found: list[str] = []
    for one in named:
        found += chain.groups.get(one.removeprefix(GROUP), ()) if one.startswith(GROUP) else (one,)
    return found


class _Sums(NamedTuple):
    """Totals per group, by dimension values and currency; each with its divisor."""

    groups: Mapping[tuple[str, ...], tuple[int, int]]
    totals: Mapping[str, tuple[int, int]]
    divided: bool

    def value(self, sums: tuple[int, int] | None) -> int | None:
        if sums is None:
            return None
        if not self.divided:
            return sums[0]
        return divide_half_up(*sums) if sums[1] > 0 else None


async def _sums(
    connection: Any,
    tenant: str,
    stores: Sequence[str] | None,
    meaning: Meaning,
    source: OfficeSource,
    first_weekday: int,
    span: DaySpan | None,
) -> _Sums | None:
    """Query the totals. Returns None if that would be too expensive."""
    narrowed = {narrows(one) for one in meaning.filters}
    days = bool(set(OF_DAYS) & {*meaning.by, *narrowed})
    kept = [one for one in source.dimensions if one in meaning.by or (one == "hour" and one in narrowed)]
    sums = source.measures[meaning.measure]
    columns = {one: source.dimensions[one] for one in kept} | ({"day": source.day} if days else {})
    columns["currency"] = source.currency if meaning.measure not in UNITS else "''"
    values: list[Any] = [tenant, stores]
    where = ["tenant = $1", "($2::text[] IS NULL OR store = ANY ($2))"]
    if source.day and span:
        values += [date.fromisoformat(span.first), date.fromisoformat(span.last)]
        where.append(f"{source.day} BETWEEN $3 AND $4")
    for dimension, wanted in meaning.filters.items():
        if narrows(dimension) in ("product", "category", "tender", "rate"):
            for named, some in _by_dimension(dimension, wanted).items():
                values.append(some)
                column = source.dimensions[named]
                relation = f"coalesce({column}, '') <> ALL" if dimension.startswith(NOT) else f"{column} = ANY"
                where.append(f"{relation} (${len(values)}::text[])")
    told = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    summed = ", ".join(f"coalesce({sql}, 0)::bigint AS sum{place}" for place, sql in enumerate(sums))
    places = ", ".join(str(place + 1) for place in range(len(columns)))
    found = f"SELECT {told}, {summed} FROM {source.name} WHERE {' AND '.join(where)}"
    rows = await connection.fetch(f"{found} GROUP BY {places} LIMIT {GROUPED_MOST}", *values)
    return None if len(rows) == GROUPED_MOST else _added_up(rows, meaning, len(sums) > 1, first_weekday)


def _by_dimension(dimension: str, values: Sequence[str]) -> dict[str, list[str]]:
    """Group a filter's values by dimension, because excluded products may be whole categories."""
    found: dict[str, list[str]] = {}
    for value in values:
        of, _, id = value.rpartition(":")
        found.setdefault("category" if of == "category" else narrows(dimension), []).append(id)
    return found


def _added_up(rows: Iterable[Any], meaning: Meaning, divided: bool, first_weekday: int) -> _Sums:
    groups: dict[tuple[str, ...], tuple[int, int]] = {}
    totals: dict[str, tuple[int, int]] = {}
    for row in rows:
        of = {name: _text(value) for name, value in row.items() if not name.startswith("sum")}
        if "day" in of:
            of |= days_of_day(of["day"], first_weekday)
        if not all(_meets(of, dimension, values) for dimension, values in meaning.filters.items()):
            continue
        pair = int(row["sum0"]), int(row["sum1"]) if divided else 0
        currency = of["currency"]
        key = (*(of[one] for one in meaning.by), currency)
        groups[key] = _plus(groups.get(key), pair)
        totals[currency] = _plus(totals.get(currency), pair)
    return _Sums(groups if meaning.by else {}, totals, divided)


def _plus(one: tuple[int, int] | None, other: tuple[int, int]) -> tuple[int, int]:
    return (one[0] + other[0], one[1] + other[1]) if one else other


def _text(value: Any) -> str:
    return f"{value:02}" if isinstance(value, int) else value.isoformat() if isinstance(value, date) else value or ""


def _meets(of: Mapping[str, str], dimension: str, values: Sequence[str]) -> bool:
    if dimension.startswith(NOT) and narrows(dimension) in ("hour", *OF_DAYS):
        return not _meets(of, narrows(dimension), values)
    if dimension == "hour":
        return is_in_hours(int(of["hour"]), values)
    return dimension not in OF_DAYS or of[dimension] in values


async def _names_of(connection: Any, tenant: str, skus: Sequence[str]) -> dict[str, dict[str, str]]:
    """Product names."""
    asked = "SELECT DISTINCT ON (sku) sku, names::text FROM product WHERE tenant = $1 AND sku = ANY ($2) ORDER BY sku"
    rows = await connection.fetch(asked, tenant, skus)
    return {sku: msgspec.json.decode(names, type=dict[str, str]) for sku, names in rows}


def _answer_of(
    meaning: Meaning, teller: OfficeTeller, now: _Sums, before: _Sums | None, span: DaySpan | None
) -> Answered:
    """Return the sentences and rows of an answer, with one total per currency."""
    shown = meaning if meaning.period or span is None else msgspec.structs.replace(meaning, period=span)

    def amount(value: int | None, currency: str) -> str:
        teller.currency = currency
        return teller.amount(meaning, value)

    lines: list[str] = []
    for currency in sorted({*now.totals, *(before.totals if before else ())}):
        value = now.value(now.totals.get(currency))
        lines.append(teller.say("total", amount=amount(value, currency) if value is not None else teller.say("none")))
        if before and meaning.compare:
            past = before.value(before.totals.get(currency))
            told = amount(past, currency) if past is not None else teller.say("none")
            lines.append(teller.say("before", days=teller.days(meaning.compare), amount=told))
            if value is not None and past is not None:
                change = ("+" if value > past else "") + amount(value - past, currency)
                lines.append(teller.say("change", amount=change))
    if not lines:
        lines = [teller.say("nothing")]
    ordered = _in_order(meaning, now)
    rows = [
        AnsweredRow(
            tuple(teller.label(of, value) for of, value in zip(meaning.by, key[:-1], strict=True)),
            amount(now.value(now.groups[key]), key[-1]),
            amount(before.value(before.groups.get(key)), key[-1]) if before else "",
        )
        for key in ordered[:SHOWN]
    ]
    columns = tuple(teller.dimension(one) for one in meaning.by)
    return Answered(teller.first_line(shown), tuple(lines), columns, tuple(rows), len(ordered) > SHOWN)


def _in_order(meaning: Meaning, sums: _Sums) -> list[tuple[str, ...]]:
    """Sort as requested: by largest or smallest; otherwise days and hours chronologically, the rest by size. Currencies
    are sorted and limited separately."""
    in_order = meaning.order not in ("most", "least") and bool(meaning.by) and meaning.by[0] in IN_ORDER
    if in_order:
        return sorted(sums.groups)[: meaning.limit or None]
    sign = 1 if meaning.order == "least" else -1
    found: list[tuple[str, ...]] = []
    for currency in sorted({key[-1] for key in sums.groups}):
        keys = [key for key in sums.groups if key[-1] == currency]
        keys.sort(key=lambda key: (sign * (sums.value(sums.groups[key]) or 0), key))
        found += keys[: meaning.limit or None]
    return found
