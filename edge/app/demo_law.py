"""`edge demo --law LAW`: a shop that has traded a month under a tax law, without simulated devices and head office.

Each law has a country's currency, zone and taxes. The page Tax law then has closings, files and what is not registered.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from datetime import date
from pathlib import Path

from edge import config
from edge.app import appliance, demo_catalog, demo_history
from edge.cli.output import say
from edge.cli.shop_access import reach
from edge.config import Config
from edge.lib.errors import ConfigError
from edge.shop.access.commands import SetPin
from edge.shop.access.pin import hash_pin
from edge.shop.fiscal.regimes import Regime

MARK, READY = "law", "ready"
"""Files of a folder that such a demo left, and of one whose month is whole."""
DAYS, SALES = 31, 40
PIN, PORT = "1234", 8080
SHOP = """
registers = ["1"]
[store]
id = "{law}"
header = ["{name}", "1 High Street"]
tax_number = "{number}"
currency = "{currency}"
zone = "{zone}"
[tax]
inclusive = {inclusive}
[[tax.class]]
id = "standard"
rates = [{rates}]
[[tax.class]]
id = "exempt"
[fiscal]
regimes = ["{law}"]
company_number = "732829320"
street = "High Street"
city = "Town"
postcode = "10115"
"""
LAWS: dict[Regime, dict[str, str]] = {
    "fr": {"name": "Épicerie", "number": "FR40303265045", "currency": "EUR", "zone": "Europe/Paris", "percent": "20"},
    "il": {
        "name": "מכולת הפינה",
        "number": "580000016",
        "currency": "ILS",
        "zone": "Asia/Jerusalem",
        "percent": "18",
    },
    "at": {"name": "Greißler", "number": "ATU13585627", "currency": "EUR", "zone": "Europe/Vienna", "percent": "20"},
    "de": {"name": "Späti", "number": "DE136695976", "currency": "EUR", "zone": "Europe/Berlin", "percent": "19"},
    "ca-qc": {"name": "Dépanneur", "number": "1", "currency": "CAD", "zone": "America/Montreal", "percent": ""},
    "ca-on": {"name": "Cannabis", "number": "1", "currency": "CAD", "zone": "America/Toronto", "percent": "13"},
}
QUEBEC_RATES = '{ name = "GST", percent = "5" }, { name = "QST", percent = "9.975" }'


def config_text(law: Regime) -> str:
    """The config.toml of a shop under a law."""
    said = LAWS[law]
    rates = QUEBEC_RATES if law == "ca-qc" else f'{{ name = "VAT", percent = "{said["percent"]}" }}'
    inclusive = "false" if law == "ca-qc" else "true"
    named = {key: value for key, value in said.items() if key != "percent"}
    return SHOP.format(law=law, rates=rates, inclusive=inclusive, **named)


def run(folder: Path, law: Regime, port: int, fresh: bool) -> None:
    """Make it where it is not there, and run it until it is told to stop. `ConfigError`: the folder is another's."""
    _prepare(folder, fresh)
    path = folder / "config.toml"
    path.write_text(f"{config_text(law)}[panel]\nport = {port}\n", encoding="utf-8")
    loaded = config.load(path)
    if not loaded.ledger.exists():
        say(f"A month under the law {law} is made ...")
        today = date.fromisoformat(loaded.business_date(time.time_ns() // 1000))
        demo_history.live_through(loaded, demo_catalog.products(), today, DAYS, SALES)
        asyncio.run(_pin(loaded))
        (folder / READY).touch()
    say(f"http://127.0.0.1:{port}/manager/fiscal, the PIN is {PIN}; Ctrl-C ends it.")
    asyncio.run(appliance.run(loaded))


async def _pin(loaded: Config) -> None:
    async with reach(loaded) as shop:
        await shop.do(SetPin(await asyncio.to_thread(hash_pin, PIN)))


def _prepare(folder: Path, fresh: bool) -> None:
    found = list(folder.iterdir()) if folder.exists() else []
    if found and not (folder / MARK).exists():
        raise ConfigError(f"{folder} holds something else.", "Name another folder with --folder.")
    if found and (fresh or not (folder / READY).exists()):  # a month that was cut off is lived anew
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
