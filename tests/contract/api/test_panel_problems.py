"""Unexpected errors are answered in the same failure format as all others (RFC 9457)."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.handling import CommandPath
from edge.web.limits import BODY_BYTES
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

FORM = {"type", "title", "status", "detail", "code", "values"}


def test_what_no_one_foresaw_is_answered_in_the_same_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise LookupError("a bug")

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for method, path, body, status in (
                ("GET", "/api/v1/nothing", None, 404),
                ("PUT", "/api/v1/search", {}, 405),
                ("POST", "/api/v1/commands/Nothing", {}, 404),
                ("POST", "/api/v1/commands/AddLine", {"code": "1" * BODY_BYTES}, 413),
                ("POST", "/api/v1/commands/AddLine", {"code": []}, 400),
                ("POST", "/api/v1/commands/AddLine", {"code": "1"}, 500),
            ):
                if status == 500:
                    monkeypatch.setattr(CommandPath, "run", broken)
                answer = await caller.call(method, path, body)
                media = answer.headers["Content-Type"].split(";")[0]
                assert (answer.status, media) == (status, "application/problem+json"), (path, answer.text)
                assert set(answer.json) >= FORM and answer.json["status"] == status
                assert answer.json["detail"] and "a bug" not in answer.text

    run(scenario())


def test_a_command_is_posted_and_not_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            answer = await caller.get("/api/v1/commands/AddLine", Register="1")
            assert (answer.status, answer.code) == (405, "method_wrong")
            assert answer.message == "This address accepts only: POST."
            assert answer.headers["Allow"] == "POST"
            page = await caller.call("DELETE", "/manager")
            assert (page.status, page.headers["Allow"]) == (405, "GET, HEAD")

    run(scenario())
