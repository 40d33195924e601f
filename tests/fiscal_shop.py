"""A shop under a tax law, for tests: what is sold, closed and told, and the files that are made of it."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.authority_files import Authorities, MadeFile
from edge.accounting.fiscal.commands import CloseFiscalPeriods, SignLog, StartRegime
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.regimes import Regime
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Event
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.from_config import till_settings
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.runtime.config import Config
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, agreed, done

FRANCE = CONFIG + '[fiscal]\nregimes = ["fr"]\ncompany_number = "732829320"\n'
ISRAEL = (
    CONFIG.replace('"123456789"', '"580000016"')
    .replace("Corner Shop", "מכולת הפינה")
    .replace('"EUR"', '"ILS"')
    .replace("Europe/Paris", "Asia/Jerusalem")
    + '[fiscal]\nregimes = ["il"]\n[fiscal.il]\nbooks = true\n'
)
AUSTRIA = CONFIG + '[fiscal]\nregimes = ["at"]\n'
GERMANY = (
    CONFIG.replace('"20"', '"19"').replace('"5.5"', '"7"').replace("Europe/Paris", "Europe/Berlin")
    + '[fiscal]\nregimes = ["de"]\ncity = "Berlin"\npostcode = "10115"\nstreet = "Weg"\n'
)
QUEBEC = (
    CONFIG.replace('"EUR"', '"CAD"')
    .replace("Europe/Paris", "America/Montreal")
    .replace("inclusive = true", "inclusive = false")
    .replace('{ name = "VAT", percent = "20" }', '{ name = "GST", percent = "5" }, { name = "QST", percent = "9.975" }')
    .replace('{ name = "VAT", percent = "5.5" }', '{ name = "GST", percent = "5" }')
    + '[notify]\nallow = ["127.0.0.1"]\n[fiscal]\nregimes = ["ca-qc"]\n[fiscal.ca-qc]\n'
    + 'gst = "567891234RT0001"\nqst = "5678912340TQ0001"\nauthorisation = "D8T8-W8W8"\n'
)
ONTARIO = (
    CONFIG.replace('"EUR"', '"CAD"').replace("Europe/Paris", "America/Toronto") + '[fiscal]\nregimes = ["ca-on"]\n'
)
DAY_S = 24 * 3600
JUICE = "4012345678901"
"""Of 2.50 at the standard rate, for people of any age."""
E = TypeVar("E", bound=Event)


async def begin(shop: CommandBus, regime: Regime) -> None:
    """Under a law from today on, with something at the standard rate to sell."""
    await done(shop, SetProducts((Product("juice", {"en": "Juice", "he": "מיץ"}, (JUICE,), 250),)), SYSTEM)
    await done(shop, StartRegime(regime), SYSTEM)


def of_type(shop: CommandBus, kind: type[E]) -> list[E]:
    """All facts of a type, in the order of the journal."""
    return [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, kind)]


async def sell(shop: CommandBus, *codes: str, by: str = "card") -> PaperSigned | None:
    """Sell at till 1; how it was signed, if it was."""
    for code in codes or (MILK,):
        await agreed(shop, AddLine(code), CASHIER)
    await agreed(shop, Pay(by), CASHIER)
    return next(iter(of_type(shop, PaperSigned)[-1:]), None)


async def close(shop: CommandBus, register: str = "1") -> int:
    """Close what is over; how many periods that were."""
    actor = msgspec.structs.replace(SYSTEM, register=register)
    closed = 0
    while more := (await done(shop, CloseFiscalPeriods(), actor)).result:
        closed += more
    return closed


async def tell(shop: CommandBus) -> None:
    """Bring the signed log up to date."""
    while (await done(shop, SignLog(), SYSTEM)).result:
        pass


def authorities(shop: CommandBus, config: Config, keys: FiscalKeys) -> Authorities:
    """Who makes its files."""
    return Authorities(shop.registry, till_settings(config), settings_of(config), keys)


async def made(
    shop: CommandBus, files: Authorities, regime: Regime, since: str, until: str, today: str, register: str = ""
) -> MadeFile:
    """A file, made and noted."""
    wanted = files.plan_file(shop.reader, regime, since, until, register, shop.now_us(), today)
    file = files.make_file(shop.reader, wanted)
    await done(shop, file.record_command, SYSTEM)
    return file
