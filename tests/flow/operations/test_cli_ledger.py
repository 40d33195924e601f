"""The command line on the ledger: one shop at a time, is it whole, all of it as JSON lines, and the PIN."""

import json
from itertools import pairwise
from pathlib import Path

from edge.foundation.access.credentials.pin import matches
from tests.http_client import PIN
from tests.shop_fixture import run
from tests.stack import MILK, PRODUCTS, store


def test_a_second_shop_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            second = await shop.edge("run")
            assert second.status == 1
            assert f"(pid {shop.process.pid})" in second.err and "Traceback" not in second.err
            assert await shop.sell() == 1
            told = await shop.edge("support", "bundle")
            found = json.loads(told.out)
            assert (
                (told.status, found["question"]) == (0, "bundle") and found["checks"] and found["machine"]["disk_mib"]
            )
            assert MILK not in told.out and "argon2" not in told.out, "neither goods nor what opens a door"
            written = shop.config.folder / "bundle.json"
            assert (await shop.edge("support", "bundle", str(written))).status == 0
            assert written.stat().st_mode & 0o077 == 0 and json.loads(written.read_text())["books"]["head"] > 1
            again = await shop.edge("support", "bundle", str(written))
            assert again.status == 1 and "already" in again.err

    run(scenario())


def _damage(ledger: Path) -> None:
    for end in ("-wal", "-shm"):
        Path(f"{ledger}{end}").unlink(missing_ok=True)
    ledger.write_bytes(b"no ledger any more" * 1000)


def test_a_diagnosis_is_written_also_of_a_ledger_that_cannot_be_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            await shop.stop()
            whole, broken = tmp_path / "whole.json", tmp_path / "broken.json"
            assert (await shop.edge("diagnose", str(whole))).status == 0
            assert json.loads(whole.read_text())["books"]["head"] >= 1 and whole.stat().st_mode & 0o077 == 0
            _damage(shop.config.ledger)
            assert (await shop.edge("diagnose", str(broken))).status == 0
            told = json.loads(broken.read_text())
            assert told["fault"] and told["machine"]["disk_mib"] and "books" not in told
            again = await shop.edge("diagnose", str(broken))
            assert again.status == 1 and "already" in again.err

    run(scenario())


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            await shop.sell()
            sale = next(row for row in shop.rows() if row.type == "SaleCompleted")
            whole = await shop.edge("verify")
            assert (whole.status, whole.err) == (0, "")
            assert f"The chain is intact to #{shop.head()}" in whole.out
            await shop.stop()

            data, stored = shop.config.ledger.read_bytes(), sale.body + sale.prev
            assert data.count(stored) == 1
            shop.config.ledger.write_bytes(
                data.replace(stored, stored.replace(b'"currency":"EUR"', b'"currency":"EUS"'))
            )
            said = await shop.edge("verify")
            assert said.status == 1
            assert f"FAULT  row #{sale.seq} (SaleCompleted) was changed after it was written" in said.out
            check = await shop.edge("check")
            assert check.status == 1 and f"row #{sale.seq}" in check.out
            start = await shop.edge("run")
            assert start.status == 1 and f"row #{sale.seq}" in start.err, "nobody sells on top of a broken chain"

    run(scenario())


def test_the_journal_is_exported_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            for _ in range(3):
                await shop.sell()
            running = await shop.edge("journal", "export")
            await shop.stop()
            stopped = await shop.edge("journal", "export")
            assert running == stopped
            lines = [json.loads(line) for line in stopped.out.splitlines()]
            rows = shop.rows()
            assert [(line["seq"], line["hash"], line["type"]) for line in lines] == [
                (row.seq, row.hash.hex(), row.type) for row in rows
            ]
            assert [line["body"] for line in lines] == [json.loads(row.body) for row in rows]
            assert all(line["prev"] == before["hash"] for before, line in pairwise(lines))
            last = await shop.edge("journal", "export", "--from", str(len(rows)))
            assert last.out == stopped.out.splitlines()[-1] + "\n"

    run(scenario())


def test_commands_on_a_ledger_that_is_not_there_say_so_and_make_none(tmp_path: Path) -> None:
    """One that was made by the way would stand in the place of what a new box is to get from head office."""
    upgrades = ("upgrade", "upgrade --rehearse", "upgrade --prepare")
    commands = ("verify", *upgrades, "backup now", "drill", "journal export", "journal archive")

    async def scenario() -> None:
        async with store(tmp_path) as shop:
            shop.path.write_text(f'{shop.path.read_text()}[backup]\nfolder = "{tmp_path}"\nsame_disk = true\n')
            for command in commands:
                said = await shop.edge(*command.split())
                assert said.status == 1 and said.err.startswith(("edge: No ", "edge: There is no ")), (command, said)
                assert not shop.config.ledger.exists(), command

    run(scenario())


def test_the_pin_guards_overrides(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            for wrong in ("", "1234", "abcd", "1234567890123"):
                refused = await shop.edge("pin", stdin=wrong + "\n")
                assert (refused.status, refused.err) == (1, "edge: The set-up PIN is 6 to 12 digits.\n")
            hashed = await shop.edge("pin", "--hash", stdin="7394\n")
            assert matches(hashed.out.strip(), "7394")
            assert (await shop.edge("pin", stdin="739418\n")).status == 0  # before the first start
            await shop.start(PRODUCTS)
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0  # and while it runs
            status, answer = await shop.api.post("/api/v1/grants", {"pin": "739418", "command": "OverridePrice"})
            assert (status, answer["refused"]["code"]) == (422, "pin_wrong")
            await shop.api.do("AddLine", code=MILK)
            status, answer = await shop.api.ask_for("OverridePrice", line=1, price_minor=50)
            assert (status, answer["refused"]["code"]) == (403, "right_denied")
            basket = await shop.api.do("OverridePrice", await shop.api.grant(), line=1, price_minor=50)
            assert [(line["price_minor"], line["listed_minor"]) for line in basket["lines"]] == [(50, 120)]
            rows = [json.loads(line) for line in (await shop.edge("journal", "export")).out.splitlines()]
            # What was said and by whom: four digits stand in a hash or a moment by chance.
            assert PIN not in json.dumps([(row["actor"], row["body"]) for row in rows])

    run(scenario())
