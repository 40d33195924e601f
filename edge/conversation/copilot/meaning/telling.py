"""A meaning and its figures in words, beginning with the question as understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.conversation.assistant.phrasing import say_amount, unit_of
from edge.conversation.copilot.meaning.answerable import APART, TABLE, CannotTell
from edge.conversation.copilot.meaning.facts import bound_in_units
from edge.conversation.copilot.meaning.model import NOT, AmountBound, Meaning, UnderstoodQuestion, narrows
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.queries import find_by_sku
from edge.goods.promotions.queries import read_promotion
from edge.goods.purchasing.queries import read_supplier
from edge.goods.stock.lists.listings import read_locations
from edge.lib.i18n import list_names, name_in, number, translate
from edge.lib.i18n.translations import words
from edge.lib.units.quantity import show_quantity
from edge.lib.units.written_money import written_money
from edge.people.customers.queries import customer_name

SAID = 5
NO_BREAK, THIN = "\u00a0", "\u2009"


class MeaningTeller:
    """Words meanings and figures in a language and currency, with names from the ledger."""

    def __init__(self, db: Connection, language: str, currency: str) -> None:
        self._db, self.language, self.currency = db, language, currency
        self.dates = language
        """The locale of dates (CLDR)."""

    def say(self, key: str, **values: object) -> str:
        return translate(self.language, f"meaning.{key}", **values)

    def measure(self, meaning: Meaning) -> str:
        return translate(self.language, f"meaning_measure.{meaning.measure}")

    def first_line(self, meaning: Meaning) -> str:
        """Return the question as understood: "Waste by reason, whole shop, Mar 9 - 15, 2026"."""
        what = self.measure(meaning)
        if meaning.order in ("most", "least", "none"):
            what = self.say(f"order_{meaning.order}", what=what)
        if meaning.limit:
            what = self.say("limit", what=what, n=meaning.limit)
        if meaning.by:
            what = self.say("by", what=what, by=self._and([self.dimension(one) for one in meaning.by]))
        if meaning.show == "share":
            what = self.say("share_of", what=what)
        for bound in meaning.bounds:
            what = self.say(f"bound_{bound.kind}", what=what, amount=self._bound(meaning, bound))
        parts = [what, *self._filter_texts(meaning)]
        parts.append(self.days(meaning.period) if meaning.period else self.say("now"))
        line = ", ".join(parts)
        return self.say("compared", line=line, days=self.days(meaning.compare)) if meaning.compare else line

    def _bound(self, meaning: Meaning, bound: AmountBound) -> str:
        """An amount that limits figures, as that figure is written."""
        of = Meaning("sales") if bound.each else msgspec.structs.replace(meaning, filters={})
        value = bound_in_units(meaning, bound, self.currency)
        whole = value == value.to_integral_value()
        return self.amount(of, int(value)) if whole else number(bound.number, self.language)

    def _filter_texts(self, meaning: Meaning) -> list[str]:
        found = []
        for dimension, values in meaning.filters.items():
            names = self._and([self.label(dimension, value) for value in values])
            found.append(self.say("without", names=names) if dimension.startswith(NOT) else names)
        return found or [self.whole()]

    def whole(self) -> str:
        """The scope of a question without filters."""
        return self.say("whole_shop")

    def _and(self, names: Sequence[str]) -> str:
        return (
            self.say("and", most=list_names(names[:-1], self.language), last=names[-1]) if len(names) > 1 else names[0]
        )

    def dimension(self, dimension: str) -> str:
        return translate(self.language, f"meaning_dimension.{narrows(dimension)}")

    def days(self, span: DaySpan) -> str:
        """Return a span of days as people write it."""
        from babel.dates import format_date, format_interval

        first, last = date.fromisoformat(span.first), date.fromisoformat(span.last)
        if first == last:
            return format_date(first, format="full", locale=self.dates)
        return str(format_interval(first, last, skeleton="yMMMd", locale=self.dates)).replace(THIN, " ")

    def label(self, dimension: str, key: str) -> str:
        """The name of a dimension's value."""
        match narrows(dimension):
            case "product":
                of, _, id = key.rpartition(":")
                if of == "category":
                    return self.label(of, id)
                product = find_by_sku(self._db, key)
                return name_in(product.names, self.language) or key if product else key
            case "category":
                category = read_category(self._db, key)
                return name_in(category.names, self.language) if category else self.say("no_category")
            case "brand":
                return key or self.say("no_brand")
            case "place":
                places = {one.id: one.names for one in read_locations(self._db)}
                return name_in(places.get(key, {}), self.language) or key
            case "person":
                return name_of(self._db, key) or key or self.say("nobody")
            case "supplier":
                supplier = read_supplier(self._db, key)
                return name_in(supplier.names, self.language) if supplier else key
            case "promotion":
                promotion = read_promotion(self._db, key)
                return name_in(promotion.promotion.names, self.language) if promotion else key
            case "customer":
                return customer_name(self._db, key) or key
            case "register":
                return self.say("register", register=key)
            case "hour":
                first, _, last = key.partition("-")
                return f"{first}:00-{last}:00" if last else f"{key}:00"
            case "tender" | "status":
                return words(self.language).get(f"meaning_{narrows(dimension)}.{key}", key)
            case "reason":  # the answers' own wording if any, else that of reports
                known = words(self.language)
                return known.get(f"meaning_reason.{key}") or known.get(f"moved_why.{key}", key)
        return self._day_label(narrows(dimension), key)

    def _day_label(self, dimension: str, key: str) -> str:
        from babel.dates import format_date, get_day_names

        if dimension == "weekday":
            return str(get_day_names(locale=self.language)[int(key)])
        if dimension == "month":
            return format_date(date.fromisoformat(f"{key}-01"), format="LLLL y", locale=self.language)
        if dimension in ("day", "week"):
            return format_date(date.fromisoformat(key), format="EEE d MMM", locale=self.language)
        return key

    def amount(self, meaning: Meaning, value: int | None, count: int | None = None, minor: int | None = None) -> str:
        """Return a value in its measure's unit.

        It comes with the count, if it has one, and a margin with its money (`minor`).
        """
        if value is None:
            return self.say("not_known")
        known = TABLE[meaning.measure]
        match known.unit:
            case "minor":
                told = written_money(value, self.currency, self.language)
                return self.say("counted", amount=told, n=count) if known.counted and count is not None else told
            case "thousandths":
                product = find_by_sku(self._db, meaning.product) if meaning.product else None
                measured = product is not None and product.unit != "piece"
                unit = translate(self.language, f"chat.unit_{product.unit}") if product and measured else ""
                return f"{number(show_quantity(value), self.language)}{NO_BREAK}{unit}".strip(NO_BREAK)
            case "permille":
                percent = f"{self.tenths(value)}{NO_BREAK}%"
                earned = written_money(minor, self.currency, self.language) if minor is not None else ""
                return self.say("beside", what=percent, more=earned) if earned else percent
            case "minutes":
                return self.say("hours", hours=value // 60, minutes=f"{value % 60:02}")
        return str(value)

    def quantity_of(self, sku: str, thousandths: int) -> str:
        """A product's quantity in its unit."""
        product = find_by_sku(self._db, sku)
        return say_amount(thousandths, unit_of(product), self.language) if product else show_quantity(thousandths)

    def tenths(self, value: int) -> str:
        sign = "-" if value < 0 else ""
        return number(f"{sign}{abs(value) // 10}.{abs(value) % 10}", self.language)

    def missing_parts(self, asked: UnderstoodQuestion) -> list[str]:
        """Return the reasons why a question is incomplete, with the missing part; empty if it's complete."""
        meaning = asked.meaning

        def say(key: str, **values: object) -> str:
            return translate(self.language, f"copilot.{key}", **values)

        if asked.beyond:
            return [say("three_at_once", what=self.first_line(meaning) if meaning.measure else "…")]
        if asked.destroys:
            return [say("declined"), self.general_examples()]
        if meaning.unknown:
            return [say("not_understood", words=", ".join(meaning.unknown)), self.general_examples()]
        if asked.no_days:
            return [say("no_days", words=asked.no_days), self.general_examples()]
        if asked.ahead:
            return [self.cannot_ahead(meaning), self.examples(meaning)]
        if asked.several:
            return [say("which_product", names="; ".join(asked.several))]
        if asked.measures:
            names = " / ".join(translate(self.language, f"meaning_measure.{one}") for one in asked.measures)
            return [say("which_measure", names=names)]
        return [] if meaning.measure else [say("unknown"), self.general_examples()]

    def general_examples(self) -> str:
        """A line with two questions about the shop."""
        return translate(self.language, "copilot.examples")

    def cannot_ahead(self, meaning: Meaning) -> str:
        """Return an answer that a measure is only known afterwards, with the measures available for future days."""
        return " ".join((self.say("cannot_ahead", what=self.measure(meaning).lower()), self.say("instead_ahead")))

    def examples(self, meaning: Meaning) -> str:
        """A line with two questions that can be answered."""
        one, other = self.examples_of(meaning)
        return translate(self.language, "copilot.examples_of", one=one, other=other)

    def examples_of(self, meaning: Meaning) -> tuple[str, str]:
        """Two questions about the same measure that can be answered, or about others."""
        known, what = TABLE[meaning.measure], self.measure(meaning).lower()
        by = [] if known.unit == "none" or meaning.measure in APART else [one for one in known.kinds if one]
        asked = {narrows(one) for one in (*meaning.by, *meaning.filters)}
        by.sort(key=lambda one: one not in asked)
        found = [self.say("by", what=what, by=self.dimension(one)) for one in by]
        found[1:] = [self.say("this_week", what=what)] if known.by_days and known.unit != "none" else found[1:]
        more = (translate(self.language, f"copilot.{key}") for key in ("example_sales", "example_low"))
        one, other, *_ = (*found, *more)
        return one, other

    def cannot(self, meaning: Meaning, why: CannotTell) -> str:
        """Return why a question can't be answered, and similar ones that can.

        An example is "I can tell waste by reason, person or day, not by tender".
        """
        names = dict.fromkeys(why.by)
        known = self._or([self.dimension(one) for one in names])
        wanted = self._or([self.dimension(one) for one in why.wanted]) if why.wanted else ""
        return self.say(f"cannot_{why.why}", what=self.measure(meaning).lower(), by=known, wanted=wanted)

    def _or(self, names: Iterable[str]) -> str:
        *most, last = [*names] or [""]
        return self.say("or", most=list_names(most, self.language), last=last) if most else last
