"""The owner drops all files of the last till at once, answers what is asked, takes them, and takes them back."""

from __future__ import annotations

from pathlib import Path

from edge.core.jobs.runner import JobRunner
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import read_users
from edge.foundation.access.rights import ALL
from edge.goods.catalog.queries import find_by_sku
from edge.money.gift_cards.queries import find_card
from edge.people.customers.queries import by_email
from sim.vendors.odoo import SimOdoo
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.flow.backoffice.test_switching import FILES
from tests.flow.backoffice.test_switching_odoo import odoo_with_a_past
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, run

PHONE, LAPTOP = (390, 844), (1366, 768)


def test_files_are_dropped_understood_taken_and_taken_back(tmp_path: Path) -> None:
    files = []
    for name, (_, text) in FILES.items():
        files.append(tmp_path / name)
        files[-1].write_text(text, "utf-8")
    photo = tmp_path / "items.csv"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photograph")

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(LAPTOP) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            await page.open(served, path="/manager/move")
            await page.see("#moves", "Nothing has been imported from another system yet.")
            await page.page.locator("[name=files]").set_input_files([*files, photo])
            await page.see(".file[data-kind=sales_lines]", "€23.30")
            await page.see(".file[data-kind=gift_cards]", "1 code that a spreadsheet has rounded")
            await page.see(".file[data-kind=catalogue]", "3 products")
            await page.see("#files", "is an image")
            asked = ".file[data-kind=customers]"
            await page.see(asked, "Did they agree to collect points")
            assert await page.page.locator("[data-move=real]").is_disabled(), "a question is open"
            await page.page.locator(f"{asked} [data-ask=member]").select_option("members")
            await page.gone(f"{asked} [data-ask=member]")
            await page.page.locator(f"{asked} [data-ask=owed]").select_option("owes")
            await page.see(asked, "1 customer owes money")
            await page.page.locator(f"{asked} [data-ask=account]").select_option("pay_off")
            await page.gone(f"{asked} [data-ask]")
            await page.page.locator("[data-move=dry]").click()
            await page.see("#moves .job.done", "€21.30 of sales imported")
            assert by_email(served.shop.reader, "ada@example.com") is None, "a dry run changes nothing"
            await page.page.locator("[data-move=real]").click()
            await page.see("#moves .job.done:has([data-undo])", "3 new customers")
            assert by_email(served.shop.reader, "ada@example.com") is not None
            await page.see("#moves .job.done:has([data-undo])", "€12.50 owed by customers")
            large = find_by_sku(served.shop.reader, "FW-L")
            assert large is not None and large.price_minor == 420
            await page.page.locator("[data-undo]").click()
            await page.agree()
            await page.see("#moves .job.done:first-child", "customers removed")
            assert by_email(served.shop.reader, "ada@example.com") is None
            card = find_card(served.shop.reader, "GIFT-0001-0001-0001")
            assert card is not None and card.balance_minor == 0
            assert page.complaints == []

    run(scenario())


def test_odoo_is_read_by_its_address_and_key_and_lies_there_as_files(tmp_path: Path) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_past(SimOdoo())
        text = CONFIG + '\n[notify]\nallow = ["127.0.0.1"]\n'
        async with odoo.serve() as url, serve(tmp_path, text) as served, till(LAPTOP) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/move")
            await page.page.locator("#odoo > summary").click()
            for name, value in (("address", url), ("database", odoo.database), ("key", "wrong")):
                await page.page.locator(f"#odoo [name={name}]").fill(value)
            await page.page.locator("#odoo [type=submit]").click()
            await page.see("#odoo [role=alert]", "doesn't accept this user or API key")
            await page.page.locator("#odoo [name=key]").fill(odoo.key)
            await page.page.locator("#odoo [type=submit]").click()
            await page.see(".file[data-kind=sales_lines]", "€18.67")
            await page.see(".file[data-kind=catalogue]", "3 products")
            assert await page.page.locator("#odoo [name=key]").input_value() == "", "it isn't kept on the page either"
            assert page.complaints == []

    run(scenario())


STAFF = """\
Employee Name,Job Title,Email,PIN,Status
Ada Lovelace,Store Manager,ada@example.com,4711,Active
Bob Byron,Barista,,1234,Active
"""


def test_the_staff_of_the_other_system_come_with_the_roles_that_are_chosen(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(STAFF, "utf-8")

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(LAPTOP) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, ALL).run))
            await page.open(served, path="/manager/move")
            await page.page.locator("[name=files]").set_input_files(file)
            await page.see(".file[data-kind=staff]", "2 PINs")
            for said, role in (("Store Manager", "manager"), ("Barista", "cashier")):
                await page.page.locator(f"[data-ask='role:{said}']").select_option(role)
                await page.gone(f"[data-ask='role:{said}']")
            await page.page.locator("[data-move=real]").click()
            await page.see("#moves .job.done", "2 new people")
            people = [(one.name, one.role, one.has_pin) for one in read_users(served.shop.reader)]
            assert people == [("Ada Lovelace", "manager", False), ("Bob Byron", "cashier", False)]
            assert page.complaints == []

    run(scenario())


def test_the_page_fits_a_phone_and_reads_from_right_to_left(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(FILES["c.csv"][1], "utf-8")

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "register=1&lang=he", path="/manager/move")
            await page.see("h1", "מעבר ממערכת אחרת")
            await page.page.locator("[name=files]").set_input_files(file)
            await page.see(".file[data-kind=customers]", "3 לקוחות")
            wide = await page.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            assert not wide
            await page.open(served, "register=1&lang=fr", path="/import")
            await page.see("main", "Changer de système")
            assert page.complaints == []

    run(scenario())
