"""The contract of all kinds of connector: each record once, from the last position, despite faults, without leaking
secrets.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import msgspec
import pytest

from edge.backoffice.feeds.commands import IngestFile, SetConnector
from edge.backoffice.feeds.connector import UPLOAD_ONLY, Connector, Kind, secret_name
from edge.backoffice.feeds.queries import FeedJob, read_connector_states, read_feed_jobs, read_feed_log
from edge.core.messages import Refused
from edge.goods.ingest.import_folders import bring
from edge.runtime.outgoing.breaker import Breaker
from tests.connector_rigs import RIGS, Rig
from tests.feeding import finished
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.shop_fixture import SYSTEM, done, run

TURNS_MIN = (0, 1, 5, 15, 5)
"""Minutes between attempts, so that failed ones are repeated and a folder's next file is read."""


def test_every_kind_that_is_asked_has_a_rig() -> None:
    assert set(RIGS) == set(get_args(Kind)) - UPLOAD_ONLY


async def taken(one: Fetching, count: int) -> int:
    """Run the connector until it has imported `count` records; returns the number imported."""
    done_so_far = 0
    for minutes in TURNS_MIN:
        done_so_far += applied(jobs := await one.look(minutes))
        if jobs and done_so_far >= count:
            break
    return done_so_far


def applied(jobs: list[FeedJob]) -> int:
    assert all((job.status, job.invalid) == ("completed", 0) for job in jobs), jobs
    return sum(job.applied for job in jobs)


def asked_anew(one: Fetching, address: str) -> None:
    """Reset the connector's breaker, which uses the machine's clock."""
    if address.startswith("http"):
        one.breakers[urlsplit(address.split()[0]).netloc] = Breaker()


async def one_run_at_a_time(one: Fetching, connector: Connector, folder: Path) -> None:
    """A second run is refused with the number of the first one. Afterwards, the connector can run again."""
    if connector.entity_type != "Supplier":
        return
    file = folder / "more.csv"
    file.write_text("supplier_id,name\ns-99,One more\n", encoding="utf-8")
    asked = IngestFile(str(bring(one.shop.path.parent, file)), connector.id, mapping='decimal = "point"\n')
    job = int((await done(one.shop, asked, SYSTEM)).result)
    second = await one.shop.do(asked, SYSTEM)
    assert isinstance(second, Refused) and (second.code, second.values["job"]) == ("connector_busy", job)
    assert (await finished(one.shop, job)).applied == 1


def in_no_byte(secret: str, one: Fetching, connector: Connector) -> None:
    """Check that the credentials aren't in the ledger, in any file, or in anything shown."""
    parts = [part for part in secret.split(":") if len(part) >= 6]
    written = b"".join(file.read_bytes() for file in one.shop.path.parent.rglob("*") if file.is_file())
    jobs = read_feed_jobs(one.shop.reader)
    logs = [read_feed_log(one.shop.reader, job.id) for job in jobs]
    shown = msgspec.json.encode([connector, read_connector_states(one.shop.reader), jobs, logs])
    assert written and not [part for part in parts if part.encode() in written or part.encode() in shown]


@pytest.mark.parametrize("kind", sorted(RIGS))
def test_a_connector_of_any_kind(kind: Kind, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            rig: Rig = RIGS[kind](tmp_path / "inbox")
            async with rig.serve() as address:
                connector = rig.connector(address)
                await done(one.shop, SetConnector(connector), SYSTEM)
                if rig.secret:
                    one.secrets.set(secret_name(connector), rig.secret)
                rig.put(1)
                rig.put(2)
                if rig.faults:
                    rig.faults.next = ["500", "cut"]
                assert await taken(one, 2) == 2, "through faults in the middle, each once"
                asked_anew(one, address)
                assert (applied(await one.look(5)), one.why()) == (0, ""), "and nothing twice"
                rig.put(3)
                assert await taken(one, 1) == 1, "from where it was, what is new"
                await one_run_at_a_time(one, connector, tmp_path)
                rig.down(True)
                assert await one.look(5) == []
                assert one.why() and one.alerts() == ["it"], "who does not answer is told of"
                rig.down(False)
                asked_anew(one, address)
                assert applied(await one.look(60)) == 0, "and then says the same"
                assert (one.why(), one.alerts()) == ("", [])
                off = msgspec.structs.replace(connector, is_active=False)
                await done(one.shop, SetConnector(off), SYSTEM)
                rig.put(1)
                assert await one.look(60) == [], "who is off is not asked"
                in_no_byte(rig.secret, one, connector)

    run(scenario())
