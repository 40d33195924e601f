"""Webhooks of other companies' tills, received by the box over HTTP."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from edge.backoffice.other_tills.commands import SetOtherTill
from edge.backoffice.other_tills.other_till import OtherTill, secret_name
from edge.core.messages import Done
from edge.runtime.secrets import secrets_of
from sim.vendors.generic_till import SimGenericTill
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, run

BAR = OtherTill("bar", places="L1 = main", signature="body", header="X-Signature", every_min=0)
PATH = "/v1/webhooks/bar/corner"


def test_who_has_not_the_secret_says_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, aiohttp.ClientSession(f"http://127.0.0.1:{served.port}") as caller:
            till = SimGenericTill()
            headers, body = till.hook(till.say("1", 1_800_000_000_000_000, {"beer": "1"}))
            hooks = Path(served.config.folder) / "hooks" / "bar"
            assert (await caller.post(PATH, data=body, headers=headers)).status == 404
            assert isinstance(await served.shop.do(SetOtherTill(BAR), SYSTEM), Done)
            assert (await caller.post(PATH, data=body, headers=headers)).status == 503
            secrets_of(served.config.folder).set(secret_name(BAR, "hook"), till.signs_with)
            assert (await caller.post(PATH, data=body + b" ", headers=headers)).status == 401
            assert (await caller.post(PATH, data=b"", headers=headers)).status == 401
            assert (await caller.post(PATH, data=body)).status == 401
            assert (await caller.post(PATH.replace("corner", "other"), data=body, headers=headers)).status == 404
            assert (await caller.get(PATH)).status == 405
            assert (await caller.post(PATH, data=b"x" * (2 * 1024 * 1024 + 1), headers=headers)).status == 413
            assert not hooks.exists()
            said = await caller.post(PATH, data=body, headers=headers)
            assert (said.status, await said.read(), len(list(hooks.iterdir()))) == (200, b"", 1)

    run(scenario())
