"""People with passwords, their devices and programs, for tests."""

from __future__ import annotations

import json
from typing import Any

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.preferences import NotificationPreferences
from edge.analytics.notify.recipients import TEXT_PLACE
from edge.core.messages import Done
from edge.core.people.sealing import open_
from edge.foundation.access.commands import SetSecrets, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.logs.login_log import Login, read_logins
from edge.foundation.access.watches import WATCHES
from tests.browser.calling import Answer, Caller
from tests.browser.serving import Served
from tests.contract.api.test_panel_pairing import cookie_of
from tests.shop_fixture import SYSTEM

PASSWORD = "kolibri tondeuse nuage"
HASH = hash_pin(PASSWORD)
PINS = {"u1": hash_pin("731946"), "u2": hash_pin("5903")}
WATCHED = {watch.kind: watch for watch in WATCHES}


async def hire(served: Served) -> None:
    """Dana manages (u1), Avi sells (u2); both have a password. Noa (u9) manages, too."""
    noa = SetUser("u9", "Noa", "manager", hash_pin("840317"))
    assert isinstance(await served.shop.do(noa, SYSTEM), Done)
    for id, name, role in (("u1", "Dana", "manager"), ("u2", "Avi", "cashier")):
        email = f"{name.lower()}@example.org"
        assert isinstance(await served.shop.do(SetUser(id, name, role, PINS[id], email=email), SYSTEM), Done)
        await served.shop.maintain(lambda db, id=id: db.execute(_CODE, (id,)))  # type: ignore[misc]
        assert isinstance(await served.shop.do(SetSecrets(id, "", HASH), SYSTEM), Done)


_CODE = "INSERT INTO access_paper_code (user_id, hash, made_us, wrong) VALUES (?, '', 0, 0)"


async def log_in(caller: Caller, email: str = "dana@example.org", password: str = PASSWORD, **more: Any) -> Answer:
    body = {"email": email, "password": password} | {
        key: more.pop(key) for key in ("code", "app", "label") if key in more
    }
    return await caller.call("POST", "/api/v1/auth/login", body, **{"Origin": caller.url, "Register": "", **more})


async def own_device(caller: Caller, email: str = "dana@example.org") -> str:
    """Its cookie."""
    answer = await log_in(caller, email)
    assert answer.status == 200, answer.text
    return cookie_of(answer)


async def program(caller: Caller, email: str = "dana@example.org") -> dict[str, str]:
    """Its tokens."""
    answer = await log_in(caller, email, app=True, label="a program")
    assert answer.status == 200, answer.text
    found: dict[str, str] = answer.json["tokens"]
    return found


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}", "Register": "1"}


async def noted(served: Served) -> list[Login]:
    await served.access.pins.log.stop()
    return read_logins(served.shop.reader)


async def reached_by_mail(served: Served, user: str) -> None:
    """The shop sends mail, and this person has an address for it."""
    chosen = SetPreferences(user, NotificationPreferences(email=f"{user}@example.org"))
    assert isinstance(await served.shop.do(chosen, SYSTEM), Done)
    switch = "INSERT INTO notify_channel (name, configured) VALUES ('email', 1)"
    await served.shop.maintain(lambda db: db.execute(switch))


def told(served: Served) -> list[tuple[str, str]]:
    """Subjects and texts of what waits to be sent to people, the oldest first."""
    db = served.shop.reader
    rows = db.execute("SELECT person, body FROM notify_message WHERE what = 'said' ORDER BY id").fetchall()
    read = [json.loads(open_(db, person, *TEXT_PLACE, body) or "[]") for person, body in rows]
    return [(subject, text) for subject, text in read]
