"""A shop moves from another system: files are understood by their columns, taken by one job, and taken back."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from edge.accounting.accounts.commands import ChargeAccount, ReceivePayment
from edge.accounting.accounts.queries import read_accounts
from edge.accounting.books.entries import entries
from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.looking import FoundFile, look_at_brought, look_at_file
from edge.backoffice.switching.moved import FileKind, MovedFile
from edge.backoffice.switching.settings import switching_settings
from edge.core.command_bus import CommandBus
from edge.core.jobs.store import Job, JobNote, read_job_notes
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.counter.loyalty.queries import points_of
from edge.counter.till.commands import AddLine, LineSold, Pay, SellBasket, TenderGiven, UseCustomer
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import read_users
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import find_by_sku
from edge.goods.ingest.import_folders import bring
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.queries import read_groups
from edge.goods.stock.commands import Moved, MoveStock
from edge.money.gift_cards.commands import SpendCard
from edge.money.gift_cards.queries import find_card
from edge.ordering.orders.commands import AddToCart, OpenCart, PlaceOrder
from edge.people.customers.commands import SetCustomer
from edge.people.customers.queries import by_email, by_phone, read_customer
from tests.importing import job_runner, until
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, config, done, open_shop, run

NOW_US = 1_795_000_000_000_000
CATALOGUE = """\
Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Option Name 1,Option Value 1,Default Unit Cost
T1,Flat White,Small,FW-S,Coffee,Hot drinks,,3.50,Size,Small,0.80
T2,Flat White,Large,FW-L,Coffee,Hot drinks,,4.20,Size,Large,1.00
T3,Mug,Regular,MUG,,Home,4006381333931,14.00,,,6.00
"""
CUSTOMERS = """\
First Name,Last Name,Email Address,Phone Number,Email Subscription Status,Street Address 1,City,Postal Code,Country,\
Points Balance,Account Balance
Ada,Lovelace,ada@example.com,+33 1 99 00 00 01,subscribed,1 High St,Paris,75001,France,120,0.00
Ada,Lovelace,ADA@example.com,,,,,,,120,
Bob,Byron,bob@example.com,+33 1 99 00 00 02,unsubscribed,,,,,0,12.50
Carl,,nonsense,12,,,,,,,
"""
CARDS = """\
Gift Card Number,Balance,Expiration Date,Status
GIFT-0001-0001-0001,25.00,2030-12-31,Active
GIFT-0002-0002-0002,10.50,,Active
GIFT-0003-0003-0003,5.00,,Disabled
1.23E+15,7.00,,Active
"""
SALES = """\
Date,Time,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type
2026-07-18,12:59:30,Flat White,1.0,Small,FW-S,€3.50,€0.00,€3.50,€0.23,T1,Payment
2026-07-18,13:01:30,Flat White,2.0,Large,FW-L,€8.40,-€0.40,€8.00,€0.53,T2,Payment
2026-07-19,09:01:30,Flat White,-1.0,Large,FW-L,-€4.20,€0.00,-€4.20,-€0.28,T3,Refund
2026-07-19,09:05:30,Mug,1.0,Regular,,€14.00,€0.00,€14.00,€0.93,T4,Payment
2026-07-19,09:06:30,Old biscuit,1.0,,,€2.00,€0.00,€2.00,€0.13,T5,Payment
"""
FILES: Mapping[str, tuple[FileKind, str]] = {
    "a.csv": ("sales_lines", SALES),
    "b.csv": ("gift_cards", CARDS),
    "c.csv": ("customers", CUSTOMERS),
    "d.csv": ("catalogue", CATALOGUE),
}
"""None of the names says what is in it, and they come in the wrong order."""


def look(shop: CommandBus, folder: Path, path: Path, kind: FileKind = "unknown", **answers: str) -> list[FoundFile]:
    settings = switching_settings(config(folder, CONFIG))
    file = MovedFile(str(path), kind, answers)
    if answers:
        return [look_at_file(settings, file, NOW_US)]
    return look_at_brought(settings, shop.path.parent, file, NOW_US)


def brought(shop: CommandBus, folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return bring(shop.path.parent, file)


async def moved(
    shop: CommandBus, command: MoveIn | TakeBackMove, clock: FakeClock | None = None, state: str = "done"
) -> tuple[Job, list[JobNote]]:
    if clock:
        clock.advance(1)
    done = await shop.do(command, SYSTEM)
    assert isinstance(done, Done), done
    async with job_runner(shop):
        job = await until(shop, done.result)
    assert job.state == state, job
    return job, read_job_notes(shop.reader, job.id)


def bring_all(shop: CommandBus, folder: Path) -> tuple[MovedFile, ...]:
    answers = {"customers": {"member": "members"}}
    return tuple(
        MovedFile(str(brought(shop, folder, name, text)), kind, answers.get(kind, {}))
        for name, (kind, text) in FILES.items()
    )


def history(shop: CommandBus) -> dict[tuple[str, str], tuple[int, int, int]]:
    """What was told of days of products, the last word of each."""
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    for fact in facts(shop.reader, shop.registry):
        event: Any = fact.event
        if type(event).__name__ == "HistoryRecorded":
            found |= {(row.sku, row.day): (row.sold, row.returned, row.minor) for row in event.rows}
        if type(event).__name__ == "HistoryTakenBack":
            for key in event.rows:
                found.pop(key)
    return found


def test_every_file_is_known_by_its_columns_with_its_money_to_the_cent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            found = {}
            for name, (kind, text) in FILES.items():
                (one,) = look(shop, tmp_path, brought(shop, tmp_path, name, text))
                assert one.look is not None, one
                assert one.look.kind == kind
                found[kind] = one.look
            sums = {kind: (one.sums[0].file_minor, one.sums[0].taken_minor) for kind, one in found.items()}
            assert sums["catalogue"] == (2170, 2170)
            assert sums["sales_lines"] == (2330, 2330)
            assert sums["gift_cards"] == (4750, 3550)
            assert all(money.difference_minor == 0 for one in found.values() for money in one.sums)
            assert {left.why: (left.rows, left.minor) for left in found["gift_cards"].left} == {
                "card_off": (1, 500),
                "card_rounded": (1, 700),
            }
            assert found["customers"].counts["joined"] == 1
            assert [question.id for question in found["customers"].questions] == ["member", "owed"]
            assert {left.why: left.minor for left in found["customers"].left} == {
                "balance_asked": 1250,
                "phone": 0,
                "email": 0,
            }
            assert found["catalogue"].counts["variants"] == 1

    run(scenario())


def test_one_job_takes_everything_and_another_takes_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            files = bring_all(shop, tmp_path)
            head = shop.head.seq
            dry, notes = await moved(shop, MoveIn(files, dry_run=True), clock)
            assert shop.head.seq == head, "a dry run changes nothing"
            said = next(note for note in notes if note.reason == "moved_sales")
            assert said.values == {"taken_minor": 2130, "unknown_minor": 200, "own_minor": 0}
            job, notes = await moved(shop, MoveIn(files), clock)
            assert dry.counts == job.counts
            assert (job.counts["new"], job.counts["customers_new"], job.counts["cards_new"]) == (3, 3, 2)
            assert [note.value for note in notes if note.reason == "moved_unknown"] == ["Old biscuit"]
            large = find_by_sku(shop.reader, "FW-L")
            assert large is not None and large.variant_of == "FW-S"
            ada = by_email(shop.reader, "ada@example.com")
            assert ada == by_phone(shop.reader, "+33199000001") and ada is not None
            customer = read_customer(shop.reader, ada, shop.now_us())
            assert customer is not None and customer.name == "Ada Lovelace"
            assert customer.addresses[0].country == "FR"
            assert {(one.purpose, one.how) for one in customer.consents} == {
                ("marketing", "import"),
                ("loyalty", "import"),
            }
            assert points_of(shop.reader, ada, "points") == 120
            card = find_card(shop.reader, "gift 0001 0001 0001")
            assert card is not None and (card.balance_minor, card.expires_on) == (2500, "2030-12-31")
            assert history(shop) == {
                ("FW-S", "2026-07-18"): (1000, 0, 350),
                ("FW-L", "2026-07-18"): (2000, 0, 800),
                ("FW-L", "2026-07-19"): (0, 1000, -420),
                ("MUG", "2026-07-19"): (1000, 0, 1400),
            }
            again, _ = await moved(shop, MoveIn(files), clock)
            assert again.counts["customers_known"] == 3 and again.counts["cards_known"] == 2
            assert points_of(shop.reader, ada, "points") == 120, "the same file again gives nothing twice"
            card_two = find_card(shop.reader, "GIFT-0002-0002-0002")
            assert card_two is not None and card_two.balance_minor == 1050
            await shop.do(SpendCard(card_two.id, 50), SYSTEM)
            back, notes = await moved(shop, TakeBackMove(job.id), clock)
            assert back.counts["customers_back"] == 3
            assert ("0002", "card_used") in [(note.field or note.value, note.reason) for note in notes]
            assert by_email(shop.reader, "ada@example.com") is None
            emptied = find_card(shop.reader, "GIFT-0001-0001-0001")
            assert emptied is not None and emptied.balance_minor == 0
            gone = find_by_sku(shop.reader, "MUG")
            assert gone is None or shop.reader.execute("SELECT retired_us FROM product WHERE sku = 'MUG'").fetchone()[0]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_dry_run_of_two_days_says_what_both_give_together(tmp_path: Path) -> None:
    """What is in both files is new once, and the later file's word counts."""
    later = CATALOGUE.replace("4.20", "4.50").replace("Mug,Regular", "Big mug,Regular")
    more = "T4,Tea,Regular,TEA,,Hot drinks,,3.00,,,0.50\n"
    people = CUSTOMERS + "Dan,Doe,dan@example.com,,,,,,,0,\n"
    days = (("catalogue", CATALOGUE), ("catalogue", later + more), ("customers", CUSTOMERS), ("customers", people))
    cards = (("gift_cards", CARDS), ("gift_cards", CARDS))

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            answers = {"member": "no_points", "owed": "owes", "account": "pay_off"}
            files = tuple(
                MovedFile(str(brought(shop, tmp_path, f"export 2026-11-0{n + 1}.csv", text)), kind, answers)
                for n, (kind, text) in enumerate((*days, *cards))
            )
            dry, _ = await moved(shop, MoveIn(files, dry_run=True), clock)
            counts = {name: dry.counts[name] for name in ("new", "same", "price", "changed")}
            assert counts == {"new": 4, "same": 1, "price": 1, "changed": 1}
            assert (dry.counts["customers_new"], dry.counts["cards_new"]) == (4, 2)
            job, _ = await moved(shop, MoveIn(files), clock)
            assert {name: count for name, count in job.counts.items() if count} == {
                name: count for name, count in dry.counts.items() if count
            }

    run(scenario())


