"""France: signed texts and their chains, closings and perpetual totals."""

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from edge.lib.fiscal.es256 import KeyLine, from_base64url
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.chains import (
    ArchiveEntry,
    CopyEntry,
    EventEntry,
    NoteEntry,
    RateSum,
    SignedEntry,
    TicketEntry,
    TotalEntry,
    is_chained,
    sign_entry,
)
from edge.lib.fiscal.france.closings import PerpetualTotals, close_day, close_longer

KEY = ec.derive_private_key(4711, ec.SECP256R1())
OPENED = datetime(2026, 11, 2, 9, 30, 5)

ENTRIES: list[tuple[SignedEntry, str]] = [
    (
        TicketEntry(
            vat=(RateSum(550, 1055), RateSum(2000, 2400)), total_minor=3455, at=OPENED, number="K1-7", kind="VENTE"
        ),
        "0550:1055|2000:2400,3455,20261102093005,K1-7,VENTE",
    ),
    (
        TicketEntry(vat=(RateSum(2000, -240),), total_minor=-240, at=OPENED, number="K1-8", kind="REMBOURSEMENT"),
        "2000:-240,-240,20261102093005,K1-8,REMBOURSEMENT",
    ),
    (TicketEntry(vat=(), total_minor=0, at=OPENED, number="K1-9", kind="VENTE"), ",0,20261102093005,K1-9,VENTE"),
    (
        CopyEntry(copy=4, kind="VENTE", number="K1-7", times=1, operator="u7", at=OPENED),
        "4,VENTE,K1-7,1,u7,20261102093005",
    ),
    (NoteEntry(note=3, total_minor=1200, at=OPENED), "3,1200,20261102093005"),
    (
        TotalEntry(
            vat=(RateSum(0, 5),),
            total_minor=5,
            perpetual_minor=100,
            absolute_minor=300,
            at=OPENED,
            period="2026-11-02",
        ),
        "0000:5,5,100,300,20261102093005,2026-11-02",
    ),
    (
        EventEntry(event=1, code="PRICE", note="5% moins,\r\nvoilà", at=OPENED, operator="u7", register="K1"),
        "1,PRICE,5%25 moins%2C%0D%0Avoilà,20261102093005,u7,K1",
    ),
    (
        ArchiveEntry(sha256="ab", since="2026-11", until="2026-11", archive=1, at=OPENED),
        "ab,2026-11,2026-11,1,20261102093005",
    ),
]


@pytest.mark.parametrize(("entry", "text"), ENTRIES)
def test_what_is_signed_can_be_read_and_comes_back(entry: SignedEntry, text: str) -> None:
    assert entry.text("") == f"{text},N,"
    assert entry.text("abc") == f"{text},O,abc"
    assert type(entry).parse(f"{text},N,") == (entry, "")
    assert type(entry).parse(f"{text},O,abc") == (entry, "abc")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0550:1055,1055,20261102093005,K1-7,VENTE",
        "0550:1055,1055,20261102093005,K1-7,VENTE,O,",
        "0550:1055,1055,20261102093005,K1-7,VENTE,N,abc",
        "550:1055,1055,20261102093005,K1-7,VENTE,N,",
        "2000:1|0550:2,3,20261102093005,K1-7,VENTE,N,",
        "0550:1055,1 055,20261102093005,K1-7,VENTE,N,",
        "0550:1055,1055,20261302093005,K1-7,VENTE,N,",
    ],
)
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(FiscalFault) as raised:
        TicketEntry.parse(text)
    assert raised.value.code == "malformed"


def test_a_signature_is_the_same_again_and_of_its_place_alone() -> None:
    entry, _ = ENTRIES[0]
    first = sign_entry(KEY, entry, "")
    assert first == sign_entry(KEY, entry, "") and len(from_base64url(first)) == 64
    assert is_chained(KeyLine((KEY.public_key(),)), entry, "", first)
    assert not is_chained(KeyLine((KEY.public_key(),)), entry, first, first)
    assert not is_chained(KeyLine((KEY.public_key(),)), ENTRIES[1][0], "", first)
    assert not is_chained(KeyLine((KEY.public_key(),)), entry, "", first + "=")


def ticket(number: int, minor: int) -> TicketEntry:
    return TicketEntry(vat=(RateSum(2000, minor),), total_minor=minor, at=OPENED, number=f"K1-{number}", kind="VENTE")


def test_perpetual_totals_go_on_over_days_months_and_years() -> None:
    before = PerpetualTotals(1000, 3000)
    monday = close_day("K1", "2026-11-02", [(7, ticket(7, 500)), (8, ticket(8, -200))], before, copies=1)
    assert (monday.first, monday.last, monday.tickets, monday.copies) == (7, 8, 2, 1)
    assert (monday.total_minor, monday.perpetual_minor, monday.absolute_minor) == (300, 1300, 3700)
    tuesday = close_day("K1", "2026-11-03", [(9, ticket(9, 100))], PerpetualTotals(1300, 3700))
    month = close_longer("K1", "month", "2026-11", [monday, tuesday], before)
    assert (month.first, month.last, month.tickets, month.total_minor) == (7, 9, 3, 400)
    assert month.vat == (RateSum(2000, 400),)
    empty = close_longer("K1", "month", "2026-12", [], PerpetualTotals(1400, 3800))
    assert (empty.tickets, empty.total_minor, empty.perpetual_minor, empty.absolute_minor) == (0, 0, 1400, 3800)
    year = close_longer("K1", "year", "2026", [month, empty], before)
    assert (year.last, year.total_minor, year.perpetual_minor) == (9, 400, 1400)
    assert close_longer("K1", "year", "2027", [month, empty], before, last_month=6).total_minor == 400
    for parts in ([tuesday], [month]):
        with pytest.raises(FiscalFault, match="isn't part"):
            close_longer("K1", "year", "2027", parts, before)
