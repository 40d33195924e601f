"""The demo of each tax law: a month that was lived, whose file is there and right, and Québec's service beside it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.authority_files import Authorities
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.quebec.quebec_outbox import OutboxState, outbox_state
from edge.accounting.fiscal.queries import closings, fiscal_files, overdue_days
from edge.accounting.fiscal.regimes import Regime
from edge.accounting.fiscal.service.quebec import QuebecPart
from edge.app.demo_shop import demo_catalog, demo_quebec
from edge.app.demo_shop.demo_law import FILED, LAWS, config_text, live
from edge.core.bus import Bus
from edge.core.storage.database import open_reader
from edge.counter.till.from_config import till_settings
from edge.operations.ledger import Ledger, build_registry
from edge.runtime.config import Config, load
from tests.fiscal_shop import sell
from tests.flow.accounting.test_fiscal_files import signing
from tests.shop_fixture import run

TODAY = date(2026, 11, 3)
MILK = (demo_catalog.favourites()[0].codes or ("",))[0]
KINDS = {"fr": "archive", "il": "uniform", "at": "dep", "de": "dsfinvk", "ca-on": "month"}


def lived(folder: Path, law: Regime) -> Config:
    path = folder / "config.toml"
    path.write_text(config_text(law))
    loaded = load(path)
    live(loaded, law, TODAY, sales=2)
    return loaded


@pytest.mark.parametrize("law", [law for law in LAWS if law in FILED])
def test_last_month_was_lived_and_its_file_is_there(tmp_path: Path, law: Regime) -> None:
    loaded = lived(tmp_path, law)
    files = Authorities(build_registry(loaded), till_settings(loaded), settings_of(loaded), signing(tmp_path))
    with closing(open_reader(loaded.ledger)) as db:
        (file,) = fiscal_files(db)
        assert (file.kind, file.since, file.until) == (KINDS[law], "2026-10-01", "2026-10-31")
        assert file.records > 30, "of goods that this law asks about"
        assert [one.fault for one in check_laws(db, files, TODAY.isoformat())] == [""]
        assert bool(closings(db)) == (law == "fr"), "months close where the law wants it"
        assert overdue_days(db, law, TODAY.isoformat()) <= 1, "yesterday, until the morning"


def test_quebecs_service_takes_the_month_and_knows_the_till_again(tmp_path: Path) -> None:
    loaded = lived(tmp_path, "ca-qc")
    with closing(open_reader(loaded.ledger)) as db:
        waits = outbox_state(db).waits
        assert waits > 30
        assert overdue_days(db, "ca-qc", TODAY.isoformat()) == 0, "no day is closed there, and so none is overdue"

    async def scenario(sold: int) -> OutboxState:
        async with demo_quebec.service(tmp_path / "config.toml", config_text("ca-qc"), "[panel]\nport = 1\n") as shown:
            ledger = Ledger(shown)
            shop = ledger.shop(Bus())
            shop.start()
            try:
                for _ in range(sold):
                    await sell(shop, MILK)
                async with QuebecPart(shown, shop, again_s=0) as part:
                    while outbox_state(shop.reader).waits:
                        assert await part.look()
                return outbox_state(shop.reader)
            finally:
                shop.close()
                ledger.close()

    first: list[OutboxState] = []

    async def twice() -> None:
        first.append(await scenario(0))
        first.append(await scenario(1))

    run(twice())
    assert [(one.taken, one.refused) for one in first] == [(waits, 0), (waits + 1, 0)]
