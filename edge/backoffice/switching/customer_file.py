"""Customers in another system's file: identity, duplicates, consents. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from babel import Locale
from babel.core import get_global

from edge.analytics.forecast.history.day_forms import day_of
from edge.backoffice.switching.columns import (
    Columns,
    LeftOuts,
    MoneyColumns,
    Reopen,
    check_currency,
    columns_of,
    first_cells,
    minor_of,
    money_sum,
)
from edge.backoffice.switching.headings import PERSON, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.moved import MovedCustomer
from edge.backoffice.switching.protocol import FileLook, FileQuestion, MoveQuestion
from edge.core.messages import Refusal
from edge.lib.i18n import LANGUAGES
from edge.lib.i18n.folding import without_marks
from edge.lib.regions.addresses import CANADA, Address, check
from edge.lib.regions.provinces import provinces
from edge.lib.units.money import exponent
from edge.people.customers.rules import born_of, code_of, email_of, name_of, phone_of, words_of

POINTS_MOST = 1_000_000
OWED_MOST = 10**11
BORN_FIRST = date(1900, 1, 1)
_YES = frozenset(
    (
        *(
            "yes",
            "y",
            "true",
            "1",
            "subscribed",
            "oui",
            "vrai",
            "כן",
            "opt-in",
            "opted in",
            "optin",
            "opted_in",
            "opted-in",
            "accepted",
            "active",
        ),
        *("granted", "confirmed", "x", "on", "ja", "si", "sí", "da", "да", "tak", "sim", "так", "evet", "ano", "kyllä"),
    )
)
_FIGURES = re.compile(r"spen[dt]|lifetime|average|total|orders|visits|tax|limit|last|first|discount", re.IGNORECASE)
"""Columns with statistics of a customer's purchases, which aren't balances."""
_OWED = re.compile(r"owe|due|outstand|receivable|חוב|dû|impay|house|tab\b", re.IGNORECASE)
"""Headings of a customer's debt. "Balance" alone is debt in some systems, credit in others."""
_replace = msgspec.structs.replace