def test_who_was_known_keeps_what_is_known_and_gets_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            known = await shop.do(SetCustomer(name="A. Lovelace", email="ada@example.com"), SYSTEM)
            assert isinstance(known, Done)
            files = tuple(one for one in bring_all(shop, tmp_path) if one.kind == "customers")
            job, _ = await moved(shop, MoveIn(files), clock)
            customer = read_customer(shop.reader, known.result, shop.now_us())
            assert customer is not None
            assert (customer.name, customer.phone) == ("A. Lovelace", "+33199000001")
            await moved(shop, TakeBackMove(job.id), clock)
            customer = read_customer(shop.reader, known.result, shop.now_us())
            assert customer is not None
            assert (customer.name, customer.phone, customer.addresses) == ("A. Lovelace", "", ())
            assert points_of(shop.reader, known.result, "points") == 0

    run(scenario())


OWING = """\
Name,Email,Amount Owed,Store Credit
Ada Owes,ada@example.com,"1,012.50",
Bob Has,bob@example.com,,20.00
Bob Has,bob@example.com,,20.00
Cy Both,cy@example.com,30.00,5.00
Dan Odd,dan@example.com,1.005,
Eve Text,eve@example.com,a lot,
,,7.00,
"""


def test_balances_of_accounts_open_accounts_and_book_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            path = brought(shop, tmp_path, "x.csv", OWING)
            (one,) = look(shop, tmp_path, path)
            assert one.look is not None and [ask.id for ask in one.look.questions] == ["account"]
            assert [(sum_.file_minor, sum_.taken_minor, sum_.left_minor) for sum_ in one.look.sums] == [
                (105_051, 104_250, 801),
                (4_500, 2_500, 2_000),
            ]
            assert {left.why: (left.rows, left.minor) for left in one.look.left} == {
                "balance_twice": (1, 2_000),
                "amount": (2, 101),
                "nobody": (1, 700),
            }
            file = MovedFile(str(path), "customers", {"account": "pay_later"})
            dry, notes = await moved(shop, MoveIn((file,), dry_run=True), clock)
            job, _ = await moved(shop, MoveIn((file,)), clock)
            assert dry.counts == job.counts and job.counts["balances_new"] == 3
            said = next(note for note in notes if note.reason == "moved_balances")
            assert said.values == {"owed_minor": 103_750, "credit_minor": 2_000}
            again, notes = await moved(shop, MoveIn((file,)), clock)
            assert again.state == "done" and not [note for note in notes if note.reason.startswith("customer_balance")]
            assert standings(shop) == {"Ada Owes": (101_250, None), "Bob Has": (-2_000, 0), "Cy Both": (2_500, None)}
            booked = list(entries(facts(shop.reader, shop.registry)))
            assert booked == [], "the old books say it"
            cy = by_email(shop.reader, "cy@example.com")
            assert cy is not None and isinstance(await shop.do(ReceivePayment(cy, 100), SYSTEM), Done)
            _, notes = await moved(shop, TakeBackMove(job.id), clock)
            assert [note.reason for note in notes] == ["customer_balance_used"]
            assert standings(shop) == {"Cy Both": (2_400, None)}
            assert by_email(shop.reader, "ada@example.com") is None
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_who_stays_keeps_what_they_owe(tmp_path: Path) -> None:
    """After the move one has bought, one has an order, one was charged, one part-paid a basket; one did nothing."""
    names = ("Ada", "Bob", "Cy", "Dan", "Eve")
    rows = "".join(f"{name},{name.lower()}@example.com,500.00\n" for name in names)

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock()) as shop:
            path = brought(shop, tmp_path, "x.csv", f"Name,Email,Amount Owed\n{rows}")
            job, _ = await moved(shop, MoveIn((MovedFile(str(path), "customers", {"account": "pay_later"}),)), clock)
            ids = {name: by_email(shop.reader, f"{name.lower()}@example.com") or "" for name in names}
            await done(shop, SellBasket((LineSold(MILK),), (TenderGiven("card"),), customer=ids["Ada"]))
            await done(shop, MoveStock("received", (Moved("milk", 9_000),)), SYSTEM)
            cart = (await done(shop, OpenCart("api"), SYSTEM)).result
            shown = (await done(shop, AddToCart(cart.id, sku="milk"), SYSTEM)).result
            await done(shop, PlaceOrder(cart.id, shown.total_minor, customer=ids["Bob"]), SYSTEM)
            await done(shop, ChargeAccount(ids["Cy"], 400), SYSTEM)
            await done(shop, AddLine(MILK))
            await done(shop, UseCustomer(ids["Dan"]))
            await done(shop, Pay("cash", 100))
            _, notes = await moved(shop, TakeBackMove(job.id), clock)
            stay = {note.field or note.value: note.reason for note in notes}
            assert stay == {ids[name]: "customer_bought" for name in names[:4]}
            owed = {name: (50_400 if name == "Cy" else 50_000, None) for name in names[:4]}
            assert standings(shop) == owed, "who stays owes as before"
            assert by_email(shop.reader, "eve@example.com") is None
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_balance_that_could_mean_either_is_asked(tmp_path: Path) -> None:
    text = "Name,Email,Balance\nAda,ada@example.com,-12.50\nBob,bob@example.com,0\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            path = brought(shop, tmp_path, "x.csv", text)
            (one,) = look(shop, tmp_path, path, "customers", form="day_first")
            assert one.look is not None and [ask.id for ask in one.look.questions] == ["owed"]
            assert (one.look.sums[0].taken_minor, one.look.sums[0].left_minor) == (0, -1250)
            answers = {"owed": "has_credit", "account": "pay_off"}
            (one,) = look(shop, tmp_path, path, "customers", **answers)
            assert one.look is not None and (one.look.questions, one.look.sums[0].left_minor) == ((), 0)
            await moved(shop, MoveIn((MovedFile(str(path), "customers", answers),)), clock)
            assert standings(shop) == {"Ada": (1_250, 0)}

    run(scenario())


