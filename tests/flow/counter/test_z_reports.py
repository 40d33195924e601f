"""A Z report closes: it has a number, counts from the last one to now, and begins all again but the grand total."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import pysqlite3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.core.secrets import keys
from edge.core.secrets.store import FILE as SECRETS
from edge.core.secrets.store import KEY_FILE
from edge.counter.basket.event_structs import GivenBack
from edge.counter.shifts.commands import OpenDrawer
from edge.counter.till.closing.z_signature import FILE_BEFORE, NAME, read_z_signature
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    OverridePrice,
    Pay,
    PrintReport,
    ReprintReceipt,
    ReprintReport,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.events import BasketAbandoned, ReportPrinted, ReportReprinted
from edge.counter.till.queries import read_z_reports
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.lib.errors import NeedsHuman
from edge.runtime.secrets import secrets_of
from tests.shop_fixture import CONFIG, MANAGER, MILK, FakeClock, agreed, config, done, open_shop, run


def in_a_shop(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path, text: str = CONFIG) -> None:
    """A scenario, behind which the ledger verifies."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, text=text) as shop:
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def sell(shop: CommandBus, kind: str = "cash") -> None:
    await done(shop, AddLine(MILK))
    await done(shop, Pay(kind))  # type: ignore[arg-type]


async def report(shop: CommandBus, kind: str) -> ReportPrinted:
    (event,) = (await done(shop, PrintReport(kind), MANAGER)).events  # type: ignore[arg-type]
    assert isinstance(event, ReportPrinted)
    return event


def rows(shop: CommandBus, kind: str = "report") -> list[str]:
    """The register's newest paper of a kind, line by line."""
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    return [" ".join(line.split()) for line in plain_text(job.document).splitlines()]


