"""Secrets that were replaced, used, dropped or revoked aren't in any byte of the ledger."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetPassword, SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from sync.identity.totp import STEP_S
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_factor import HERS, factor, set_up
from tests.shop_fixture import SYSTEM, FakeClock, run
from tests.signing_in import hire, program

COLUMNS = {
    "access_pin": ("hash",),
    "access_secret": ("pin_hash",),
    "access_password": ("password_hash",),
    "access_factor": ("secret", "salt"),
    "access_recovery": ("hash",),
    "access_key": ("secret",),
    "access_refresh": ("secret", "spent"),
}
"""Columns with secrets, as hashes or ciphertext."""


def held(served: Served) -> dict[bytes, str]:
    """Return every secret now in the ledger, and its column."""
    found: dict[bytes, str] = {}
    for table, columns in COLUMNS.items():
        for column in columns:
            for (value,) in served.shop.reader.execute(f"SELECT {column} FROM {table}").fetchall():
                found[value.encode() if isinstance(value, str) else bytes(value)] = f"{table}.{column}"
    return {value: where for value, where in found.items() if len(value) >= 16}


async def story(served: Served, caller: Caller, clock: FakeClock) -> dict[bytes, str]:
    """Create and end secrets of each kind; returns all that ever existed."""
    ever: dict[bytes, str] = {}

    async def after(outcome: object) -> None:
        assert isinstance(outcome, Done) or getattr(outcome, "status", 0) == 200, outcome
        await served.shop.maintain(lambda _: None)
        ever.update(held(served))

    for pin in ("864209", "975318"):
        await after(await served.shop.do(SetPin(hash_pin(pin)), SYSTEM))
    await hire(served)
    ever.update(held(served))
    for pin in ("5903", "8461"):
        await after(await served.shop.do(SetUser("u2", "Avi", "cashier", hash_pin(pin)), SYSTEM))
    await after(await served.shop.do(SetPassword("u2", hash_pin("zebra fontaine orage")), SYSTEM))

    tokens = await program(caller)
    ever.update(held(served))
    for _ in range(2):
        more = await caller.call("POST", "/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
        await after(more)
        tokens = more.json["tokens"]
    await after(await caller.call("POST", "/api/v1/auth/logout", {"refresh_token": tokens["refresh_token"]}))

    grant = {"Grant": served.site.door.token}
    made = await caller.call("POST", "/api/v1/keys", {"name": "stall", "rights": ["sell"], "days": 9}, **grant)
    await after(made)
    await after(await caller.manage("RevokeKey", {"id": made.json["key"]["id"]}))

    _, codes = await set_up(served, caller, clock)
    ever.update(held(served))
    clock.advance(STEP_S)
    await after(await caller.call("POST", "/api/v1/grants", {"pin": HERS, "code": codes[0]}, Surface="panel"))
    await after(await factor(caller, "/recovery-codes", code=codes[1]))
    ((moshe,),) = served.shop.reader.execute("SELECT user_id FROM access_factor").fetchall()
    await after(await caller.manage("DropFactor", {"id": moshe}))

    return ever


def test_an_old_secret_is_in_no_byte_of_the_ledger(tmp_path: Path) -> None:
    async def scenario() -> tuple[dict[bytes, str], dict[bytes, str]]:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            ever = await story(served, caller, clock)
            await served.access.sessions.stop()
            return ever, held(served)

    ever, still = run(scenario())
    (ledger,) = tmp_path.rglob("ledger.db")
    written = ledger.read_bytes()
    gone = {value: where for value, where in ever.items() if value not in still}
    assert set(gone.values()) == {f"{table}.{column}" for table, columns in COLUMNS.items() for column in columns}
    assert {where for value, where in gone.items() if value in written} == set()
    assert all(value in written for value in still), "what holds is there, so this test would find it"
