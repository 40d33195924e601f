"""Entries as a French accounting file (FEC).

It has the 18 columns of article A47 A-1 of the Livre des procédures fiscales: tab-separated, with decimal comma, dates
without separators, and the entries of a tax year numbered without gaps. Accounts follow the plan comptable général (ANC
2014-03). Text after a reason is typed by users and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from edge.accounting.books.entries import Account, LedgerEntry, Posting
from edge.lib.regions.eu_vat import member_states
from edge.lib.units.money import show_minor

HEADER = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
CURRENCY = "EUR"
PLAN: tuple[tuple[Account, str, str], ...] = (
    (("assets", "cash"), "531000", "Caisse"),
    (("assets", "foreign cash"), "531500", "Caisse en devises"),
    (("assets", "safe"), "531900", "Coffre"),
    (("assets", "cards"), "511500", "Cartes bancaires à encaisser"),
    (("assets", "tenders"), "511200", "Autres moyens de paiement à encaisser"),
    (("assets", "card payouts due"), "511700", "Versements de cartes à recevoir"),
    (("assets", "bank"), "512000", "Banque"),
    (("assets", "cards in dispute"), "467800", "Paiements contestés"),
    (("assets", "cash with drivers"), "467200", "Espèces chez les livreurs"),
    (("assets", "receivables"), "411000", "Clients"),
    (("assets",), "467000", "Autres comptes débiteurs"),
    (("income", "sales"), "707000", "Ventes de marchandises"),
    (("income", "refunds"), "707900", "Retours sur ventes"),
    (("income",), "758000", "Produits divers de gestion courante"),
    (("liabilities", "taxes"), "445710", "TVA collectée"),
    (("liabilities", "deposits"), "419600", "Emballages consignés"),
    (("liabilities", "advances on orders"), "419100", "Avances et acomptes reçus"),
    (("liabilities", "gift cards"), "419700", "Cartes cadeaux"),
    (("liabilities", "tips"), "467100", "Pourboires à reverser"),
    (("liabilities", "card payments to give back"), "419800", "Paiements à rendre"),
    (("liabilities",), "467500", "Autres comptes créditeurs"),
    (("expenses", "card fees"), "627800", "Frais sur cartes bancaires"),
    (("expenses", "card losses"), "654000", "Pertes sur créances"),
    (("expenses", "platform fees"), "622800", "Commissions de la plateforme"),
    (("expenses", "refunds made at the provider"), "709800", "Remboursements faits chez le prestataire"),
    (("expenses", "chargebacks"), "654100", "Impayés de cartes"),
    (("expenses", "cash rounding"), "658100", "Écarts d'arrondi"),
    (("expenses", "cash differences"), "658200", "Différences de caisse"),
    (("expenses", "paid out of the drawer"), "471000", "Sorties de caisse à classer"),
    (("expenses",), "658000", "Charges diverses de gestion courante"),
)
"""Account numbers and names, by the books' account; the first match applies."""
_SALES, _CASH, _BANK = ("VE", "Ventes"), ("CA", "Caisse"), ("BQ", "Banque et cartes")
_TEXTS: tuple[tuple[str, str, tuple[str, str]], ...] = (
    ("Sale ", "Vente ", _SALES),
    ("Void ", "Annulation ", _SALES),
    ("Refund ", "Remboursement ", _SALES),
    ("Correction of ", "Correction du paiement de ", _SALES),
    ("Delivery ", "Livraison ", _SALES),
    ("Paid on account ", "Règlement client ", _BANK),
    ("Undone, paid on account ", "Règlement client annulé ", _BANK),
    ("Charged to an account, ", "Frais de relance, ", _SALES),
    ("Gift card expired", "Carte cadeau expirée", _SALES),
    ("Shift ", "Service ", _CASH),
    ("Cash ", "Mouvement de caisse ", _CASH),
    ("Handed in", "Remise d'un livreur", _CASH),
    ("", "Cartes : ", _BANK),
)
"""A text's prefix, its French translation, and its journal."""
_MARKS = re.compile(r"[\t\r\n|\x00-\x1f]+")
_RATE = re.compile(r"(?: ([A-Z]{2}))? ([0-9.]+)%$")
"""A tax rate, preceded by the other member state whose VAT it is, if any."""


def lines(entries: Iterable[LedgerEntry]) -> Iterator[str]:
    """The file's lines without line ends. Zero entries are left out and get no number."""
    yield "\t".join(HEADER)
    number = 0
    for entry in entries:
        postings = [one for one in entry.postings if one.minor]
        if not postings:
            continue
        number += 1
        text, (code, journal) = _text(entry.text)
        day = entry.day.replace("-", "")
        for one in postings:
            account, name = account_of(one.account)
            debit, credit = (one.minor, 0) if one.minor > 0 else (0, -one.minor)
            cells = (code, journal, number, day, account, name, "", "", f"J{entry.seq}", day, text)
            sums = (_sum(debit, entry.currency), _sum(credit, entry.currency), "", "", day)
            yield "\t".join(map(str, (*cells, *sums, *_foreign(one, entry.currency))))


def name_of(siren: str, last_day: str) -> str:
    """The file name for a tax year ending on `last_day` (YYYY-MM-DD)."""
    return f"{siren}FEC{last_day.replace('-', '')}.txt"


def account_of(account: Account) -> tuple[str, str]:
    """An account's number and name. Taxes are divided by rate, and by the member state whose VAT they are."""
    number, name = next((number, name) for way, number, name in PLAN if account[: len(way)] == way)
    if account[:2] == ("liabilities", "taxes") and (rate := _RATE.search(account[-1])):
        country = rate[1] if rate[1] in member_states() else ""
        named = f"{name} {country}".rstrip()
        return f"{number[:5]}{country}{round(float(rate[2]) * 100):04d}", f"{named} {rate[2].replace('.', ',')} %"
    return number, name


def _text(text: str) -> tuple[str, tuple[str, str]]:
    begins, french, journal = next(one for one in _TEXTS if text.startswith(one[0]))
    rest = text.removeprefix(begins)
    if begins == "Cash ":
        rest = rest.partition(":")[0]
    if begins in ("Handed in", "Delivery "):
        rest = rest.partition(":")[0].partition(" by ")[0]
    rest = rest.replace(" of ", " du ").replace(" opened", " : ouverture").replace(" closed", " : clôture")
    return _MARKS.sub(" ", f"{french}{rest}")[:200].strip(), journal


def _sum(minor: int, currency: str) -> str:
    return show_minor(minor, currency).replace(".", ",") if currency == CURRENCY else "0,00"


def _foreign(posting: Posting, currency: str) -> tuple[str, str]:
    """A posting's amount and currency, if foreign."""
    return ("", "") if currency == CURRENCY else (show_minor(posting.minor, currency).replace(".", ","), currency)