def test_a_z_closes_and_the_next_begins_at_zero(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        began_us = clock.at_us
        await sell(shop)
        clock.advance(86_400)  # midnight is nothing to it
        await sell(shop, "card")
        first = await report(shop, "z")
        assert (first.number, first.sales, first.total_minor, first.grand_total_minor) == (1, 2, 240, 240)
        assert first.since_us == began_us
        assert "Z REPORT 1" in rows(shop)
        closed_us = clock.at_us
        clock.advance(60)
        empty = await report(shop, "z")
        assert (empty.number, empty.sales, empty.total_minor, empty.grand_total_minor) == (2, 0, 0, 240)
        assert empty.since_us == closed_us
        await sell(shop)
        third = await report(shop, "z")
        assert (third.number, third.sales, third.total_minor, third.grand_total_minor) == (3, 1, 120, 360)
        assert [(z.number, z.total_minor) for z in read_z_reports(shop.reader, "1")] == [(3, 120), (2, 0), (1, 240)]

    in_a_shop(scenario, tmp_path)


def test_an_x_looks_and_changes_nothing(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sell(shop)
        one, two = await report(shop, "x"), await report(shop, "x")
        assert one == two
        assert (one.number, one.total_minor) == (0, 120)
        assert (await report(shop, "z")).total_minor == 120

    in_a_shop(scenario, tmp_path)


def test_counts_only_grow_and_a_void_takes_back_sums(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, AddLine("2000000000015", quantity=1000))
        await done(shop, OverridePrice(1, 100, "dented"), MANAGER)
        await done(shop, VoidLine(2))
        await done(shop, Pay("cash"))
        await done(shop, VoidLastSale(), MANAGER)
        await done(shop, ReprintReceipt(1))
        await done(shop, OpenDrawer("change"))
        await report(shop, "z")
        said = rows(shop)
        for line in ("Sales 1 1.00", "Voids 1 -1.00", "TOTAL 0.00 EUR", "Voided lines 1", "Price overrides 1"):
            assert line in said, said
        for line in ("Copies printed 1", "Drawer opened without a sale 1", "Cash taken 0.00"):
            assert line in said, said
        await report(shop, "z")
        assert "Voided lines 0" in rows(shop)
        assert "Drawer opened without a sale 1" not in rows(shop)

    in_a_shop(scenario, tmp_path)


def test_a_cleared_basket_is_on_the_report_and_what_was_paid_goes_back_tender_by_tender(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, AbandonBasket())
        await done(shop, AddLine(MILK))
        await done(shop, AddLine(MILK))
        await done(shop, Pay("card", 100, "A1"))
        await done(shop, Pay("cash", 40))
        (event,) = (await done(shop, AbandonBasket())).events
        assert isinstance(event, BasketAbandoned)
        assert event.tenders == (GivenBack("card", 100, "A1", 1), GivenBack("cash", 40, of=2))
        assert (event.returned_minor, event.total_minor) == (140, 240)
        said = rows(shop, "receipt")
        assert [row for row in said if "Refunded" in row] == ["Refunded to card A1 -1.00", "Refunded in cash -0.40"]
        await report(shop, "x")
        assert "Baskets cleared 2 3.60" in rows(shop)
        assert "TOTAL 0.00 EUR" in rows(shop)

    in_a_shop(scenario, tmp_path)


def test_no_z_while_a_basket_is_part_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, Pay("card", 100))
        assert await shop.do(PrintReport("z"), MANAGER) == Refused("already_paying", {"paid_minor": 100})
        await report(shop, "x")
        assert "Partly paid, not finished 1.00" in rows(shop)
        await done(shop, Pay("cash"))
        assert (await report(shop, "z")).number == 1

    in_a_shop(scenario, tmp_path)


def test_a_z_is_printed_again_as_a_copy_with_its_old_text(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sell(shop)
        await report(shop, "z")
        original = rows(shop)
        clock.advance(3600)
        await sell(shop)
        copied = await shop.do(ReprintReport(1), MANAGER)
        assert isinstance(copied, Done)
        assert copied.events == (ReportReprinted(1, 1),)
        again = rows(shop)
        assert "COPY 1" in again
        assert [row for row in again if row != "COPY 1"] == original
        await done(shop, ReprintReport(), MANAGER)
        assert "COPY 2" in rows(shop)
        assert await shop.do(ReprintReport(9), MANAGER) == Refused("no_such_report", {"number": 9})
        second = await report(shop, "z")
        assert (second.number, second.sales, second.sums and second.sums.copies) == (2, 1, 2)

    in_a_shop(scenario, tmp_path)


def test_a_sale_of_nothing_has_a_number_and_opens_no_drawer(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await agreed(shop, OverridePrice(1, 0, "a gift"), MANAGER)
        (sale,) = (await done(shop, Pay("cash", 500))).events[:1]
        assert (sale.number, sale.tenders, sale.change_minor) == (1, (), 0)  # type: ignore[attr-defined]
        assert last_print_job(shop.reader, "1", "drawer") is None

    in_a_shop(scenario, tmp_path)


def test_cash_that_no_coin_can_make_is_refused(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        refused = Refused("no_such_coin", {"given_minor": 68, "coin_minor": 5})
        assert await shop.do(Pay("cash", 68), MANAGER) == refused
        await done(shop, Pay("card", 68))
        await done(shop, Pay("cash", 50))

    in_a_shop(scenario, tmp_path, CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5'))


def test_a_z_is_signed_by_the_box_and_what_is_changed_is_found_out(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sell(shop)
        look = await report(shop, "x")
        assert (look.key, look.signature) == ("", ""), "an X is no paper to keep"
        closed = await report(shop, "z")
        assert closed.signature and "Signed by this box:" in rows(shop)
        assert closed.signature in "".join(rows(shop)), "on paper, too"
        await sell(shop)
        second = await report(shop, "z")
        assert (second.key, second.number) == (closed.key, 2)
        for number in (1, 2):
            signed = read_z_signature(shop.reader, "1", number)
            assert signed is not None and signed.holds
        # by a program of somebody else's, from what the query says
        text, key, signature = (_bytes(part) for part in (signed.signed, signed.key, signed.signature))
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
        assert b'"total_minor":120' in text

    in_a_shop(scenario, tmp_path)

    async def changed() -> None:
        async with open_shop(tmp_path) as shop:
            writer = pysqlite3.connect(shop.path)
            with writer:
                writer.execute("DROP TRIGGER journal_is_append_only_u")
                writer.execute(
                    "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE seq IN"
                    " (SELECT seq FROM z_report WHERE number = 1)",
                    ('"total_minor":120', '"total_minor":12'),
                )
            writer.close()
            first, second = (read_z_signature(shop.reader, "1", number) for number in (1, 2))
            assert first is not None and second is not None
            assert (first.holds, second.holds) == (False, True)

    run(changed())


def test_a_z_that_another_key_signed_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        for number in (1, 2):
            async with open_shop(tmp_path) as shop:
                await report(shop, "z")
                found = read_z_signature(shop.reader, "1", number)
                assert found is not None and (found.holds, found.key_changed) == (True, number == 2)
            other = Ed25519PrivateKey.generate().private_bytes_raw()
            secrets_of(config(tmp_path).folder).set(NAME, base64.urlsafe_b64encode(other).decode().rstrip("="))

    run(scenario())


async def key_of_z(folder: Path) -> str:
    async with open_shop(folder) as shop:
        return (await report(shop, "z")).key


def test_the_key_of_a_z_is_in_no_file_in_clear_and_another_box_opens_it_by_the_code(tmp_path: Path) -> None:
    at_home, elsewhere = tmp_path / "here", tmp_path / "there"
    here, there = config(at_home).folder, config(elsewhere).folder
    key = run(key_of_z(at_home))
    secret = _bytes(secrets_of(here).open(NAME))
    files = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    assert not [path for path, body in files.items() if secret in body or secret.hex().encode() in body]
    assert {oct(path.stat().st_mode & 0o077) for path in files if path.name == SECRETS} == {"0o0"}
    assert NAME not in [one.name for one in secrets_of(here).list_secrets()], "nobody lists, sets or removes it"
    code = keys.read_stored_secret(here)
    assert code is not None
    keys.store(there, code)  # as `edge restore` does, with what is in each backup
    (there / SECRETS).write_bytes((here / SECRETS).read_bytes())
    assert run(key_of_z(elsewhere)) == key


def test_a_key_in_a_file_of_its_own_is_taken_over_and_overwritten(tmp_path: Path) -> None:
    made = Ed25519PrivateKey.generate()
    before = config(tmp_path).folder / FILE_BEFORE
    before.parent.mkdir(exist_ok=True)
    before.write_bytes(made.private_bytes_raw())
    with before.open("rb") as lies_there:
        assert _bytes(run(key_of_z(tmp_path))) == made.public_key().public_bytes_raw()
        assert not before.exists() and lies_there.read() == bytes(32)
    assert _bytes(run(key_of_z(tmp_path))) == made.public_key().public_bytes_raw(), "at the next start, too"


def test_a_z_without_its_key_is_refused_and_a_lost_key_has_a_successor(tmp_path: Path) -> None:
    first, folder = run(key_of_z(tmp_path)), config(tmp_path).folder
    whole = (folder / SECRETS).read_bytes()
    (folder / SECRETS).write_text("{")

    async def refused() -> None:
        async with open_shop(tmp_path) as shop:
            with pytest.raises(NeedsHuman, match="from a backup"):
                await shop.do(PrintReport("z"), MANAGER)
            assert [one.number for one in read_z_reports(shop.reader, "1")] == [1], "no number is lost"
            await sell(shop)
            (folder / SECRETS).write_bytes(whole)
            assert (await report(shop, "z")).key == first

    run(refused())
    (folder / KEY_FILE).unlink()
    keys.store(folder, keys.make())
    assert run(key_of_z(tmp_path)) != first


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
