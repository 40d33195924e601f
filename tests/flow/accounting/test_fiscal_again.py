"""Files for authorities that were noted come out again to the byte: by another version of the software, under another
name of the shop, when goods are called otherwise, and in the form that they had."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import msgspec
import pytest

from edge.accounting.fiscal import authority_files
from edge.accounting.fiscal.authority_files import MadeFile, WantedFile, reproduction_params
from edge.accounting.fiscal.events import FileIdentity
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.queries import fiscal_files
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import AddLine, Pay, PrintReport, VoidLastSale
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.money.tenders.commands import SetRate
from tests.fiscal_shop import DAY_S, GERMANY, ISRAEL, JUICE, authorities, begin, made, sell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, a_day, signing
from tests.flow.accounting.test_fiscal_germany import cents, table
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, agreed, config, done, open_shop, run

RENAMED = (("Corner Shop", "The Other Shop"), ("מכולת הפינה", "מכולת אחרת"), ('city = "Berlin"', 'city = "Bonn"'))
USD_RATE = 900_000
FIXED = WantedFile(
    regime="de",
    of_register="",
    since=DAY,
    until=DAY,
    identifier=123456789012345,
    at="2027-01-16T12:00:00",
    through=0,
    identity=FileIdentity("1.0", "en", name="Späti", city="Berlin", postcode="10115", street="Weg", tax_number="1"),
)
PINNED = {
    1: "1153cf2037d3e7ec",
    2: "ec096f2a93a4fe3b",
}
"""What a day's DSFinV-K with foreign notes comes to in each version of its form. Another one is another version."""


def other_words(text: str) -> str:
    for was, now in RENAMED:
        text = text.replace(was, now)
    return text


@pytest.mark.parametrize(("regime", "text"), [("il", ISRAEL), ("de", GERMANY)])
def test_another_version_and_another_name_of_the_shop_change_no_file_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regime: str, text: str
) -> None:
    async def lived(clock: FakeClock) -> MadeFile:
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, regime)  # type: ignore[arg-type]
            await a_day(shop, clock)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            return await made(shop, files, regime, DAY, DAY, NEXT)  # type: ignore[arg-type]

    async def later(clock: FakeClock) -> tuple[bytes, bytes]:
        changed = other_words(text)
        assert changed != text
        async with open_shop(tmp_path, clock, stocked=False, text=changed) as shop:
            await done(shop, SetProducts((Product("juice", {"en": "Nectar", "he": "נקטר"}, (JUICE,), 250),)), SYSTEM)
            files = authorities(shop, config(tmp_path, changed), signing(tmp_path))
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            return again.data, (await made(shop, files, regime, DAY, DAY, NEXT)).data  # type: ignore[arg-type]

    clock = FakeClock()
    before = run(lived(clock))
    monkeypatch.setattr(authority_files, "SOFTWARE_VERSION", "99.0")
    again, new = run(later(clock))
    assert again == before.data
    assert new != before.data, "a file that is made now says what holds now"


def said_by(file: MadeFile) -> str:
    """A hash of what stands in a ZIP: how it is packed is the library's."""
    archive, found = zipfile.ZipFile(io.BytesIO(file.data)), hashlib.sha256()
    for name in sorted(archive.namelist()):
        found.update(name.encode() + archive.read(name))
    return found.hexdigest()[:16]


async def foreign_day(shop: CommandBus) -> None:
    """Notes of dollars that pay more than is due, so that change goes out in our money; and such a sale undone."""
    await done(shop, SetRate("USD", USD_RATE), MANAGER)
    for _ in range(2):
        await agreed(shop, AddLine(JUICE), CASHIER)
        await agreed(shop, Pay("cash_usd", 500), CASHIER)
    await agreed(shop, VoidLastSale(reason="wrong"), MANAGER)
    await sell(shop, JUICE, by="cash")
    await agreed(shop, PrintReport("z"), MANAGER)


def test_foreign_notes_are_cash_of_their_currency_and_an_older_form_is_made_as_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=GERMANY) as shop:
            await begin(shop, "de")
            await foreign_day(shop)
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, GERMANY), signing(tmp_path))
            file = await made(shop, files, "de", DAY, DAY, NEXT)
            drawer = {
                row["ZAHLART_WAEH"]: cents([row], "ZAHLART_BETRAG_WAEH") for row in table(file, "cash_per_currency")
            }
            assert drawer == {"EUR": 250 - 200, "USD": 500}, "five dollars are there, and two euros of change went out"
            (z,) = table(file, "cashpointclosing")
            assert cents([z], "Z_SE_BARZAHLUNGEN") == 500, "two sales of 2.50"
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]
            found = {
                layout: said_by(
                    files.make_file(
                        shop.reader, msgspec.structs.replace(FIXED, layout=layout, through=file.wanted.through)
                    )
                )
                for layout in PINNED
            }
            assert found == PINNED, "a changed form has a version of its own, and the ones before stay as they are"

    run(scenario())
