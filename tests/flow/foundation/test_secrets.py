"""Secrets through the whole panel: entered behind a PIN, shown to no one again, in no journal, log or answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.process.parts import Part
from edge.runtime.secrets import secrets_of
from edge.runtime.secrets_part import SecretsPart
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.contract.api.test_panel_keys import journal, key_of, manager
from tests.http_client import when
from tests.shop_fixture import CONFIG, run

VALUE = "hunter2-hunter2-hunter2"
PATH = "/api/v1/secrets"


def test_a_secret_is_entered_behind_a_pin_and_never_shown_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        mail = '[notify.email]\nhost = "mail.example"\nuser = "u"\npassword = "secret:mail"\nsender = "a@b.example"\n'
        async with serve(tmp_path, CONFIG + mail) as served, calling(served) as caller:
            store = secrets_of(served.config.folder)
            served.supervisor.start(Part("secrets", SecretsPart(served.config, store, served.shop.bus).run))
            states = served.supervisor.states

            async def state() -> str:
                return states["secrets"].state

            await when(state, lambda one: one == "lost", "that nobody entered it is said")
            assert states["secrets"].key == "secrets.missing"
            grant = {"Grant": await manager(served, caller)}
            assert (await caller.call("PUT", f"{PATH}/mail", {"value": VALUE})).status == 403
            program = await key_of(served, caller, "manage")
            for method, path, body in (("GET", PATH, None), ("PUT", f"{PATH}/mail", {"value": VALUE})):
                assert (await caller.call(method, path, body, **program)).status == 403, "no program"
            put = await caller.call("PUT", f"{PATH}/mail", {"value": VALUE}, **grant)
            assert put.status == 200 and "hunter2" not in put.text
            await when(state, lambda one: one == "ok", "what waited for it goes on")
            got = await caller.get(PATH, **grant)
            assert [(one["name"], one["ends"], one["lost"]) for one in got.json["secrets"]] == [("mail", "ter2", False)]
            page = await caller.get("/fragments/secrets", **grant)
            assert page.status == 200 and "[notify.email] password" in page.text and VALUE not in page.text
            assert (await caller.call("POST", f"{PATH}/rotate", {}, **grant)).json == {"secrets": 1}
            for name, body in (("Mail", {"value": VALUE}), ("a.b", {"value": VALUE})):
                assert (await caller.call("PUT", f"{PATH}/{name}", body, **grant)).status == 404
            for body in ({"value": ""}, {"value": "two\nlines"}, {"value": "x" * 8_193}, {}):
                answer = await caller.call("PUT", f"{PATH}/mail", body, **grant)
                assert answer.status == 400 and "two" not in answer.text
            assert (await caller.call("DELETE", f"{PATH}/mail", **grant)).status == 200
            assert (await caller.call("DELETE", f"{PATH}/mail", **grant)).code == "no_such_secret"
            assert [(actor, b"hunter2" in body) for actor, body in journal(served, "SecretSet")] == [("u1", False)]
            assert len(journal(served, "SecretRemoved")) == len(journal(served, "SecretsRotated")) == 1
            metrics = await caller.get("/metrics", **grant)
            assert "hunter2" not in metrics.text

    run(scenario())
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"hunter2" not in written
    said = capfd.readouterr()
    assert "hunter2" not in said.out + said.err


def test_a_spoilt_file_of_secrets_is_said_and_the_till_sells_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            grant = {"Grant": served.site.door.token}
            (served.config.folder / "secrets.json").write_text("{")
            answer = await caller.call("PUT", f"{PATH}/mail", {"value": VALUE}, **grant)
            assert (answer.status, answer.code) == (503, "secrets_unreadable")
            assert (await caller.get(PATH, **grant)).status == 503
            assert (await caller.do("AddLine", {"code": "7290000066318"})).status in (200, 422)

    run(scenario())
