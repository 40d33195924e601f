"""One language's way of saying things: sentences, money, quantities, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_day_names
from babel.numbers import format_decimal

from edge.core.messages import Refused
from edge.lib.i18n import LANGUAGES, direction, name_in, spoken_name, translate, words
from edge.lib.i18n.dates import is_day, locale_of, write_date
from edge.lib.i18n.translations import plurals, tie_marks, word_for
from edge.lib.regions.countries import country_of, first_weekday
from edge.lib.regions.places import list_currencies
from edge.lib.units.containers import container_word
from edge.lib.units.money import exponent, parse_minor, show_minor, worth_of_one
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.written_money import written_money
from edge.web.limits import AMOUNTS_CACHED

_UNIT = re.compile(r"_(?:minor|us|ms|g|min|s)$")


class Locale(Protocol):
    """Where a store is: its money, its clock, and in which country its dates are written ("": that of its clock)."""

    @property
    def currency(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def country(self) -> str: ...


class Localizer:
    """How a page in `language` says it, in a store with these settings. Times are the store's."""

    def __init__(self, language: str, settings: Locale) -> None:
        self.language = language
        self.direction = direction(language)
        self.currency = settings.currency
        self._zone = ZoneInfo(settings.zone)
        self._country = settings.country or country_of(settings.zone)
        self._dates = locale_of(language, self._country)

    def say(self, key: str, /, **values: object) -> str:
        """The sentence `section.key` of edge/lib/i18n."""
        return translate(self.language, key, **values)

    def on_page(self, key: str, /, **values: object) -> str:
        """The same for a page, whose lines begin with no mark that belongs to the word before."""
        return tie_marks(self.language, translate(self.language, key, **values))

    def forms(self, key: str) -> str:
        """A sentence that counts, for a script that has the number (`static/plural.js`): JSON of its forms by category,
        and which gap the number is for."""
        said = plurals(self.language)[key]
        return msgspec.json.encode({"by": said.by, **said.forms}).decode()

    def money(self, minor: int, currency: str = "") -> str:
        """Minor units with their currency's sign ("": the store's), as this language writes it where the store is."""
        return written_money(minor, currency or self.currency, self.language, self.currency, self._country)

    def amount(self, text: str, currency: str) -> str:
        """A sum as a paper or a program wrote it ("273.29"), as this language does; what is none stays as it is."""
        try:
            return self.money(parse_minor(text, currency), currency)
        except ValueError:
            return f"{text} {currency}".strip()

    def plain_money(self, minor: int, currency: str = "") -> str:
        """Minor units ("": of the store's currency) as a field of a form holds them, as `plainMinor` of
        static/amounts.js writes them."""
        return show_minor(minor, currency or self.currency)

    def quantity(self, thousandths: int) -> str:
        """Thousandths as a number: 1250 is "1.25", in French "1,25"."""
        return _number(thousandths, self.language)

    def weight(self, grams: int) -> str:
        """Grams as kilograms with every digit of a scale: 640 is "0.640", in French "0,640"."""
        return format_decimal(Decimal(grams).scaleb(-3), format="0.000", locale=self.language)

    def rate(self, rate: int, foreign: str) -> str:
        """What a unit of a foreign currency is worth in ours, to the last digit that was typed (`ForeignRate.rate`)."""
        worth = worth_of_one(rate, exponent(foreign), exponent(self.currency))
        return format_decimal(worth, locale=self.language, decimal_quantization=False)

    def count(self, number: int) -> str:
        """A whole number with its digits grouped."""
        return _number(number * THOUSANDTHS, self.language)

    def container_word(self, container: str, thousandths: int) -> str:
        """What so many of a catalogue's container are called: "cans"; "" where nobody knows its word."""
        return container_word(container, thousandths, self.language)

    def time(self, at_us: int) -> str:
        """Hours and minutes."""
        return format_time(self._local(at_us), "short", locale=self._dates)

    def moment(self, at_us: int) -> str:
        """Day, hours and minutes."""
        return format_datetime(self._local(at_us), "short", locale=self._dates)

    def upcoming(self, from_us: int, until_us: int = 0) -> str:
        """When something will be, as one says it to who waits: day of the week, date, from when to when."""
        until = f" – {self.time(until_us)}" if until_us else ""
        return f"{self.near_day(self._local(from_us).date())}, {self.time(from_us)}{until}"

    def near_day(self, day: date) -> str:
        """A date of these weeks, by its day of the week."""
        return str(format_skeleton("MMMEd", day, locale=self._dates))

    @property
    def dates(self) -> str:
        """How scripts ask for the same dates: a language and a country, as BCP 47 has them ("fr-CA")."""
        return self._dates.replace("_", "-")

    def day(self, day: date) -> str:
        """A date in full."""
        return format_date(day, "long", locale=self._dates)

    def date_text(self, day: str | date | None) -> str:
        """A day or a month of ISO 8601, as people write it in a list; what is none, as it is, and "" for nothing."""
        text = str(day or "")
        return write_date(text, self._dates) if is_day(text) or is_day(f"{text}-01") else text

    def today(self, at_us: int) -> date:
        """The day by the store's clock."""
        return self._local(at_us).date()

    def currencies(self) -> list[tuple[str, str]]:
        """All money of today: codes, and what they are called."""
        return _currencies(self.language)

    def weekday(self, number: int) -> str:
        """A day of the week, in short: 1 is Monday."""
        return str(get_day_names("abbreviated", locale=self.language)[number - 1])

    @property
    def weekdays(self) -> list[int]:
        """The days of the week as they follow each other where the store is: 1 is Monday."""
        begins = first_weekday(self._country)
        return [(begins + at - 1) % 7 + 1 for at in range(7)]

    def part_name(self, part: str) -> str:
        """A part as people call it: devices by the name in their configuration, or by what they are and a number."""
        return word_for(self.language, "part_name.", part)

    def spoken(self, code: str) -> str:
        """What a language is called in this one."""
        return spoken_name(code, self.language)

    def name(self, names: dict[str, str]) -> str:
        """A product's name in this language, or in the first it has."""
        return name_in(names, self.language)

    def refusal(self, refused: Refused) -> str:
        """The sentence behind a refusal's code; the panel's own stand in section `api`."""
        values: dict[str, object] = {key: self._value(key, value) for key, value in refused.values.items()}
        mark = f"_{self.language}"
        values |= {key.removesuffix(mark): own for key, own in list(values.items()) if own and key.endswith(mark)}
        section = "refused" if f"refused.{refused.code}" in words(self.language) else "api"
        sentence = f"{section}.{refused.code}"
        if (rule := f"{sentence}_{refused.values.get('rule')}") in words(self.language):
            return self.say(rule, **values, field=self.field(str(refused.values.get("where", ""))))
        return self.say(sentence, **values)

    def field(self, where: str) -> str:
        """The field at a JSON path in words, as it is written where there are none."""
        name = re.sub(r"\[[^\]]*\]$", "", where).rpartition(".")[2]
        known = words(self.language)
        return known.get(f"journal_field.{name}") or known.get(f"journal_field.{_UNIT.sub('', name)}") or name

    def right(self, right: str) -> str:
        """What a right allows, in words; one that has none is shown as it is."""
        key = "right." + right.replace(".", "_")
        return self.say(key) if key in words(self.language) else right

    def told(self, key: str, values: Mapping[str, str | int], section: str = "") -> str:
        """What a report or a job has to say, with its advice: a key of edge/lib/i18n, or an older sentence as it is."""
        full = f"{section}.{key}" if section else key
        known = words(self.language)
        if full not in known:
            return key
        advice = f"{full}_do"
        shown = {
            gap: self.money(one) if gap.endswith("_minor") and isinstance(one, int) else one
            for gap, one in values.items()
        }
        return self.say(full, **shown) + (" " + self.say(advice, **shown) if advice in known else "")

    def why(self, sentence: str) -> str:
        """What the core says of the machine ("the disk is full"), where this language has words for it."""
        key = "why." + re.sub(r"\W+", "_", sentence)
        return self.say(key) if key in words(self.language) else sentence

    def _value(self, key: str, value: str | int) -> object:
        if isinstance(value, int):
            return self.money(value) if key.endswith("_minor") else value
        if key == "right":
            return self.right(value)
        return self.why(value) if key == "why" else self.date_text(value)

    def _local(self, at_us: int) -> datetime:
        return datetime.fromtimestamp(at_us / 1e6, tz=self._zone)


@lru_cache(len(LANGUAGES))
def _currencies(language: str) -> list[tuple[str, str]]:
    return list_currencies(language)


@lru_cache(AMOUNTS_CACHED)
def _number(thousandths: int, language: str) -> str:
    return format_decimal(Decimal(thousandths).scaleb(-3).normalize(), locale=language, decimal_quantization=False)
