"""Money in DSFinV-K that no paper of the till moves; a drawer comes to nothing with its shift."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from edge.accounting.accounts.account import TENDER
from edge.accounting.accounts.commands import ReceivePayment, UndoPayment
from edge.accounting.fiscal.authority_files import MadeFile
from edge.accounting.fiscal.law_check import check_laws
from edge.core.command_bus import CommandBus
from edge.counter.bottle_deposits.commands import ReturnedBottles, TakeBottles, UndoBottles
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift
from edge.counter.till.commands import AddLine, Pay, PrintReport, TenderGiven, UseCustomer
from edge.goods.catalog.commands import SetProducts
from edge.ordering.delivery.commands import HandInCash
from edge.ordering.orders.commands import HandOverOrder
from tests.accounts import OFFICE, OWNER, on_account
from tests.fiscal_shop import GERMANY, authorities, begin, made
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, signing
from tests.flow.accounting.test_fiscal_germany import cents, table
from tests.flow.counter.test_bottle_deposits import LIMONADE
from tests.flow.ordering.test_driver_cash import out
from tests.ordering import STAFF
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, agreed, config, done, open_shop, run

LIMO = "2000000000046"


async def sold(shop: CommandBus, by: str, customer: str = "") -> None:
    if customer:
        await done(shop, UseCustomer(customer))
    await agreed(shop, AddLine(LIMO), CASHIER)
    await agreed(shop, Pay(by), CASHIER)


async def a_day_of_money(shop: CommandBus) -> None:
    """A lemonade is 2.25 with its deposit of 0.25."""
    await done(shop, SetProducts((LIMONADE,)), SYSTEM)
    customer = await on_account(shop)
    await done(shop, OpenShift(10_000), CASHIER)
    await sold(shop, "cash")
    for _ in range(4):
        await sold(shop, TENDER, customer)
    for tender in ("cash", "card", "transfer", "cash"):
        await done(shop, ReceivePayment(customer, 225, tender), OFFICE)
    await done(shop, UndoPayment(4, "bounced"), OWNER)
    await done(shop, TakeBottles((ReturnedBottles("limo", 4),)), CASHIER)
    await done(shop, TakeBottles((ReturnedBottles("limo", 3),), "paper"), CASHIER)
    await done(shop, TakeBottles((ReturnedBottles("limo", 2),)), CASHIER)
    await done(shop, UndoBottles(3), OWNER)
    order = await out(shop)
    await done(shop, HandOverOrder(order.id, (TenderGiven("cash", 600),)), STAFF)
    await done(shop, HandInCash("u1", 500), CASHIER)
    await done(shop, MoveCash("payout", 300, "stamps"), MANAGER)
    await done(shop, CloseShift(counted_minor=10_565), CASHIER)
    await agreed(shop, PrintReport("z"), MANAGER)


def by_case(file: MadeFile) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for row in table(file, "businesscases"):
        sums[row["GV_TYP"]] += cents([row], "Z_UMS_BRUTTO")
    return dict(sums)


def test_money_of_accounts_bottles_and_drivers_is_told_and_a_shift_comes_to_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=GERMANY) as shop:
            await begin(shop, "de")
            await a_day_of_money(shop)
            files = authorities(shop, config(tmp_path, GERMANY), signing(tmp_path))
            file = await made(shop, files, "de", DAY, DAY, NEXT)
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]
            found = by_case(file)
            assert (found["Forderungsentstehung"], found["Forderungsaufloesung"]) == (-900, 450), "none by transfer"
            assert (found["Pfand"], found["PfandRueckzahlung"]) == (125, -175)
            assert found["Umsatz"] == 5 * 200 + 540
            assert found["Anfangsbestand"] == 10_000
            assert found["Auszahlung"] == -300
            assert found["DifferenzSollIst"] == 15
            assert found["Geldtransit"] == -540 + 500 - 10_565
            paid = {row["ZAHLART_NAME"]: cents([row], "Z_ZAHLART_BETRAG") for row in table(file, "payment")}
            assert paid == {"Bar": 0, "Karte": 225, "Guthaben": -75}, "all cash of a shift goes with its end"
            undone = [row for row in table(file, "transactions") if row["BON_STORNO"] == "1"]
            assert sorted(cents([row], "UMS_BRUTTO") for row in undone) == [-225, 50]
            (bottle,) = [row for row in table(file, "lines") if row["MENGE"].startswith("-4")]
            assert (bottle["GV_TYP"], bottle["ART_NR"], bottle["STK_BR"]) == ("PfandRueckzahlung", "limo", "0,25000")

    run(scenario())
