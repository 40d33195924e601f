"""Texts and formats of one language: sentences, money, quantities, times."""

from __future__ import annotations

import asyncio
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
from edge.lib.i18n.translations import page_text, plurals, tie_marks, word_for
from edge.lib.regions.countries import country_of, first_weekday
from edge.lib.regions.places import list_currencies
from edge.lib.units.containers import container_word
from edge.lib.units.money import exponent, parse_minor, show_minor, worth_of_one
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.written_money import written_money
from edge.web.limits import AMOUNTS_CACHED

_UNIT = re.compile(r"_(?:minor|us|ms|g|min|s)$")


class Locale(Protocol):
    """A store's locale: currency, time zone, and the country of its date format ("": the zone's)."""

    @property
    def currency(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def country(self) -> str: ...


class Localizer:
    """Formatting for a page in `language`, in a store with these settings. Times are in the store's zone."""

    def __init__(self, language: str, settings: Locale) -> None:
        self.language = language
        self.direction = direction(language)
        self.currency = settings.currency
        self._zone = ZoneInfo(settings.zone)
        self._country = settings.country or country_of(settings.zone)
        self._dates = locale_of(language, self._country)
        self._loading = asyncio.Lock()
        self._loaded = False

    async def load(self) -> None:
        """Load the texts and formats of this language in a thread, once, because they take 0.1 s."""
        if not self._loaded:
            async with self._loading:
                if not self._loaded:
                    await asyncio.to_thread(self._load)
                    self._loaded = True

    def _load(self) -> None:
        plurals(self.language)
        self.on_page("page.skip")
        self.moment(0)
        self.near_day(date(2026, 1, 1))
        self.money(0)

    def say(self, key: str, /, **values: object) -> str:
        """Translate `section.key` of edge/lib/i18n."""
        return translate(self.language, key, **values)

    def on_page(self, key: str, /, **values: object) -> str:
        """Translate for a page, keeping punctuation attached to its word."""
        if not values:
            return page_text(self.language, key)
        return tie_marks(self.language, translate(self.language, key, **values))

    def forms(self, key: str) -> str:
        """Plural forms of a text for scripts (`static/plural.js`): JSON by plural category, and the placeholder that
        counts."""
        said = plurals(self.language)[key]
        forms = {category: tie_marks(self.language, text) for category, text in said.forms.items()}
        return msgspec.json.encode({"by": said.by, **forms}).decode()

    def money(self, minor: int, currency: str = "") -> str:
        """Format minor units with their currency sign ("": the store's) for this language and country."""
        return written_money(minor, currency or self.currency, self.language, self.currency, self._country)

    def amount(self, text: str, currency: str) -> str:
        """Format an amount given as text ("273.29"); anything else is unchanged."""
        try:
            return self.money(parse_minor(text, currency), currency)
        except ValueError:
            return f"{text} {currency}".strip()

    def plain_money(self, minor: int, currency: str = "") -> str:
        """Format minor units ("": the store's currency) for a form field, like `plainMinor` of static/amounts.js."""
        return show_minor(minor, currency or self.currency)

    def quantity(self, thousandths: int) -> str:
        """Format thousandths as a number: 1250 is "1.25", in French "1,25"."""
        return _number(thousandths, self.language)

    def weight(self, grams: int) -> str:
        """Format grams as kilograms with three decimals: 640 is "0.640", in French "0,640"."""
        return format_decimal(Decimal(grams).scaleb(-3), format="0.000", locale=self.language)

    def rate(self, rate: int, foreign: str) -> str:
        """Value of one foreign unit in our currency, with all typed digits (`ForeignRate.rate`)."""
        worth = worth_of_one(rate, exponent(foreign), exponent(self.currency))
        return format_decimal(worth, locale=self.language, decimal_quantization=False)

    def count(self, number: int) -> str:
        """Format a whole number with digit grouping."""
        return _number(number * THOUSANDTHS, self.language)

    def container_word(self, container: str, thousandths: int) -> str:
        """Plural-aware name of a container: "cans"; "" if unknown."""
        return container_word(container, thousandths, self.language)

    def time(self, at_us: int) -> str:
        """Format hours and minutes."""
        return format_time(self._local(at_us), "short", locale=self._dates)

    def moment(self, at_us: int) -> str:
        """Format day, hours and minutes."""
        return format_datetime(self._local(at_us), "short", locale=self._dates)

    def upcoming(self, from_us: int, until_us: int = 0) -> str:
        """Format a future time window: weekday, date, from and until."""
        until = f" – {self.time(until_us)}" if until_us else ""
        return f"{self.near_day(self._local(from_us).date())}, {self.time(from_us)}{until}"

    def near_day(self, day: date) -> str:
        """Format a nearby date with its weekday."""
        return str(format_skeleton("MMMEd", day, locale=self._dates))

    @property
    def dates(self) -> str:
        """BCP 47 locale for date formatting in scripts ("fr-CA")."""
        return self._dates.replace("_", "-")

    def day(self, day: date) -> str:
        """Format a date in full."""
        return format_date(day, "long", locale=self._dates)

    def date_text(self, day: str | date | None) -> str:
        """Format an ISO 8601 day or month for lists. Other text is returned unchanged, None as ""."""
        text = str(day or "")
        return write_date(text, self._dates) if is_day(text) or is_day(f"{text}-01") else text

    def today(self, at_us: int) -> date:
        """Date by the store's clock."""
        return self._local(at_us).date()

    def currencies(self) -> list[tuple[str, str]]:
        """Current currencies: codes and names."""
        return _currencies(self.language)

    def weekday(self, number: int) -> str:
        """Abbreviated weekday: 1 is Monday."""
        return str(get_day_names("abbreviated", locale=self.language)[number - 1])

    @property
    def weekdays(self) -> list[int]:
        """Weekdays in the store's order: 1 is Monday."""
        begins = first_weekday(self._country)
        return [(begins + at - 1) % 7 + 1 for at in range(7)]

    def part_name(self, part: str) -> str:
        """Name of a part for people: devices by their configured name, or by type and number."""
        return word_for(self.language, "part_name.", part)

    def language_name(self, code: str) -> str:
        """Name of a language in this one."""
        return spoken_name(code, self.language)

    def name(self, names: dict[str, str]) -> str:
        """Return a product's name in this language, or in its first language."""
        return name_in(names, self.language)

    def refusal(self, refused: Refused) -> str:
        """Return the text of a refusal. The panel's own texts are in section `api`."""
        values: dict[str, object] = {key: self._value(key, value) for key, value in refused.values.items()}
        mark = f"_{self.language}"
        values |= {key.removesuffix(mark): own for key, own in list(values.items()) if own and key.endswith(mark)}
        section = "refused" if f"refused.{refused.code}" in words(self.language) else "api"
        sentence = f"{section}.{refused.code}"
        if (rule := f"{sentence}_{refused.values.get('rule')}") in words(self.language):
            return self.say(rule, **values, field=self.field(str(refused.values.get("where", ""))))
        return self.say(sentence, **values)

    def field(self, where: str) -> str:
        """Return the label of the field at a JSON path, or the path if it has none."""
        name = re.sub(r"\[[^\]]*\]$", "", where).rpartition(".")[2]
        known = words(self.language)
        return known.get(f"journal_field.{name}") or known.get(f"journal_field.{_UNIT.sub('', name)}") or name

    def right(self, right: str) -> str:
        """Return the description of a right, or its name if it has none."""
        key = "right." + right.replace(".", "_")
        return self.say(key) if key in words(self.language) else right

    def report_text(self, key: str, values: Mapping[str, str | int], section: str = "") -> str:
        """Text of a report or job with its advice: a key of edge/lib/i18n, or an older sentence unchanged."""
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
        """Translate a reason given by the core ("the disk is full"), if this language has a text for it."""
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
