"""Make `release_VERSION.sql`: a small shop's ledger of this release, as text, for the tests of all later ones.

    python -m tests.migration.make

Run it once for each release, when the version in pyproject.toml is the one to be released, and commit the new file
beside the older ones, which no one changes any more. From then on a change of a `tables.sql` needs a migration.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from edge.backoffice.directives.commands import TakeDirective
from edge.core.journal.rows import EpochStarted
from edge.core.messages import Actor, Command, Done
from edge.core.registry import Registry
from edge.core.storage.migrate import version
from edge.counter.shifts import commands as shifts
from edge.counter.till import commands as till
from edge.foundation.access.commands import SetUser
from edge.foundation.settings.commands import SetSetting, SetText
from edge.goods.catalog.commands import ChangePrice
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, Promotion, SeveralFor
from edge.operations.ledger import Ledger
from tests.shop_fixture import BEER, CASHIER, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, config, open_shop, run

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parents[1] / "pyproject.toml"
MILK_SOLD = 3000
"""What the shop of the dump sold of milk and did not take back, in thousandths."""


async def live(folder: Path) -> None:
    """A short day: all kinds of facts, and an open basket at the end."""
    clock = FakeClock()
    async with open_shop(folder, clock) as shop:

        async def do(command: Command, actor: Actor = CASHIER) -> Any:
            outcome = await shop.do(command, actor)
            assert isinstance(outcome, Done), outcome
            clock.advance(7)
            return outcome.result

        await do(shifts.OpenShift(10_000))
        await do(till.AddLine(MILK))
        asked = await do(till.AddLine(BEER))
        await do(till.AnswerQuestion(asked.questions[0].id))
        await do(till.VoidLine(1))
        await do(till.OverridePrice(3, 200, "dented"), MANAGER)
        await do(till.Pay("card", 100, "A1"))
        await do(till.Pay("cash", 500))
        await do(till.ReprintReceipt(1))
        await do(till.AddLine(sku="milk", quantity=3000))
        await do(till.Pay("cash", 1000))
        await do(till.AddLine(TOMATO, quantity=1250))
        await do(till.Pay("card"))
        await do(till.VoidLastSale("wrong"), MANAGER)
        await do(till.RefundSale(2, lines=(till.RefundedLine(1, 1000, damaged=True),), reason="sour"), MANAGER)
        await do(till.AddLine(MILK))
        await do(till.Pay("card", 20))
        await do(till.AbandonBasket())
        await do(shifts.MoveCash("payout", 350, "stamps"), MANAGER)
        await do(shifts.CloseShift(10_000), CASHIER)
        await shop.do(till.VoidLastSale(), CASHIER)  # denied, and written down
        await do(till.PrintReport("z"), MANAGER)
        await do(till.ReprintReport(), MANAGER)
        await do(ChangePrice("milk", 130), SYSTEM)
        week = Promotion("week", {"en": "Milk week"}, SeveralFor(2, 250), Goods(("milk",)))
        await do(SetPromotion(week), SYSTEM)
        await do(SetUser("u1", "Dana", "manager", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"), SYSTEM)
        await do(SetSetting("store.footer", ("Come again",)), SYSTEM)
        await do(SetText("hello", "display", {"en": "Hello"}), SYSTEM)
        await do(TakeDirective(1, "weather", "{}"), SYSTEM)
        await do(TakeDirective(2, "prices", '{"prices": [{"sku": "milk", "price_minor": 135}]}'), SYSTEM)
        await do(till.AddLine(MILK))
    ledger = Ledger(config(folder), clock)
    head = ledger.writer.head
    ledger.writer.begin_epoch(EpochStarted("restored", head.epoch, head.seq, head.hash.hex()))
    ledger.close()


def dump(db: Any, registry: Registry) -> Iterator[str]:
    """The ledger as SQL. The rows of what follows the journal are left out: they are made again from it."""
    following = [projector for projector in registry.projectors if not projector.strict]
    empty = {table for projector in following for table in projector.tables}
    yield f"PRAGMA application_id = {db.execute('PRAGMA application_id').fetchone()[0]};"
    yield f"PRAGMA user_version = {version(db)};"
    rows = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    virtual = [name for _, name, sql in rows if sql.startswith("CREATE VIRTUAL")]
    shadows = {name for _, name, _ in rows for table in virtual if name.startswith(f"{table}_")}
    rows = [row for row in rows if row[1] not in shadows and not row[1].startswith("sqlite_")]
    yield from (f"{sql};" for kind, _, sql in rows if kind == "table")
    for _, name, _ in (row for row in rows if row[0] == "table" and row[1] not in empty):
        columns = [column[1] for column in db.execute(f"PRAGMA table_info({name})")]
        quoted = " || ', ' || ".join(f"quote({column})" for column in columns)
        for (values,) in db.execute(f"SELECT {quoted} FROM {name}"):
            yield f"INSERT INTO {name} VALUES ({values});"
    yield from (f"{sql};" for kind, _, sql in rows if kind != "table")
    yield from (f"UPDATE projection SET seq = 0 WHERE name = '{projector.name}';" for projector in following)


@cache
def todays() -> str:
    """A ledger of this version, as SQL: what the next release would keep."""
    with tempfile.TemporaryDirectory(prefix="edge-make-") as name:
        run(live(Path(name)))
        ledger = Ledger(config(Path(name)))
        try:
            return "\n".join(dump(ledger.db, ledger.registry)) + "\n"
        finally:
            ledger.close()


def main() -> int:
    """Exit status: 0 made, 2 there is one of this release already."""
    release = tomllib.loads(PROJECT.read_text())["project"]["version"]
    target = FOLDER / f"release_{release}.sql"
    if target.exists():
        sys.stderr.write(f"{target} is there: it is never made again. Raise the version in pyproject.toml first.\n")
        return 2
    target.write_text(todays())
    sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