def test_credit_alone_is_asked_too_because_it_is_a_debt_in_odoo(tmp_path: Path) -> None:
    text = "id,name,email,phone,credit\n7,Ada,ada@example.com,+33 1 99 00 00 01,500.00\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            path = brought(shop, tmp_path, "x.csv", text)
            (one,) = look(shop, tmp_path, path)
            assert one.look is not None and one.look.kind == "customers"
            assert [(ask.id, ask.heading) for ask in one.look.questions] == [("owed", "credit")]
            assert (one.look.sums[0].taken_minor, one.look.sums[0].left_minor) == (0, 50_000)
            answers = {"owed": "owes", "account": "pay_off"}
            (one,) = look(shop, tmp_path, path, "customers", **answers)
            assert one.look is not None and (one.look.questions, one.look.sums[0].left_minor) == ((), 0)
            await moved(shop, MoveIn((MovedFile(str(path), "customers", answers),)), clock)
            assert standings(shop) == {"Ada": (50_000, 0)}

    run(scenario())


def standings(shop: CommandBus) -> dict[str, tuple[int, int | None]]:
    """What customers with an account owe, and their limits."""
    return {one.name: (one.balance_minor, one.account.limit_minor) for one in read_accounts(shop.reader, "2026-12-01")}


def test_what_is_not_clear_is_asked(tmp_path: Path) -> None:
    sales = "Date,Item,Quantity,Net Sales\n3/4/2026,Mug,1,14.00\n5/6/2026,Mug,1,14.00\n"
    family = "Name,Phone\nAnn,+33 1 99 00 00 03\nBen,+33 1 99 00 00 03\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "x.csv", sales)
            (one,) = look(shop, tmp_path, path)
            assert one.look is not None and [ask.id for ask in one.look.questions] == ["form"]
            (one,) = look(shop, tmp_path, path, "sales_lines", form="month_first")
            assert one.look is not None and (one.look.questions, one.look.first) == ((), "2026-03-04")
            path = brought(shop, tmp_path, "y.csv", family)
            (one,) = look(shop, tmp_path, path)
            assert one.look is not None and [ask.id for ask in one.look.questions] == ["shared"]
            for answer, count in (("join", 1), ("apart", 2)):
                (one,) = look(shop, tmp_path, path, "customers", shared=answer)
                assert one.look is not None and one.look.counts["customers"] == count
            (one,) = look(shop, tmp_path, brought(shop, tmp_path, "z.csv", "Foo,Bar\n1,2\n"))
            assert one.look is not None and [ask.id for ask in one.look.questions] == ["kind"]

    run(scenario())


