"""Keep a release for the tests of all later ones, in `releases/VERSION`:

    ledger.sql          a small shop's ledger
    hub.sql.xz          head office's database with that shop
    config.toml         a configuration with every key
    contracts.json.xz   the promises of docs/promises.md: events, messages, APIs, keys, settings, metrics, commands

    python -m tests.migration.make

Run it once for each release, when the version in edge/__init__.py is the one to be released, and commit the folder
beside the older ones, which no one changes any more. From then on a change of a `tables.sql` needs a migration. As long
as the release was given to nobody, remove its folder and run this again after each change.
"""

from __future__ import annotations

import lzma
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from edge import __version__
from edge.backoffice.directives.commands import TakeDirective
from edge.core.command_bus import CommandBus
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
from tests.golden import released_contracts
from tests.shop_fixture import BEER, CASHIER, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, config, open_shop, run

RELEASES = Path(__file__).parent / "releases"
SAMPLE = Path(__file__).parents[2] / "config.toml"
MILK_SOLD = 3000
"""What the shop of the dump sold of milk and did not take back, in thousandths."""


async def live(folder: Path) -> None:
    """A short day and a restore, which begins another epoch."""
    clock = FakeClock()
    async with open_shop(folder, clock) as shop:
        await sell_for_a_day(shop, clock)
    ledger = Ledger(config(folder), clock)
    head = ledger.writer.head
    ledger.writer.begin_epoch(EpochStarted("restored", head.epoch, head.seq, head.hash.hex()))
    ledger.close()


async def sell_for_a_day(shop: CommandBus, clock: FakeClock) -> None:
    """All kinds of facts, and an open basket at the end."""

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


def with_every_key(sample: str) -> str:
    """The sample with its commented-out keys, which have their defaults."""
    return re.sub(r"^#(?=[\[a-z])", "", sample, flags=re.MULTILINE)


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


def write(name: str, text: str, folder: Path) -> None:
    """One file of a release; the same text gives the same bytes."""
    data = text.encode()
    (folder / name).write_bytes(lzma.compress(data) if name.endswith(".xz") else data)


def main() -> int:
    """Exit status: 0 made, 2 there is one of this release already."""
    from tests.migration.hub_dump import todays_hub  # which uses this module

    folder = RELEASES / __version__
    if folder.exists():
        sys.stderr.write(f"{folder} is there: it is never made again. Raise the version in edge/__init__.py first.\n")
        return 2
    made = {
        "ledger.sql": todays(),
        "hub.sql.xz": todays_hub(),
        "config.toml": with_every_key(SAMPLE.read_text()),
        "contracts.json.xz": released_contracts.todays(),
    }
    folder.mkdir(parents=True)
    for name, text in made.items():
        write(name, text, folder)
        sys.stdout.write(f"{folder / name}: {(folder / name).stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
