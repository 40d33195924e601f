"""Israel's uniform file of a period, made from the journal: documents, stock, and optionally the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache

import msgspec

from edge.accounting.books.entries import Account, LedgerEntry, entries
from edge.accounting.fiscal.events import FileIdentity
from edge.accounting.fiscal.fiscal_paper import PaperId
from edge.accounting.fiscal.israel.israel_documents import InvoicedCustomer, Letters, documents, unit_of
from edge.accounting.fiscal.paper_reader import PaperReader
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.version import SOFTWARE_NAME
from edge.accounting.invoices.queries import buyer_on, documents_of
from edge.core.journal.rows import facts, read_rows_of
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import products_at
from edge.lib.fiscal.israel.records import AccountEntry, FileHeader, InventoryItem, LedgerAccount
from edge.lib.fiscal.israel.uniform_file import UniformDocument, UniformWriter, folder
from edge.lib.i18n import name_in
from edge.lib.regions.tax_numbers import check
from edge.lib.units.money import divide_half_up

SPAN = 20_000
ROWS = 2_000
PRODUCTS = 500
DEBIT, CREDIT = 1, 2
_REGISTERS = "SELECT register FROM receipt WHERE seq <= ? GROUP BY register ORDER BY min(seq)"
_COST = """
    SELECT average_micro FROM stock_average_day WHERE sku = ? AND business_date <= ?
    ORDER BY business_date DESC LIMIT 1