def test_an_archive_is_opened_within_limits_and_wrong_files_say_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            archive = tmp_path / "all.zip"
            with zipfile.ZipFile(archive, "w") as packed:
                for name, (_, text) in FILES.items():
                    packed.writestr(f"export/{name}", text)
                packed.writestr("__MACOSX/._a.csv", "x")
            found = look(shop, tmp_path, bring(shop.path.parent, archive))
            assert [one.kind for one in found] == [kind for kind, _ in FILES.values()]
            assert [one.name for one in found] == list(FILES)
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("bomb.csv", b"0" * 8_000_000)
            (one,) = look(shop, tmp_path, bring(shop.path.parent, archive))
            assert one.why == "sheet.large"
            with zipfile.ZipFile(archive, "w") as packed:
                for number in range(40):
                    packed.writestr(f"{number}.csv", "a,b\n1,2\n")
            (one,) = look(shop, tmp_path, bring(shop.path.parent, archive))
            assert one.why == "sheet.crowded"
            for data, why in (
                (b"%PDF-1.7 x", "sheet.is_pdf"),
                (b"\xff\xd8\xff\xe0 x", "sheet.is_picture"),
                (b"\x00\x00\x00\x18ftypheic\x00\x00 a photograph of a telephone", "sheet.is_picture"),
                (b"RIFF\x24\x00\x00\x00WEBPVP8 x", "sheet.is_binary"),
                (b"\n%PDF-1.4\n%\xe2\xe3", "sheet.is_pdf"),
                (b"MZ\x90\x00\x03\x00\x00\n,\x04", "sheet.is_binary"),
                (b"", "sheet.empty"),
            ):
                file = tmp_path / "items.csv"
                file.write_bytes(data)
                (one,) = look(shop, tmp_path, bring(shop.path.parent, file))
                assert (one.look, one.why) == (None, why)

    run(scenario())