class CustomerFile:
    """The customers of a file, read once. `left`: rows and cells not imported; `shared`: the number of customers whose
    phone or email is also used with a different name."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self.left = LeftOuts(ask.currency)
        self.people: list[MovedCustomer] = []
        self.lines = self.shared = self.joined = 0
        self.money: dict[str, Decimal] = {"owed": Decimal(0), "credit": Decimal(0)}
        self._taken: dict[str, Decimal] = dict.fromkeys(self.money, Decimal(0))
        self._digits = exponent(ask.currency)
        self._is_asked = False
        with reopen() as table:
            self.header = tuple(table.header)
            self.what = table.what
        places = find_columns(self.header, PERSON)
        if "email" not in places and "phone" not in places and "name" not in places and "first" not in places:
            places.pop("code", None)
        self.columns = columns_of(reopen, places, ("points", "owed", "credit"), ("born",), ask.form)
        check_currency(self.columns, ("owed", "credit"), ask)
        with reopen() as table:
            self._last_first = _is_last_first(self.columns, first_cells(table))
        self._by: dict[tuple[str, str], int] = {}
        self._unknown = MoneyColumns(self.header, tuple(places.values()))
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if self.left.add_unread(row):
                    continue
                self._unknown.see(row.cells)
                self._take(row.line, row.cells)

    def look(self) -> FileLook:
        """A summary of the file."""
        people = self.people
        counts: Counter[str] = Counter(customers=len(people))
        for one in people:
            counts["with_phone"] += bool(one.phone)
            counts["with_email"] += bool(one.email)
            counts["with_address"] += one.address is not None
            counts["agreed"] += one.marketing
            counts["with_points"] += one.points > 0
            counts["points"] += one.points
            counts["owing"] += one.owed_minor > 0
            counts["with_credit"] += one.owed_minor < 0
        counts["joined"] = self.joined
        sums = tuple(
            money_sum(self.columns.headings[field], self.money[field], self._taken[field], self._ask.currency)
            for field in ("owed", "credit")
            if field in self.columns.places
        )
        return FileLook(
            "customers",
            *(system_of(self.header), self.what, self.header, self.lines),
            {name: count for name, count in counts.items() if count},
            *(self.columns.headings, self.columns.free_headings),
            sums=sums,
            left=self.left.rows,
            questions=tuple(self._questions(counts)),
        )

    def _questions(self, counts: Mapping[str, int]) -> Iterator[MoveQuestion]:
        answers = self._ask.answers
        if self.columns.forms.get("born", "") is None:
            yield MoveQuestion("form", ("day_first", "month_first"), heading=self.columns.headings["born"])
        if self.shared and answers.get("shared") not in ("join", "apart"):
            yield MoveQuestion("shared", ("join", "apart"), self.shared)
        if counts["with_points"] and answers.get("member") not in ("members", "no_points"):
            yield MoveQuestion("member", ("members", "no_points"), counts["with_points"])
        if self._is_asked:
            yield MoveQuestion("owed", ("owes", "has_credit", "leave"), heading=self.columns.headings["owed"])
        if counts["owing"] and answers.get("account") not in ("pay_later", "pay_off"):
            yield MoveQuestion("account", ("pay_later", "pay_off"), counts["owing"])
        for heading in self._unknown.headings():
            if not _FIGURES.search(heading) and answers.get(f"money:{heading}") is None:
                yield MoveQuestion(f"money:{heading}", ("leave",), heading=heading)

    def _take(self, line: int, cells: Sequence[str]) -> None:
        amounts = {field: self.columns.money(cells, field, self._digits) for field in self.money}
        for field, amount in amounts.items():
            self.money[field] += amount or 0
            if amount and self.columns.is_foreign(cells, (field,), self._ask.currency):
                self.left.add("other_currency", amount)
                amounts[field] = Decimal(0)
        one = self._person(line, cells)
        if not (one.name or one.phone or one.email or one.code):
            self.left.add("nobody", sum((amount or Decimal(0) for amount in amounts.values()), Decimal(0)))
            return
        taken = self._balances(amounts)
        if why := self._join_or_add(_replace(one, owed_minor=self._owed_of(taken))):
            self.left.add(why, sum(taken.values(), Decimal(0)))
            return
        for field, amount in taken.items():
            self._taken[field] += amount

    @property
    def _owed_choice(self) -> str:
        """The user's choice for the balance column: "owes", "has_credit", "leave"; "" if still to be asked."""
        plain = "owes" if _OWED.search(self.columns.headings.get("owed", "")) else ""
        return self._ask.answers.get("owed", plain)

    def _owed_of(self, balances: Mapping[str, Decimal]) -> int:
        """A customer's total debt over all columns, in minor units; negative for credit."""
        sign = 1 if self._owed_choice == "owes" else -1
        return minor_of(sign * balances["owed"] - balances["credit"], self._digits)

    def _balances(self, amounts: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
        """A customer's balances by column, for the imported columns."""
        taken, choice = dict.fromkeys(amounts, Decimal(0)), self._owed_choice
        for field, amount in amounts.items():
            if amount == 0:
                continue
            if amount is None or amount * 10**self._digits % 1 or abs(amount) * 10**self._digits > OWED_MOST:
                self.left.add("amount", amount)
            elif field == "owed" and choice not in ("owes", "has_credit"):
                self._is_asked = self._is_asked or choice != "leave"
                self.left.add("balance" if choice == "leave" else "balance_asked", amount)
            else:
                taken[field] = amount
        return taken

    def _person(self, line: int, cells: Sequence[str]) -> MovedCustomer:
        columns = self.columns
        text = columns.text
        name = person_name(columns, cells)
        if self._last_first and name.count(",") == 1:
            last, first = name.split(",")
            name = f"{first.strip()} {last.strip()}"
        name = name or text(cells, "company")
        number = _plain_number(text(cells, "phone") or text(cells, "other_phone"))
        regions = (_country_of(text(cells, "country")), self._ask.region)
        said: dict[str, Any] = {
            "name": self._read("name", name, name_of),
            "phone": self._read("phone", number, lambda text: _phone(text, regions)),
            "email": self._read("email", text(cells, "email"), email_of),
            "born": self._read("born", text(cells, "born"), self._born),
            "code": self._read("code", _plain_number(text(cells, "code")), self._code),
        }
        marketing = text(cells, "marketing").casefold() in _YES
        points = self._points(cells)
        return MovedCustomer(line, **said, address=self._address(cells), marketing=marketing, points=points)

    def _read(self, field: str, text: str, reader: Callable[[str], str]) -> str:
        if not text:
            return ""
        try:
            return reader(text)
        except (Refusal, ValueError):
            self.left.add(field)
            return ""

    def _code(self, text: str) -> str:
        return code_of(text, self._ask.member_prefix)

    def _born(self, text: str) -> str:
        form = self.columns.forms.get("born") or ""
        today = date.fromisoformat(self._ask.today)
        day = day_of(text, form, first=BORN_FIRST, last=today)
        if day is None:
            raise ValueError(text)
        return born_of(day, today, self._ask.least_age)

    def _points(self, cells: Sequence[str]) -> int:
        found = self.columns.amount(cells, "points")
        if found is None or found < 0 or found > POINTS_MOST or found % 1:  # an amount with cents is money, not points
            self.left.add("points")
            return 0
        if self._ask.answers.get("member") == "no_points":
            if found:
                self.left.add("points_not_wanted")
            return 0
        return int(found)

    def _address(self, cells: Sequence[str]) -> Address | None:
        text = self.columns.text
        street = " ".join(part for part in (text(cells, "line1"), text(cells, "house")) if part)
        lines = tuple(part for part in (street, text(cells, "line2")) if part)
        if not lines:
            return None
        country = _country_of(text(cells, "country")) or self._ask.country
        province = text(cells, "province")
        if country == CANADA:
            province = _province_of(province)
        found = check(Address(lines, text(cells, "city"), province, text(cells, "postal"), country))
        if found.faults and not found.confirm:
            self.left.add("address")
            return None
        return _replace(found.address, confirmed=True) if found.confirm else found.address

    def _join_or_add(self, one: MovedCustomer) -> str:
        """Add a customer, or merge them with an earlier row. Returns why the row, including its balance, is left out;
        "" if it isn't."""
        found = [self._by[key] for key in _keys(one) if key in self._by]
        same = next((place for place in found if _same_name(self.people[place].name, one.name)), None)
        if same is None and found:
            self.shared += 1
            if self._ask.answers.get("shared") == "join":
                same = found[0]
        if same is not None:
            self.joined += 1
            kept = self.people[same]
            if one.owed_minor and one.owed_minor == kept.owed_minor and set(_keys(one)) <= set(_keys(kept)):
                return "balance_twice"
            one = _join_people(kept, one)
            self.people[same] = one
        else:
            taken = {field for field, value in _keys(one) if (field, value) in self._by}
            one = _replace(one, **dict.fromkeys(taken, "")) if taken else one
            if not (one.name or one.phone or one.email):
                return "nobody"
            self.people.append(one)
            same = len(self.people) - 1
        for key in _keys(one):
            self._by.setdefault(key, same)
        return ""

    def rows(self) -> list[MovedCustomer]:
        """All customers, each with whether they stay a member and may buy on account."""
        answers = self._ask.answers
        member, later = answers.get("member") == "members", answers.get("account") == "pay_later"
        return [
            _replace(one, member=member and one.points > 0, pays_later=later and one.owed_minor > 0)
            for one in self.people
        ]


def person_name(columns: Columns, cells: Sequence[str]) -> str:
    """A person's name. If only the first or the last name has a separate column, "Name" is the other part."""
    first, last, name = (columns.text(cells, field) for field in ("first", "last", "name"))
    if name and (first or last) and not {"first", "last"} <= columns.places.keys():
        if not {*words_of(first or last)} <= {*words_of(name)}:
            first, last = first or name, last or name
        else:
            first, last = name, ""
    middle = columns.text(cells, "middle") if first and last else ""
    return " ".join(part for part in (first, middle, last) if part) or name


def _is_last_first(columns: Columns, rows: Sequence[Sequence[str]]) -> bool:
    """Whether names are written as "Long, Ada"."""
    if {"first", "last"} & columns.places.keys():
        return False
    names = [name for row in rows if (name := columns.text(row, "name"))]
    return bool(names) and all(re.fullmatch(r"[^\W\d][^,\d]*,\s+[^\W\d][^,\d]*", name) for name in names)


def _keys(one: MovedCustomer) -> Iterator[tuple[str, str]]:
    for field in ("email", "phone", "code"):
        if value := getattr(one, field):
            yield field, value


def _same_name(one: str, other: str) -> bool:
    """Whether two names may be the same person's: one is empty, or contained in the other."""
    had, has = set(words_of(one)), set(words_of(other))
    return not had or not has or had <= has or has <= had


def _join_people(kept: MovedCustomer, more: MovedCustomer) -> MovedCustomer:
    """One person from two rows: the first row's data, completed from the second.

    The longer name and the higher number of points apply; debts are added up.
    """
    filled = {
        field: getattr(kept, field) or getattr(more, field)
        for field in ("name", "phone", "email", "born", "code", "address", "marketing")
    }
    if len(more.name) > len(kept.name):
        filled["name"] = more.name
    points = min(POINTS_MOST, max(kept.points, more.points))
    return _replace(kept, **filled, points=points, owed_minor=kept.owed_minor + more.owed_minor)


def _phone(text: str, regions: Sequence[str]) -> str:
    """A phone number as dialled in one of the regions, or with a region's country code but no plus. Returns the first
    number that exists, else the first of possible length. Raises `Refusal`."""
    from phonenumbers import is_valid_number, parse  # takes 3 MB, which a till doesn't need

    possible = ""
    for number in _phones(text, [region for region in dict.fromkeys(regions) if region]):
        if is_valid_number(parse(_without_extension(number))):
            return number
        possible = possible or number
    if not possible:
        raise Refusal("phone_invalid")
    return possible


def _phones(text: str, regions: Sequence[str]) -> Iterator[str]:
    from phonenumbers import country_code_for_region

    for region in regions:
        with suppress(Refusal):
            yield phone_of(text, region).text
    digits = re.sub(r"\D", "", text).lstrip("0")
    if not text.startswith("+") and digits.startswith(tuple(str(country_code_for_region(one)) for one in regions)):
        with suppress(Refusal):
            yield phone_of(f"+{digits}", regions[0]).text


def _without_extension(number: str) -> str:
    return number.partition(" ext.")[0]


def _plain_number(text: str) -> str:
    """A number without characters added by spreadsheets.

    >>> _plain_number("'+1 416 555 0101"), _plain_number("4165550101.0")
    ('+1 416 555 0101', '4165550101')
    """
    return re.sub(r"^(\d+)\.0$", r"\1", text.lstrip("'"))


@lru_cache(1)
def _countries() -> dict[str, str]:
    found: dict[str, str] = {"usa": "US", "uk": "GB", "u.s.a.": "US", "u.s.": "US"}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(_fold(name), code)
    return found


def _country_of(text: str) -> str:
    if re.fullmatch(r"[A-Za-z]{2}", text):
        return text.upper()
    if re.fullmatch(r"[A-Z]{3}", text) and (codes := get_global("territory_aliases").get(text)):
        return str(codes[0])
    return _countries().get(_fold(text), "")


def _province_of(text: str) -> str:
    plain = text.strip().upper()
    if plain.startswith("CA-"):
        plain = plain[3:]
    return plain if len(plain) == 2 else _provinces().get(_fold(text), text)


@lru_cache(1)
def _provinces() -> dict[str, str]:
    return {_fold(name): code for code, one in provinces().items() for name in one.names.values()}


def _fold(text: str) -> str:
    return without_marks(text.casefold().strip())