"""
_MICRO = 1_000_000


class IsraelFile:
    """Makes the file of a period, with the identifier and minute of its first creation."""

    def __init__(self, reader: PaperReader, registry: Registry, settings: FiscalSettings, said: FileIdentity) -> None:
        self._reader = reader
        self._db: Connection = reader.db
        self._registry = registry
        self._settings = settings
        self._said = said
        self._customer = lru_cache(256)(self._read_customer)

    def header(self, since: str, until: str, identifier: int, at: datetime) -> FileHeader:
        """The content of INI.TXT."""
        said = self._settings
        dealer = int(check(said.tax_number, "IL").number or 0)
        return FileHeader(
            dealer_number=dealer,
            identifier=identifier,
            registration_number=said.registration_number,
            software_name=SOFTWARE_NAME,
            software_version=self._said.software,
            path=folder(dealer, at),
            bookkeeping=2 if said.books else 0,
            balance_by=1 if said.books else 0,
            company_number=int(said.company_number) if said.company_number.isdigit() else 0,
            business_name=said.name,
            street=said.street,
            house=said.house,
            city=said.city,
            postcode=said.postcode,
            since=date.fromisoformat(since),
            until=date.fromisoformat(until),
            made_on=at.date(),
            made_at=at.time().replace(second=0),
        )

    def bkmvdata(self, writer: UniformWriter, since: str, until: str) -> Iterator[bytes]:
        """The lines of BKMVDATA.TXT. Raises `FiscalFault` if a paper can't be represented."""
        accounts, booked = self._books(since, until) if self._settings.books else ([], [])
        yield from writer.bkmvdata(
            self.documents(since, until),
            accounts=accounts,
            entries=booked,
            inventory=self._inventory(since, until),
        )

    def documents(self, since: str, until: str) -> Iterator[UniformDocument]:
        """The documents of these days' papers."""
        letters = Letters(register for (register,) in self._db.execute(_REGISTERS, (self._reader.through,)))
        for paper in self._reader.papers(since, until):
            yield from documents(paper, letters, self._customer(paper.id), self._settings.exempt_dealer)

    def _read_customer(self, paper: PaperId) -> InvoicedCustomer:
        """The customer invoiced for a paper; a casual one if there is none, or if they can't be decrypted."""
        found = [one for one in documents_of(self._db, paper.register, paper.number) if one.seq <= self._reader.through]
        if not found:
            return InvoicedCustomer()
        buyer = buyer_on(self._db, found[0], held_too=True)
        matching, key = found[0].number[-10:], (found[0].customer or "0")[:15]
        if buyer is None:
            return InvoicedCustomer(key=key, matching=matching)
        number = check(buyer.tax_number, "IL")
        dealer = int(number.number) if number.state == "ok" else 0
        return InvoicedCustomer(buyer.name, key, dealer, ", ".join(buyer.address), matching)

    def _inventory(self, since: str, until: str) -> Iterator[InventoryItem]:
        opening, came, went = self._stock_flows(since, until)
        skus = sorted(
            sku for sku in opening.keys() | came.keys() | went.keys() if opening[sku] or came[sku] or went[sku]
        )
        for at in range(0, len(skus), PRODUCTS):
            part = skus[at : at + PRODUCTS]
            known = products_at(self._db, self._registry, part, self._reader.through)
            for sku in part:
                product = known.get(sku)
                cost = self._db.execute(_COST, (sku, until)).fetchone()
                yield InventoryItem(
                    universal_code=product.codes[0] if product and product.codes else "",
                    article=sku,
                    name=(product and name_in(product.names or {}, self._said.language)) or sku,
                    unit=unit_of((product and product.unit) or "piece"),
                    opening_hundredths=_hundredths(opening[sku]),
                    in_hundredths=_hundredths(came[sku]),
                    out_hundredths=_hundredths(went[sku]),
                    cost_minor=max(0, divide_half_up(cost[0], _MICRO)) if cost and cost[0] is not None else 0,
                )

    def _stock_flows(self, since: str, until: str) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Each product's opening stock, receipts and issues, in thousandths. Transfers between locations count as
        neither."""
        opening, came, went = (defaultdict[str, int](int) for _ in range(3))
        for day, moves in self._stock_facts():
            sums = defaultdict[str, int](int)
            for move in moves:
                sums[move.sku] += move.delta
            for sku, delta in sums.items():
                if day < since:
                    opening[sku] += delta
                elif day <= until:
                    (came if delta > 0 else went)[sku] += abs(delta)
        return opening, came, went

    def _stock_facts(self) -> Iterator[tuple[str, tuple[_Moved, ...]]]:
        at, decode = 1, msgspec.json.Decoder(_MovedFact).decode
        while at <= self._reader.through:
            rows, through = read_rows_of(self._db, ["StockMoved"], at, SPAN, ROWS)
            for row in rows:
                if row.seq <= self._reader.through:
                    yield row.business_date, decode(row.body).moves
            if through < at:
                return
            at = through + 1

    def _books(self, since: str, until: str) -> tuple[list[LedgerAccount], list[AccountEntry]]:
        """Each account with its totals, and each posting: an entry per paper."""
        opening, debits, credits = (defaultdict[Account, int](int) for _ in range(3))
        kept: list[LedgerEntry] = []
        for entry in entries(facts(self._db, self._registry, 1, self._reader.through)):
            inside = since <= entry.day <= until
            for posting in entry.postings:
                if entry.day < since:
                    opening[posting.account] += posting.minor
                elif inside:
                    (debits if posting.minor > 0 else credits)[posting.account] += abs(posting.minor)
            if inside:
                kept.append(entry)
        keys = {account: f"{at:04}" for at, account in enumerate(sorted({*opening, *debits, *credits}), 1)}
        accounts = [
            LedgerAccount(
                account=keys[account],
                name=": ".join(account),
                balance_code=account[0],
                balance_name=account[0],
                opening_minor=opening[account],
                debits_minor=debits[account],
                credits_minor=credits[account],
            )
            for account in sorted(keys)
        ]
        return accounts, list(_account_entries(kept, keys))


def _account_entries(kept: Iterable[LedgerEntry], keys: dict[Account, str]) -> Iterator[AccountEntry]:
    for entry in kept:
        day = date.fromisoformat(entry.day)
        for line, posting in enumerate((one for one in entry.postings if one.minor), 1):
            yield AccountEntry(
                entry=entry.seq,
                line=line,
                reference=entry.text.split(",")[0][-20:],
                details=entry.text,
                entry_date=day,
                value_date=day,
                account=keys[posting.account],
                side=DEBIT if posting.minor > 0 else CREDIT,
                amount_minor=abs(posting.minor),
                entered_on=day,
            )


class _Moved(msgspec.Struct, array_like=True):
    sku: str
    delta: int


class _MovedFact(msgspec.Struct):
    moves: tuple[_Moved, ...]


def _hundredths(thousandths: int) -> int:
    return divide_half_up(thousandths, 10)
