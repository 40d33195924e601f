"""France's accounting file (FEC) of a tax year, from the journal."""

from __future__ import annotations

import calendar
from collections.abc import Iterator

import msgspec

from edge.accounting.books import FORMATS, entries
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.invoices.queries import numbers_of_papers
from edge.core.journal.rows import facts
from edge.core.messages import Refusal
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

SIREN_DIGITS = 9
FIRST_YEAR, LAST_YEAR = 2000, 2199


class TaxYear(msgspec.Struct, frozen=True):
    """The first and last day of a tax year, in ISO format."""

    first_day: str
    last_day: str


def tax_year(settings: FiscalSettings, year: int) -> TaxYear:
    """The tax year that ends in a calendar year. Raises `Refusal` if there is no such year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("fiscal_no_such_year")
    return TaxYear(after(_end(settings, year - 1), 1), _end(settings, year))


def siren_of(settings: FiscalSettings) -> str:
    """The shop's SIREN, the first nine digits of a SIRET. Raises `Refusal` if it isn't set."""
    if not settings.company_number[:SIREN_DIGITS].isdigit() or len(settings.company_number) < SIREN_DIGITS:
        raise Refusal("fiscal_siren_missing")
    return settings.company_number[:SIREN_DIGITS]


def fec_lines(db: Connection, registry: Registry, year: TaxYear) -> Iterator[str]:
    """The file's lines. The whole journal is read, as a void refers to the previous paper."""
    booked = entries(facts(db, registry), numbers_of_papers(db))
    return FORMATS["fec"](one for one in booked if year.first_day <= one.day <= year.last_day)


def _end(settings: FiscalSettings, year: int) -> str:
    month, day = map(int, settings.year_ends.split("-"))
    return f"{year}-{month:02d}-{min(day, calendar.monthrange(year, month)[1]):02d}"