def test_a_file_that_was_cut_says_so_and_its_last_row_is_left_out(tmp_path: Path) -> None:
    whole = "".join(f"First{number},Last,c{number}@example.com,+3319900{number:04d}\n" for number in range(40))
    half = "First Name,Last Name,Email Address,Phone Number\n" + whole[: whole.index("c30@") + 6]

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            (one,) = look(shop, tmp_path, path := brought(shop, tmp_path, "half.csv", half))
            assert one.look is not None and one.look.counts["customers"] == 30
            assert [(left.why, left.rows) for left in one.look.left] == [("cut", 1)]
            job, _ = await moved(shop, MoveIn((MovedFile(str(path), "customers"),)))
            assert job.counts["customers_new"] == 30
            assert by_email(shop.reader, "c30@ex") is None and by_email(shop.reader, "c29@example.com") is not None
            with zipfile.ZipFile(archive := tmp_path / "all.zip", "w") as packed:
                packed.writestr("a.csv", whole)
            archive.write_bytes(archive.read_bytes()[:-60])
            (one,) = look(shop, tmp_path, bring(shop.path.parent, archive))
            assert (one.look, one.why) == (None, "sheet.damaged")

    run(scenario())


def test_a_file_that_is_gone_when_its_turn_comes_ends_the_move_before_anything_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "c.csv", CUSTOMERS)
            (one,) = look(shop, tmp_path, path)
            path.write_bytes(b"%PDF-1.7 something else by now")
            command = MoveIn((MovedFile(str(path), "customers", {"member": "members"}, one.stamp),))
            done = await shop.do(command, SYSTEM)
            assert isinstance(done, Done), done
            async with job_runner(shop):
                job = await until(shop, done.result)
            assert (job.state, job.message) == ("failed", "switching.changed_since")
            assert by_email(shop.reader, "ada@example.com") is None

    run(scenario())


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_looked_at_and_summed(tmp_path: Path) -> None:
    header = "Date,Time,Item,Qty,SKU,Net Sales,Transaction ID,Event Type\n"
    rows = "".join(
        f"2026-0{1 + number % 6}-11,12:00:00,Mug,1,MUG,14.00,T{number},Payment\n" for number in range(200_000)
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            (one,) = look(shop, tmp_path, brought(shop, tmp_path, "large.csv", header + rows))
            assert one.look is not None and (one.look.kind, one.look.lines) == ("sales_lines", 200_000)
            (money,) = one.look.sums
            assert (money.taken_minor, money.difference_minor) == (280_000_000, 0)

    run(scenario())


def test_shopifys_cards_without_codes_say_why_they_stay(tmp_path: Path) -> None:
    text = (
        "Id,Last Characters,Customer Name,Email,Expires On,Initial Balance,Current Balance,Currency,Enabled?\n"
        "1,ab12,Ada,ada@example.com,,50.00,20.00,EUR,true\n"
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            (one,) = look(shop, tmp_path, brought(shop, tmp_path, "g.csv", text))
            assert one.look is not None and one.look.kind == "gift_cards"
            assert [(left.why, left.minor) for left in one.look.left] == [("card_no_code", 2000)]

    run(scenario())


def test_only_a_move_that_ended_is_taken_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            refused = await shop.do(TakeBackMove(77), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "import_unknown"
            queued = await shop.do(MoveIn(bring_all(shop, tmp_path)), SYSTEM)
            assert isinstance(queued, Done)
            refused = await shop.do(TakeBackMove(queued.result), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "import_running"

    run(scenario())


def test_lines_of_receipts_count_as_their_systems_mean_them(tmp_path: Path) -> None:
    """A refund that says how much, a cancelled line, an order whose first row alone has its day, rows of payments."""
    loyverse = (
        "Date,Receipt number,Receipt type,SKU,Item,Quantity,Net sales,Status\n"
        "7/28/26 1:33 PM,1,Sale,c,Cola,2.000,2.80,Closed\n"
        "7/28/26 1:35 PM,2,Refund,c,Cola,1.000,1.40,Closed\n"
        "7/28/26 1:36 PM,3,Sale,c,Cola,1.000,1.40,Cancelled\n"
    )
    shopify = (
        "Name,Financial Status,Paid at,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem discount\n"
        "#1,paid,2026-07-01 10:00:00 -0400,52.80,2,Tee - S,19.90,0.00\n"
        "#1,,,,1,Mug,14.00,1.00\n"
        "#2,refunded,2026-07-02 10:00:00 -0400,14.00,1,Mug,14.00,0.00\n"
    )
    lightspeed = (
        "Date,Receipt Number,Line Type,Quantity,Subtotal,Total,Details,Status,Sku\n"
        "2026-07-28 13:30:00,101,Sale,3,30.00,33.00,,Closed,\n"
        "2026-07-28 13:30:00,101,Sale Line,2,20.00,22.00,Tee,,TEE\n"
        "2026-07-28 13:30:00,101,Sale Line,1,10.00,11.00,Mug,,MUG\n"
        "2026-07-28 13:30:00,101,Payment,,,33.00,Cash,,\n"
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            for text, taken, whys in (
                (loyverse, 140, {"cancelled": 140}),
                (shopify, 5280, {"given_back": 1400}),
                (lightspeed, 3000, {"not_goods": 0}),
            ):
                (one,) = look(shop, tmp_path, brought(shop, tmp_path, "x.csv", text))
                assert one.look is not None and one.look.kind == "sales_lines", one
                assert {left.why: left.minor for left in one.look.left} == whys
                (sums,) = one.look.sums
                assert (sums.taken_minor, sums.left_minor, sums.difference_minor) == (taken, sum(whys.values()), 0)

    run(scenario())


def test_the_total_of_an_order_on_each_of_its_lines_counts_once(tmp_path: Path) -> None:
    text = """\
Order number,Completed On,Item,Qty,Price,Currency,Subtotal,Total
1,"Nov 3, 2026",Tee,2,19.95,EUR,59.85,71.82
1,"Nov 3, 2026",Mug,1,19.95,EUR,59.85,71.82
2,"Nov 4, 2026",Mug,1,19.95,EUR,19.95,23.94
"""

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            (one,) = look(shop, tmp_path, brought(shop, tmp_path, "x.csv", text))
            assert one.look is not None and (one.look.kind, one.look.first) == ("sales_lines", "2026-11-03")
            assert [(sum_.file_minor, sum_.left_minor) for sum_ in one.look.sums] == [(7_980, 0)]

    run(scenario())


STAFF = (
    "Employee name,Email,Phone,Role,POS PIN,Status\n"
    "Ada Lovelace,ada@example.com,+33 1 99 00 00 01,Store manager,4711,Active\n"
    "Bob Byron,,12,Barista,0815,Active\n"
    "Cleo Clerk,,,Barista,,Active\n"
    "Ada Lovelace,ADA@example.com,,Cashier,,Active\n"
    "Carl Old,carl@example.com,,Cashier,,Inactive\n"
)


def test_staff_come_with_the_roles_that_the_user_says_and_without_a_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            path = brought(shop, tmp_path, "s.csv", STAFF)
            (one,) = look(shop, tmp_path, path)
            assert one.look is not None and one.look.kind == "staff"
            proposed = [(user.name, user.role, user.email, user.phone) for user in one.look.staff]
            assert proposed == [
                ("Ada Lovelace", "", "ada@example.com", "+33199000001"),
                ("Bob Byron", "", "", ""),
                ("Cleo Clerk", "", "", ""),
            ]
            questions = [(asked.id, asked.choices, asked.rows) for asked in one.look.questions]
            assert questions == [
                ("role:Store manager", ("manager", "cashier", "leave"), 1),
                ("role:Barista", ("cashier", "manager", "leave"), 2),
            ]
            left = {left.why: left.rows for left in one.look.left}
            assert left == {"staff_pin": 2, "staff_contact": 1, "staff_twice": 1, "staff_gone": 1, "role_asked": 3}
            assert "4711" not in str(one.look), "no PIN leaves the process that reads"
            file = MovedFile(str(path), "staff", {"role:Store manager": "manager", "role:Barista": "cashier"})
            dry, _ = await moved(shop, MoveIn((file,), dry_run=True), clock)
            assert not read_users(shop.reader)
            job, _ = await moved(shop, MoveIn((file,)), clock)
            assert dry.counts == job.counts and job.counts["users_new"] == 3
            people = {user.name: (user.role, user.has_pin, user.email) for user in read_users(shop.reader)}
            assert people == {
                "Ada Lovelace": ("manager", False, "ada@example.com"),
                "Bob Byron": ("cashier", False, ""),
                "Cleo Clerk": ("cashier", False, ""),
            }
            again, _ = await moved(shop, MoveIn((file,)), clock)
            assert again.counts["users_known"] == 3 and len(read_users(shop.reader)) == 3
            (ada,) = (user for user in read_users(shop.reader) if user.email)
            hash = SetUser(ada.id, ada.name, ada.role, hash_pin("739481"))
            assert isinstance(await shop.do(hash, SYSTEM), Done)
            back, notes = await moved(shop, TakeBackMove(job.id), clock)
            assert back.counts["users_back"] == 3
            assert [note.reason for note in notes if note.value == ada.id] == ["user_signs_in"]
            assert [user.name for user in read_users(shop.reader)] == ["Ada Lovelace"], "who has a PIN by now stays"

    run(scenario())


# Odoo's export of point-of-sale categories has the path as "Complete Name" (odoo.com/documentation, Export data), and
# WooCommerce's lists of categories have the parent's slug.
CATEGORIES = {
    "odoo": "External ID,Complete Name\nx.1,All\nx.2,All / Drinks\nx.3,All / Drinks / Tea\nx.4,All / Food\n",
    "parents": "Category Name,Slug,Parent Category\nTea,tea,drinks\nDrinks,drinks,\nFood,food,0\nDrinks,drinks,\n",
}


@pytest.mark.parametrize("system", [*CATEGORIES])
def test_categories_come_below_their_parents_before_the_products(tmp_path: Path, system: str) -> None:
    goods = "Item Name,SKU,Category,Price\nGreen tea,GT,Tea,3.00\nBread,BR,Food,2.00\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            (one,) = look(shop, tmp_path, brought(shop, tmp_path, "c.csv", CATEGORIES[system]))
            assert one.look is not None and (one.kind, one.look.counts) == ("categories", {"categories": 3, "below": 1})
            products = MovedFile(str(brought(shop, tmp_path, "p.csv", goods)), "catalogue")
            files = (products, MovedFile(one.path, "categories"))
            dry, _ = await moved(shop, MoveIn(files, dry_run=True), clock)
            job, _ = await moved(shop, MoveIn(files), clock)
            assert dry.counts["categories"] == job.counts["categories"] == 3
            parents = {one.id: one.parent for one in read_categories(shop.reader)}
            assert parents == {"drinks": "", "drinks.tea": "drinks", "food": ""}
            tea = find_by_sku(shop.reader, "GT")
            assert tea is not None and tea.category == "drinks.tea"
            await moved(shop, TakeBackMove(job.id), clock)
            assert not read_categories(shop.reader)

    run(scenario())


# The product file is as Square writes it, with a column for each set (squareup.com/help, Import items online). The
# options' headings are those of Acadia POS (docs.acadiapos.com, Import products, categories and modifiers) with the
# limits as Toast's bulk import names them (doc.toasttab.com, Creating modifiers with the advanced template).
MODIFIED = """\
Token,Item Name,Variation Name,SKU,Category,Price,Modifier Set - Milk,Modifier Set - Extras
T1,Latte,Regular,LAT,Coffee,4.00,Y,Y
T2,Tea,Regular,TEA,Tea,3.00,Y,N
T3,Mug,Regular,MUG,Home,14.00,,
"""
MODIFIERS = """\
ModifierGroupName,ModifierName,Price,Min Selections,Max Selections,Default
Milk,Whole,0.00,1,1,Y
Milk,Oat,0.50,1,1,
Extras,Extra shot,0.80,,,
Extras,Syrup,€0.60,,,
Extras,Discount,-1.00,,,
"""


def test_modifiers_become_groups_of_the_products_that_have_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            (goods,) = look(shop, tmp_path, brought(shop, tmp_path, "p.csv", MODIFIED))
            (options,) = look(shop, tmp_path, brought(shop, tmp_path, "m.csv", MODIFIERS))
            assert goods.look is not None and options.look is not None
            assert (goods.kind, options.kind) == ("catalogue", "modifiers")
            assert "modifier_sets" in goods.look.rules and options.look.rules == ("modifiers", "modifiers_free")
            assert options.look.counts == {"modifier_sets": 2, "modifiers": 4}
            assert {one.why: one.rows for one in options.look.left} == {"modifier_price": 1}
            files = (MovedFile(options.path, "modifiers"), MovedFile(goods.path, "catalogue"))
            dry, _ = await moved(shop, MoveIn(files, dry_run=True), clock)
            assert not read_groups(shop.reader)
            job, _ = await moved(shop, MoveIn(files), clock)
            assert dry.counts == job.counts and job.counts["modifiers_new"] == 2
            extras, milk = read_groups(shop.reader)
            assert (milk.least, milk.most, milk.products) == (1, 1, ("LAT", "TEA"))
            said = [(one.names["en"], one.price_minor, one.preset) for one in milk.modifiers]
            assert said == [("Whole", 0, True), ("Oat", 50, False)]
            assert (extras.least, extras.most, extras.products) == (0, 2, ("LAT",))
            again, _ = await moved(shop, MoveIn(files), clock)
            assert again.counts["modifiers_known"] == 2
            assert isinstance(await shop.do(SetModifierGroup(replace(milk, place=3)), SYSTEM), Done)
            back, notes = await moved(shop, TakeBackMove(job.id), clock)
            assert back.counts["modifiers_back"] == 1
            assert [note.value for note in notes if note.reason == "modifiers_changed"] == ["milk"]
            assert [one.id for one in read_groups(shop.reader)] == ["milk"], "a group that was changed since stays"

    run(scenario())


def test_rows_of_systems_without_a_template_come_to_the_cent(tmp_path: Path) -> None:
    """Headings of the systems' own reports, with made-up rows: what is taken and left out is what the file has."""
    files: tuple[tuple[FileKind, str, int, dict[str, int]], ...] = (
        (  # Zettle
            "sales_lines",
            "Date,Receipt number,Name,Variant,Quantity,SKU,Price,Discount,Final price (EUR),Final tax\n"
            "2026-07-28 13:30,1,Cola,,2,c,1.40,0.20,2.60,0.43\n"
            "2026-07-28 13:35,2,Cola,,-1,c,1.40,0.00,-1.40,-0.23\n",
            120,
            {},
        ),
        (  # QuickBooks POS
            "sales_lines",
            "Date,Receipt #,Cashier,Item #,Item Name,Qty Sold,Ext Price,Receipt Type\n"
            "7/28/2026,101,Ada,17,Cola,2,2.80,Sales\n7/28/2026,102,Ada,17,Cola,1,1.40,Return\n",
            140,
            {},
        ),
        (  # Revel
            "sales_lines",
            "Order ID,Created Date,Station,Product Name,SKU,Quantity,Price,Discount Amount,Voided\n"
            "1,07/28/2026 01:33 PM,1,Cola,c,2,1.40,0.00,No\n2,07/29/2026 01:33 PM,1,Cola,c,1,1.40,0.00,Yes\n",
            280,
            {"cancelled": 140},
        ),
        (  # Epos Now
            "catalogue",
            "Id,Name,CostPrice,SalePrice,CategoryName,Barcode,ArticleCode\n1,Cola,0.50,1.40,Drinks,,COLA\n",
            140,
            {},
        ),
        (  # PrestaShop
            "catalogue",
            "Product ID;Name;Reference;Price (tax excl.);Price (tax incl.);Quantity\n1;Cola;COLA;1,17;1,40;12\n",
            140,
            {},
        ),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            for kind, text, taken, left in files:
                (one,) = look(shop, tmp_path, brought(shop, tmp_path, "x.csv", text))
                assert one.look is not None and one.look.kind == kind, one
                money = one.look.sums[0]
                assert (money.taken_minor, money.left_minor, money.difference_minor) == (taken, sum(left.values()), 0)
                assert {why.why: why.minor for why in one.look.left} == left

    run(scenario())


def test_answers_about_a_file_that_changed_since_are_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "c.csv", CUSTOMERS)
            (seen,) = look(shop, tmp_path, path)
            answered = MovedFile(str(path), "customers", {"member": "members"}, seen.stamp)
            path.write_text(CUSTOMERS.replace("120", "990"), "utf-8")
            settings = switching_settings(config(tmp_path, CONFIG))
            assert look_at_file(settings, answered, NOW_US).why == "switching.changed_since"
            queued = await shop.do(MoveIn((answered,)), SYSTEM)
            assert isinstance(queued, Done)
            async with job_runner(shop):
                job = await until(shop, queued.result)
            assert (job.state, job.message) == ("failed", "switching.changed_since"), job
            assert by_email(shop.reader, "ada@example.com") is None

    run(scenario())


def test_money_of_another_currency_is_refused_or_left_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            other = brought(shop, tmp_path, "a.csv", SALES.replace("Net Sales", "Net Sales USD"))
            (refused,) = look(shop, tmp_path, other)
            assert (refused.why, refused.values["found"]) == ("ingest.currency", "USD")
            own = shop_currency(tmp_path)
            lines = SALES.replace("$", "").splitlines()
            mixed = [f"{lines[0]},Currency", *(f"{line},{own}" for line in lines[1:-1]), f"{lines[-1]},XPF"]
            (found,) = look(shop, tmp_path, brought(shop, tmp_path, "b.csv", "\n".join(mixed)))
            assert found.look is not None, found
            assert {one.why: (one.rows, one.minor) for one in found.look.left} == {"other_currency": (1, 200)}

    run(scenario())


def shop_currency(folder: Path) -> str:
    return switching_settings(config(folder, CONFIG)).imports.currency
