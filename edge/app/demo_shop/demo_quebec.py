"""Simulated Québec service for a demo under its law: issues the till's certificate and accepts its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.accounting.fiscal.quebec.quebec_signing import signature_as_sent
from edge.accounting.fiscal.service.quebec_enrolment import enrol
from edge.core.journal.rows import fact_of, read_rows_at
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import open_reader
from edge.operations.ledger import build_registry
from edge.runtime import config
from edge.runtime.config import Config
from sim.fiscal.certificates import HERE
from sim.fiscal.quebec import quebec

SECTION = """[fiscal.ca-qc]
gst = "567891234RT0001"
qst = "5678912340TQ0001"
authorisation = "D8T8-W8W8"
"""
"""The shop's registration, which its signatures cover."""
_SERVICE = """host = "{host}"
enrolment = "{enrolment}"
ca = "{ca}"
service_key = "{key}"
lookup = "https://qr.example/?f="
[notify]
allow = ["{here}"]
"""
_LAST_TAKEN = "SELECT seq FROM fiscal_transaction WHERE register = '1' AND state = 'taken' ORDER BY place DESC LIMIT 1"


@asynccontextmanager
async def service(path: Path, text: str, after: str = "") -> AsyncIterator[Config]:
    """Run the service for a shop whose config.toml `text` ends with `SECTION`, and yield its configuration after the
    service has issued a certificate. The configuration is written to `path`, followed by `after`. A later start
    continues the chain."""
    place = path.parent / "quebec"
    place.mkdir(exist_ok=True)
    async with quebec(place) as sim:
        where = {"host": sim.host, "enrolment": sim.enrolment, "ca": sim.authority.ca, "key": sim.service_key}
        whole = f"{text}{_SERVICE.format(here=HERE, **where)}{after}"
        await asyncio.to_thread(path.write_text, whole, encoding="utf-8")
        loaded = config.load(path)
        settings = settings_of(loaded)
        keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
        await enrol(keys, settings, "1", sim.code, loaded.notify.allow)
        if last := _last_signature(loaded):
            sim.chain[device_of(settings, "1").device] = last
        yield loaded


def _last_signature(loaded: Config) -> str:
    """Return the signature to which the next transaction is chained, as the service knows it; "" if there is none."""
    with closing(open_reader(loaded.ledger)) as db:
        row = db.execute(_LAST_TAKEN).fetchone()
        rows = read_rows_at(db, row or ())
    event = fact_of(build_registry(loaded), rows[0]).event if rows else None
    return signature_as_sent(event.signature) if isinstance(event, PaperSigned) else ""
