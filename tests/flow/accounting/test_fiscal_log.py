"""France's signed log: each thing that changes or could hide money, who may do what and how the machine fares, by its
code; and what people typed or are called stands in none."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.accounting.fiscal.commands import SignLog, StartRegime
from edge.accounting.fiscal.events import LogSigned
from edge.core.command_bus import CommandBus
from edge.core.journal.epochs import begin_restored_epoch
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenDrawer, OpenShift
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    CorrectTender,
    EndTraining,
    Pay,
    PrintReport,
    StartTraining,
    VoidLine,
)
from edge.foundation.access.commands import NotePinsWrong, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import ChangePrice
from edge.operations.ledger import Ledger
from tests.fiscal_shop import DAY_S, FRANCE, JUICE, authorities, begin, close, made, of_type, sell, tell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, signing
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, agreed, config, done, open_shop, run

DANA = msgspec.structs.replace(CASHIER, name="u7", anonymous=False)
PEOPLE = msgspec.structs.replace(SYSTEM, surface="panel")
TILL = msgspec.structs.replace(SYSTEM, register="1")
BOTH = FRANCE.replace('["fr"]', '["fr", "il"]').replace('"123456789"', '"580000016"')
WANTED = {
    *("START", "STOP", "REGIME", "KEY", "SETTING", "USER", "PIN_WRONG", "TRAINING_ON", "TRAINING_OFF", "DRAWER"),
    *("LINE_STRUCK", "CLEARED", "PRICE", "TENDER", "X", "Z", "CASH", "CLOSED", "ARCHIVED"),
    *("CLOCK_DOUBTED", "INTEGRITY", "READ_ONLY"),
}
"""All codes but those of a wall clock that was set, another version, other taxes and numbers that were left out, which
have tests of their own, and those of the tests below."""


async def a_day_of_everything(shop: CommandBus) -> None:
    await done(shop, SetUser("u7", "Dana Levi", "cashier", hash_pin("4711")), SYSTEM)
    await done(shop, SetSetting("shifts.required", False), SYSTEM)
    await done(shop, NotePinsWrong(3, 60), TILL)
    await agreed(shop, StartTraining(), DANA)
    await done(shop, EndTraining(1), TILL)
    await agreed(shop, OpenShift(5_000), CASHIER)
    await done(shop, OpenDrawer("to look"), MANAGER)
    await agreed(shop, AddLine(MILK), CASHIER)
    await agreed(shop, AddLine(JUICE), CASHIER)
    await agreed(shop, VoidLine(1), MANAGER)
    await agreed(shop, Pay("cash"), CASHIER)
    await done(shop, CorrectTender(1, "card"), MANAGER)
    await agreed(shop, AddLine(MILK), CASHIER)
    await agreed(shop, AbandonBasket(), MANAGER)
    await done(shop, ChangePrice("juice", 300), PEOPLE)
    await done(shop, MoveCash("payout", 300, "stamps"), MANAGER)
    for kind in ("clock_doubted", "proof_failed", "read_only"):
        await done(shop, RaiseAlert(kind), SYSTEM)
    await agreed(shop, PrintReport("x"), MANAGER)
    await agreed(shop, CloseShift(counted_minor=4_700), CASHIER)
    await agreed(shop, PrintReport("z"), MANAGER)


def test_everything_that_the_law_asks_about_is_in_the_log_by_its_code(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await done(shop, SignLog(started=True), SYSTEM)
            await a_day_of_everything(shop)
            clock.advance(DAY_S)
            await sell(shop)
            await close(shop)
            await tell(shop)
            files = authorities(shop, config(tmp_path, FRANCE), signing(tmp_path))
            await made(shop, files, "fr", DAY, DAY, "2027-01-17")
            await done(shop, SignLog(stopped=True), SYSTEM)
            await tell(shop)
            told = [one for log in of_type(shop, LogSigned) for one in log.entries]
            assert {one.code for one in told} == WANTED
            texts = " ".join(one.note for one in told)
            assert not any(word in texts for word in ("Dana", "Levi", "stamps", "to look"))
            struck = next(one for one in told if one.code == "LINE_STRUCK")
            assert (struck.note, struck.register) == ("1 120 1", "1"), "how many, worth what, in which sale"

    run(scenario())


def test_a_box_that_became_the_shop_is_told_as_a_takeover_and_one_that_was_set_back_is_not(tmp_path: Path) -> None:
    async def lived(clock: FakeClock) -> None:
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await sell(shop)
            await tell(shop)

    async def told(clock: FakeClock) -> list[tuple[str, str]]:
        async with open_shop(tmp_path, clock, stocked=False, text=FRANCE) as shop:
            await tell(shop)
            logs = of_type(shop, LogSigned)
            return [(one.code, one.note) for log in logs for one in log.entries if one.code in ("RESTORED", "TAKEOVER")]

    def again(reason: str, clock: FakeClock) -> None:
        ledger = Ledger(config(tmp_path, FRANCE), clock)
        begin_restored_epoch(ledger.writer, clock.read().at_us, 0, reason=reason)
        ledger.close()

    clock = FakeClock()
    run(lived(clock))
    again("restored", clock)
    restored = run(told(clock))
    assert [code for code, _ in restored] == ["RESTORED"]
    assert restored[0][1].startswith("restored 1."), "which history it goes on from"
    clock.advance(60)
    again("recovered", clock)
    after = run(told(clock))
    assert [code for code, _ in after] == ["RESTORED", "RESTORED", "TAKEOVER"], "another box leads"
    assert after[-1][1] == "recovered"


def test_a_file_for_another_authority_is_in_the_log_and_is_no_archive(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=BOTH) as shop:
            await begin(shop, "fr")
            await done(shop, StartRegime("il"), SYSTEM)
            await sell(shop, JUICE)
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, BOTH), signing(tmp_path))
            file = await made(shop, files, "il", DAY, DAY, NEXT)
            await tell(shop)
            codes = {one.code: one.note for log in of_type(shop, LogSigned) for one in log.entries}
            assert codes["EXPORTED"] == f"il uniform {DAY} {DAY} {file.sha256}"
            assert "ARCHIVED" not in codes

    run(scenario())
