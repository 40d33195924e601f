"""Gift cards in another system's file: balances, and whether they can be imported. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from edge.analytics.forecast.history.day_forms import day_of
from edge.backoffice.switching.columns import LeftOuts, Reopen, check_currency, columns_of, minor_of, money_sum
from edge.backoffice.switching.headings import CARD, compact, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.moved import MovedCard
from edge.backoffice.switching.protocol import FileLook, FileQuestion, MoveQuestion
from edge.backoffice.switching.sales_file import NO
from edge.lib.units.money import exponent
from edge.money.gift_cards.card import card_id, code_of, tail_of

MOST_MINOR = 10**9
_OFF = frozenset(
    (
        *(
            "inactive",
            "disabled",
            "deactivated",
            "false",
            "no",
            "0",
            "n",
            "expired",
            "voided",
            "void",
            "closed",
            "cancelled",
        ),
        *(
            "canceled",
            "blocked",
            "lost",
            "suspended",
            "deleted",
            "pending",
            "unregistered",
            "clearedbalance",
            "off",
            "non",
        ),
        *("desactivee", "desactive", "expiree", "expire", "לא", "מבוטל", "לא פעיל"),
        *(
            "désactivée",
            "désactivé",
            "expirée",
            "expiré",
            "bloquée",
            "bloqué",
            "utilisée",
            "utilisé",
            "annulée",
            "annulé",
        ),
        *("redeemed", "used", "used up", "frozen", "stolen", "locked", "refunded", "replaced"),
        *("gesperrt", "abgelaufen", "eingelöst", "storniert", "inaktiv", "ungültig", "nein", "verloren"),
        *("bloqueada", "caducada", "canjeada", "anulada", "inactiva", "bloccata", "scaduta", "inattiva", "annullata"),
        *(
            "bloqueado",
            "expirado",
            "inativo",
            "geblokkeerd",
            "verlopen",
            "inactief",
            "zablokowana",
            "nieaktywna",
            "nie",
        ),
        *("заблокирована", "просрочена", "неактивна", "использована", "חסום", "פג תוקף", "נוצל"),
    )
)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE][+]?\d+")
"""A long code that a spreadsheet converted to a number in scientific notation."""


class CardFile:
    """The cards of a file, read once."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self._digits = exponent(ask.currency)
        self.left = LeftOuts(ask.currency)
        self.cards: list[MovedCard] = []
        self.lines = 0
        self._file = self._taken = Decimal(0)
        self._seen: set[str] = set()
        with reopen() as table:
            self.header = tuple(table.header)
            self.what = table.what
        places = find_columns(self.header, CARD)
        if "balance" not in places and "initial" in places:
            places["balance"] = places.pop("initial")
        taken = {place for field, place in places.items() if field != "status"}
        states = (place for place, heading in enumerate(self.header) if compact(heading) in CARD["status"])
        self._states = [place for place in states if place not in taken]
        self.columns = columns_of(reopen, places, ("balance",), ("expires",), ask.form)
        check_currency(self.columns, ("balance",), ask)
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    self._take(row.line, row.cells)

    def look(self) -> FileLook:
        """A summary of the file."""
        headings = self.columns.headings
        return FileLook(
            "gift_cards",
            *(system_of(self.header), self.what, self.header, self.lines),
            {"gift_cards": len(self.cards)} if self.cards else {},
            *(headings, self.columns.free_headings),
            sums=(money_sum(headings.get("balance", ""), self._file, self._taken, self._ask.currency),),
            left=self.left.rows,
            questions=tuple(self._questions()),
        )

    def _questions(self) -> Iterator[MoveQuestion]:
        if self.columns.forms.get("expires", "") is None:
            yield MoveQuestion("form", ("day_first", "month_first"), heading=self.columns.headings["expires"])

    def _take(self, line: int, cells: Sequence[str]) -> None:
        balance = self.columns.money(cells, "balance", self._digits)
        if balance is None:
            self.left.add("amount")
            return
        self._file += balance
        expires = self.columns.text(cells, "expires")
        day = day_of(expires, self.columns.forms.get("expires") or "") if expires else ""
        if why := self._why_not(cells, balance, day):
            self.left.add(why, balance)
            return
        code = code_of(self.columns.text(cells, "code").lstrip("'")) or ""
        id = card_id(code)
        if id in self._seen:
            self.left.add("card_twice", balance)
            return
        self._seen.add(id)
        self._taken += balance
        self.cards.append(MovedCard(line, id, tail_of(code), minor_of(balance, self._digits), day or ""))

    def _why_not(self, cells: Sequence[str], balance: Decimal, day: str | None) -> str:
        """Why a card can't be imported; "" if it can."""
        text = self.columns.text
        code = text(cells, "code").lstrip("'")
        if balance <= 0:
            return "card_empty"
        if "code" not in self.columns.places or (not code and "last" in self.columns.places):
            return "card_no_code"
        if _ROUNDED.fullmatch(code):
            return "card_rounded"
        if code_of(code) is None:
            return "card_code"
        if (currency := text(cells, "currency").upper()) and currency != self._ask.currency:
            return "card_currency"
        if self.columns.is_foreign(cells, ("balance",), self._ask.currency):
            return "card_currency"
        is_off = any(cells[place].strip().casefold() in _OFF for place in self._states if place < len(cells))
        if is_off or text(cells, "disabled").casefold() not in NO:
            return "card_off"
        if day is None:
            return "card_expiry"
        if day and day < self._ask.today:
            return "card_over"
        return "amount" if balance * 10**self._digits > MOST_MINOR or balance * 10**self._digits % 1 else ""
