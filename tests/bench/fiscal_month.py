"""`bench fiscal_month`: `--days` of the demo's trading in a shop of each country under its law, and everything that its
authority would be handed over, looked at: `faults` that a checker names, `differing` sums that are not those of the Z
reports of the same days (both wanted: 0), and what each file has. Nothing is measured.

`--keep FOLDER` leaves the shops there, to be opened with `edge --config FOLDER/LAW/config.toml run`.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.authority_files import Authorities
from edge.accounting.fiscal.closing import last_day
from edge.accounting.fiscal.events import PeriodClosed
from edge.accounting.fiscal.law_check import check_laws, unpack_lines
from edge.accounting.fiscal.regimes import Regime
from edge.app.demo_shop.demo_history import PastShop
from edge.app.demo_shop.demo_law import LAWS, config_text, goods_of
from edge.core.journal.rows import facts
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection, open_reader
from edge.counter.till.events import ReportPrinted
from edge.counter.till.from_config import till_settings
from edge.lib.fiscal.austria.export import verify_export
from edge.lib.fiscal.israel.uniform_file import documents_of, read_uniform
from edge.operations.ledger import build_registry
from edge.runtime.config import Config, load
from tests.bench.measure import result

FIRST = date(2026, 10, 1)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench fiscal_month")
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--sales", type=int, default=40)
    parser.add_argument("--laws", nargs="*", default=list(LAWS), choices=LAWS)
    parser.add_argument("--keep", default="")
    args = parser.parse_args(argv)
    faults = differing = 0
    with tempfile.TemporaryDirectory(prefix="bench-fiscal-") as name:
        for law in args.laws:
            folder = Path(args.keep or name) / law
            loaded = _lived(folder, law, args.days, args.sales)
            with closing(open_reader(loaded.ledger)) as db:
                files = _files(loaded)
                for one in check_laws(db, files, (FIRST + timedelta(days=args.days)).isoformat()):
                    print(f"{law}: {one.records} records, {one.fault or 'right'}")
                    faults += bool(one.fault)
                differing += _differing(db, loaded, files, law, args.days)
    result(faults=faults, differing=differing)
    return 0


def _lived(folder: Path, law: Regime, days: int, sales: int) -> Config:
    """A shop that has traded so long under a law."""
    folder.mkdir(parents=True)
    text = config_text(law)
    (folder / "config.toml").write_text(text)
    loaded = load(folder / "config.toml")
    products, goods = goods_of(law)
    PastShop(loaded, products, goods=goods).live(FIRST, days, sales)
    return loaded


def _files(loaded: Config) -> Authorities:
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    return Authorities(build_registry(loaded), till_settings(loaded), settings_of(loaded), keys)


def _differing(db: Connection, loaded: Config, files: Authorities, law: Regime, days: int) -> int:
    """How many sums of the file, or of the days' closings, are not those of the Z reports; DSFinV-K looks itself."""
    by_day: dict[str, int] = {}
    closed: dict[str, int] = {}
    for fact in facts(db, build_registry(loaded)):
        if isinstance(fact.event, ReportPrinted):
            by_day[fact.business_date] = by_day.get(fact.business_date, 0) + fact.event.total_minor
        if isinstance(fact.event, PeriodClosed) and fact.event.kind == "day":
            closed[fact.event.period] = fact.event.total_minor
    until = (FIRST + timedelta(days=days - 1)).isoformat()
    whole = sum(by_day.values())
    if law == "fr":
        return sum(by_day.get(day) != total for day, total in closed.items()) + (len(closed) < len(by_day) - 1)
    if law in ("il", "at"):
        wanted = files.plan_file(db, law, FIRST.isoformat(), until, "1", _now_us(db), last_day("9998", 12))
        made = files.make_file(db, wanted)
        if law == "at":
            checked = verify_export(made.data, files.austrian_register("1"), _trusted(loaded, files))
            return int(checked.counter_minor != whole)
        signs = {320: 1, 330: -1}
        found = documents_of(read_uniform(*unpack_lines(made)))
        return int(sum(signs[one.header.document_type] * one.header.total_minor for one in found) != whole)
    return 0


def _trusted(loaded: Config, files: Authorities) -> dict[str, Any]:
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    return {files.certificate: (keys.key("at").public_key(),)}


def _now_us(db: Connection) -> int:
    (newest,) = db.execute("SELECT max(at_us) FROM journal").fetchone()
    return int(newest)
