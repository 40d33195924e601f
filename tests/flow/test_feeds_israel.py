"""Suppliers of Israeli systems, over their wires as far as public pages say them: Priority and Rivhit."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Refused
from edge.shop.feeds.commands import SetConnector
from edge.shop.feeds.connector import Connector
from edge.shop.feeds.queries import read_connector_states
from sim.vendors.israel import SimPriority, SimRivhit
from tests.flow.test_feeds_fetched import fetching
from tests.flow.test_feeds_systems import asked_by, names
from tests.shop_fixture import SYSTEM, run


def test_suppliers_of_priority_and_rivhit(tmp_path: Path) -> None:
    async def scenario() -> None:
        priority, rivhit = SimPriority(), SimRivhit()
        priority.suppliers += [{"SUPNAME": "V-100", "SUPDES": "Metro"}, {"SUPNAME": "V-2", "SUPDES": "מחלבה"}]
        rivhit.customers += [
            {"customer_id": 7, "last_name": "Dairy", "first_name": "", "customer_type": 20},
            {"customer_id": 8, "last_name": "A guest", "first_name": "", "customer_type": 1},
        ]
        async with fetching(tmp_path) as one, priority.serve() as first, rivhit.serve() as second:
            await asked_by(one, Connector("p", kind="priority", address=first, every_min=5), priority.secret)
            priority.faults.next = ["500", "cut"]
            (job,) = await one.look()
            assert (job.applied, names(one)) == (2, {"priority-v-100": "Metro", "priority-v-2": "מחלבה"})
            await asked_by(one, Connector("r", kind="rivhit", address=second, every_min=5), rivhit.secret)
            jobs = {job.source_connector: job for job in await one.look(5)}
            assert (jobs["p"].same, jobs["r"].applied, names(one)["rivhit-7"]) == (2, 1, "Dairy")
            await asked_by(one, Connector("r", kind="rivhit", address=second, every_min=5), "another")
            await asked_by(one, Connector("p", kind="priority", address=first, every_min=5), "another:PAT")
            await one.look(5)
            whys = {state.connector.id: state.why for state in read_connector_states(one.shop.reader)}
            assert whys == {"p": "undelivered.wrong_password", "r": "undelivered.refused"}
            other = Connector("p", kind="priority", entity_type="Inventory", address=first)
            outcome = await one.shop.do(SetConnector(other), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "feed_kind_suppliers_alone"

    run(scenario())
