"""Suppliers of Israeli systems, over their wires as far as public pages say them: Priority, Rivhit, iCount, Morning;
and what reports of WizCloud's list."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from edge.backoffice.feeds.commands import SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.queries import read_connector_states
from edge.core.messages import Refused
from edge.goods.stock.queries import read_stock
from sim.vendors.israel import SimICount, SimMorning, SimPriority, SimRivhit, SimWizCloud
from tests.flow.backoffice.test_feeds_fetched import Fetching, fetching
from tests.flow.backoffice.test_feeds_systems import asked_by, names
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


def whys(one: Fetching) -> dict[str, str]:
    return {state.connector.id: state.why for state in read_connector_states(one.shop.reader)}


def test_suppliers_of_morning_come_page_by_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        morning = SimMorning()
        ids = [f"8b338c95-095e-46d4-b2c6-{at:012d}" for at in range(120)]
        morning.suppliers += [{"id": id, "name": f"ספק {at}", "active": at != 7} for at, id in enumerate(ids)]
        async with fetching(tmp_path) as one, morning.serve() as url:
            await asked_by(one, Connector("m", kind="morning", address=url, every_min=5), morning.secret)
            morning.faults.next = ["429", "500"]
            (job,) = await one.look()
            assert (job.applied, len(names(one))) == (119, 119), "who is not active there is no supplier"
            assert names(one)["morning-8b338c95095e46d4b2c6000000000119"] == "ספק 119"
            morning.ends = morning.tokens + 1
            (job,) = await one.look(5)
            assert (job.same, morning.tokens) == (119, 3), "a token that is over is asked for once more"
            morning.ends, morning.repeats = 0, True
            await one.look(5)
            assert whys(one) == {"m": "feeds.page_repeats"}
            await asked_by(one, Connector("m", kind="morning", address=url, every_min=5), "key-id:another")
            await one.look(5)
            assert whys(one) == {"m": "undelivered.wrong_password"}

    run(scenario())


def test_suppliers_of_icount_by_password_and_by_token(tmp_path: Path) -> None:
    async def scenario() -> None:
        icount = SimICount()
        icount.suppliers = {
            "11": {"supplier_id": "11", "supplier_name": "מחלבה", "vat_id": "514680909"},
            "12": {"supplier_name": "", "company_name": "Metro Ltd"},
        }
        async with fetching(tmp_path) as one, icount.serve() as url:
            said = Connector("i", kind="icount", address=url, account=icount.company, every_min=5)
            await asked_by(one, said, icount.secret)
            (job,) = await one.look()
            assert (job.applied, names(one)) == (2, {"icount-11": "מחלבה", "icount-12": "Metro Ltd"})
            await asked_by(one, said, icount.token)
            (job,) = await one.look(5)
            assert (job.applied, job.same) == (0, 2)
            await asked_by(one, said, "buyer:wrong")
            await one.look(5)
            assert whys(one) == {"i": "undelivered.wrong_password"}

    run(scenario())


def test_a_report_of_wizcloud_is_what_its_mapping_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        wiz = SimWizCloud()
        wiz.reports["S-1"] = [
            {"מפתח": "20001", "שם חשבון": "מחלבה", "עיר": "חיפה"},
            {"מפתח": "20002", "שם חשבון": "Metro"},
        ]
        wiz.reports["C-1"] = [{"פריט": "milk", "יתרה": 12.0}]
        suppliers = 'report = "S-1"\n[columns]\n"מפתח" = "supplier_id"\n"שם חשבון" = "name"\n'
        counts = 'report = "C-1"\n[columns]\n"פריט" = "sku"\n"יתרה" = "quantity"\n"counted_at" = "counted_at"\n'
        async with fetching(tmp_path) as one, wiz.serve() as url:
            to = Connector("w", kind="wizcloud", address=url, account=wiz.database, every_min=5, mapping=suppliers)
            await asked_by(one, to, wiz.secret)
            (job,) = await one.look()
            assert (job.applied, names(one)) == (2, {"20001": "מחלבה", "20002": "Metro"})
            counted = replace(to, id="c", entity_type="Inventory", mapping=counts)
            await asked_by(one, counted, wiz.secret)
            jobs = {job.source_connector: job for job in await one.look(5)}
            assert (jobs["w"].same, jobs["c"].applied, read_stock(one.shop.reader, "milk")) == (2, 1, 12_000)
            wiz.ends = wiz.sessions + 1
            jobs = {job.source_connector: job for job in await one.look(5)}
            assert (jobs["w"].same, jobs["c"].invalid) == (2, 0), "a session that is over is begun once more"
            wiz.ends = wiz.sessions + 99
            assert await one.look(5) == [] and set(whys(one).values()) == {"undelivered.wrong_password"}
            wiz.ends = 0
            await asked_by(one, replace(to, mapping=suppliers.replace("S-1", "S-2")), wiz.secret)
            await asked_by(one, counted, "another")
            await one.look(5)
            assert whys(one) == {"w": "undelivered.refused", "c": "undelivered.wrong_password"}
            for mapping in ("", 'report = "S-1"\n'):
                outcome = await one.shop.do(SetConnector(replace(to, mapping=mapping)), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == "feed_report_unsaid"

    run(scenario())
