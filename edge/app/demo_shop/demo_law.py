"""`edge demo --law LAW`: a shop with history under a tax law, without simulated devices and head office.

Each law has its country's currency, time zone and taxes. Ontario's is a cannabis store, and Québec's has the
authority's simulated service. The history starts on the first of last month, so that the Tax law page shows closings,
that month's file, and missing registrations.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.authority_files import Authorities
from edge.accounting.fiscal.commands import SignLog
from edge.accounting.fiscal.regimes import Regime
from edge.app import appliance
from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.app.demo_shop import demo_cannabis, demo_catalog, demo_history, demo_quebec
from edge.app.demo_shop.demo_history import GoodsSold
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import open_reader
from edge.counter.till.from_config import till_settings
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.categories import presets
from edge.goods.catalog.product import Product
from edge.lib.errors import ConfigError
from edge.operations.ledger import build_registry
from edge.runtime import config
from edge.runtime.config import Config

MARK, READY = "law", "ready"
"""Names of marker files. `law`: the folder belongs to a demo of a tax law; `ready`: its month is complete."""
SALES = 40
PIN, PORT = "1234", 8080
SHOP = """
registers = ["1"]
[store]
id = "{law}"
header = ["{name}", "1 High Street"]
tax_number = "{number}"
currency = "{currency}"
zone = "{zone}"
country = "{country}"
{province}[tax]
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
FILED: tuple[Regime, ...] = ("fr", "il", "at", "de", "ca-on")
"""Regimes that require a file. In Québec, everything is sent online."""
CANNABIS_LINES = 2
"""Lines of a sale in a cannabis store. With three of each product, a sale stays below the purchase limit."""
QUEBEC_RATES = '{ name = "GST", percent = "5" }, { name = "QST", percent = "9.975" }'


def config_text(law: Regime) -> str:
    """The config.toml of a shop under a law."""
    said = LAWS[law]
    rates = QUEBEC_RATES if law == "ca-qc" else f'{{ name = "VAT", percent = "{said["percent"]}" }}'
    inclusive = "false" if law == "ca-qc" else "true"
    country, _, province = law.upper().partition("-")
    placed = {"country": country, "province": f'province = "{province}"\n' if province else ""}
    named = {key: value for key, value in said.items() if key != "percent"}
    beside = demo_quebec.SECTION if law == "ca-qc" else ""
    return SHOP.format(law=law, rates=rates, inclusive=inclusive, **placed, **named) + beside


def run(folder: Path, law: Regime, port: int, fresh: bool) -> None:
    """Create the shop if needed, and run it until stopped. Raises `ConfigError` if the folder belongs to another
    demo."""
    _prepare(folder, fresh)
    path = folder / "config.toml"
    text, panel = config_text(law), f"[panel]\nport = {port}\n"
    path.write_text(f"{text}{panel}", encoding="utf-8")
    loaded = config.load(path)
    if not loaded.ledger.exists():
        say(f"Creating a month of sales under the law {law} ...")
        live(loaded, law, date.fromisoformat(loaded.business_date(time.time_ns() // 1000)))
        asyncio.run(_pin(loaded))
        (folder / READY).touch()
    say(f"http://127.0.0.1:{port}/manager/fiscal, the PIN is {PIN}. Ctrl-C stops it.")
    asyncio.run(_open_in_quebec(path, text, panel) if law == "ca-qc" else appliance.run(loaded))


async def _open_in_quebec(path: Path, text: str, panel: str) -> None:
    async with demo_quebec.service(path, text, panel) as loaded:
        await appliance.run(loaded)


def live(loaded: Config, law: Regime, today: date, sales: int = SALES) -> None:
    """Fill a new ledger with last month's and this month's sales, with last month's file if the law needs one."""
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    products, goods = goods_of(law)
    demo_history.live_through(loaded, products, today, (today - first).days, sales, goods)
    if law in FILED:
        asyncio.run(_file_last_month(loaded, law, first, today))


def goods_of(law: Regime) -> tuple[tuple[Product, ...], GoodsSold]:
    """Goods of a shop under a law, and their sales pattern."""
    if law != "ca-on":
        return demo_catalog.products(), demo_history.SUPERMARKET
    tree = presets.load(demo_cannabis.TREE)
    return demo_cannabis.products(), GoodsSold(tree, CANNABIS_LINES, demo_cannabis.LEAST_AGE, demo_cannabis.OPENS)


async def _file_last_month(loaded: Config, law: Regime, first: date, today: date) -> None:
    """Create and record last month's file, as for an accountant."""
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    files = Authorities(build_registry(loaded), till_settings(loaded), settings_of(loaded), keys)
    last = today.replace(day=1) - timedelta(days=1)
    register = "1" if law == "at" else ""
    async with reach(loaded) as shop:
        while (await shop.do(SignLog())).result:
            pass
        with closing(open_reader(loaded.ledger)) as db:
            where = (first.isoformat(), last.isoformat(), register, time.time_ns() // 1000, today.isoformat())
            made = files.make_file(db, files.plan_file(db, law, *where))
        await shop.do(made.record_command)


async def _pin(loaded: Config) -> None:
    async with reach(loaded) as shop:
        await shop.do(SetPin(await asyncio.to_thread(hash_pin, PIN)))


def _prepare(folder: Path, fresh: bool) -> None:
    found = list(folder.iterdir()) if folder.exists() else []
    if found and not (folder / MARK).exists():
        raise ConfigError(f"{folder} contains other files.", "Choose another folder with --folder.")
    if found and (fresh or not (folder / READY).exists()):  # an interrupted month starts over
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
