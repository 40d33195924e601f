"""A shop on a blank box again: its backup's disk, the recovery code from paper, and the first page."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.core.storage.database import open_reader
from edge.goods.catalog.queries import read_products
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.backups.connected import find_backups
from edge.runtime import config as configurations
from edge.runtime.config import Config
from sim.child import Child
from sim.ports import free_port
from tests.browser.app.test_first_start import START_S, listens
from tests.browser.browsing import Till, till
from tests.browser.web.test_axe import violations
from tests.http_client import when
from tests.shop_fixture import CONFIG, config, open_shop, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("EDGE_SHOTS", "")
CODE = keys.show(bytes(16))
BACKUP = """
[backup]
folder = "{folder}"
same_disk = true
"""


def write_shop(folder: Path, text: str) -> Config:
    folder.mkdir()
    (folder / "config.toml").write_text(text)
    return config(folder, text)


async def make_backup(folder: Path, port: int) -> tuple[Config, Path, str]:
    """A shop with products, its backup, and its recovery code."""
    text = CONFIG.replace("port = 0", f"port = {port}") + BACKUP.format(folder=folder.parent / "usb")
    loaded = await asyncio.to_thread(write_shop, folder, text)

    async with open_shop(folder, text=text):
        pass
    found = await asyncio.to_thread(backup.make, loaded, SystemClock().read().at_us)
    return loaded, found.path, keys.show(keys.stored_or_made(loaded.folder))


def test_backups_are_found_on_disks_and_nowhere_else(tmp_path: Path) -> None:
    _, path, _ = run(make_backup(tmp_path / "old", 8080))
    (tmp_path / "usb" / "broken.edgebackup").write_bytes(b"no backup")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sdb1 {tmp_path / 'usb'} ext4 rw 0 0\ntmpfs {tmp_path / 'old'} tmpfs rw 0 0\n")
    (one,) = find_backups(mounts, own=())
    assert (one.path, one.shop) == (str(path), "demo/corner/box1")
    assert find_backups(tmp_path / "none", own=(str(tmp_path),)) == [one], "also in a folder of its own disk, once"
    assert find_backups(tmp_path / "none", own=()) == []


def test_a_shop_is_back_on_a_blank_box_by_its_first_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        _, path, code = await make_backup(tmp_path / "old", port)
        file = tmp_path / "new" / "config.toml"
        appliance = Child("appliance", tmp_path / "log")
        started = [sys.executable, "-m", "edge", "--config", str(file), "run", "--first-port", str(port)]
        appliance.spawn(started, dict(os.environ))
        try:
            async with till() as opened:
                page = opened.page
                await when(lambda: listens(port), bool, "the first page", START_S)
                await check_page(opened, port)
                await page.locator("[name=backup_file]").select_option("")
                await page.locator("[name=backup_path]").fill(str(path))
                await page.locator("[name=code]").fill(CODE)
                await page.locator("[name=backup_path]").fill(str(path.with_name("none.edgebackup")))
                await page.locator("#bring").click()
                await opened.see('[data-error="backup_file"]', "no backup at this path")
                await page.locator("[name=backup_path]").fill(str(path))
                for typed, said in (
                    ("K7QM", "This isn't a recovery code."),
                    (keys.show(bytes(16)), "another recovery code"),
                ):
                    await page.locator("[name=code]").fill(typed)
                    await page.locator("#bring").click()
                    await opened.see('[data-error="backup_file"]', said)
                    assert not file.exists() and not list(file.parent.glob(".config*")), "nothing half done stays"
                await page.locator("[name=code]").fill(code.lower())
                await page.locator("#bring").click()
                await opened.see("#restored h2", "Your shop has been restored")
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/restored.png", full_page=True)
                assert await page.locator("#restored-go").get_attribute("href") == f"http://localhost:{port}/"
                await when(lambda: asyncio.to_thread(file.exists), bool, "the configuration", START_S)
                made = configurations.load(file)
                assert made.folder == tmp_path / "new" / "data"
                db = open_reader(made.ledger)
                try:
                    _, milk, _ = read_products(db, ["milk"])["milk"]
                finally:
                    db.close()
                assert milk.names["en"] == "Milk"
                assert keys.show(keys.stored_or_made(made.folder)) == code, "later backups open with the same paper"
                opened.complaints.clear()
        finally:
            await asyncio.to_thread(appliance.stop, signal.SIGTERM)

    run(scenario())


async def check_page(opened: Till, port: int) -> None:
    """In every language, also on a phone: nothing is wider than the screen."""
    page = opened.page
    for language, width in (("he", 390), ("fr", 1024), ("en", 1024)):
        await page.set_viewport_size({"width": width, "height": 768})
        await page.goto(f"http://127.0.0.1:{port}/?lang={language}")
        await page.locator("#restore h2").scroll_into_view_if_needed()
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
        assert await violations(page, f"restore {language}") == []
        if SHOTS:
            await page.locator("#restore").screenshot(path=f"{SHOTS}/restore-{language}.png")
