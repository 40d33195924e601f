"""If a box's clock is wrong when it exchanges its code, the message says so instead of blaming head office."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from edge.lib.errors import NeedsHuman
from edge.lib.i18n import LANGUAGES, translate
from edge.runtime import enrolment
from sync.enrolment import AUTHORITY, authority_mark
from tests.authority import DAY, YEAR, Authority


@pytest.mark.parametrize(
    ("begins", "ends", "code", "said"),
    [
        (DAY, YEAR, "clock_behind", "Connect the box to the internet"),
        (-2 * YEAR, -DAY, "expired", "has expired"),
    ],
)
def test_a_certificate_out_of_its_time_is_said_with_the_boxs_date(
    tmp_path: Path, begins: timedelta, ends: timedelta, code: str, said: str
) -> None:
    authority = Authority(tmp_path)
    authority.issue(begins=begins, ends=ends)

    async def scenario() -> None:
        async def pem(request: web.Request) -> web.Response:
            return web.Response(text=authority.ca.read_text())

        app = web.Application()
        app.router.add_get(AUTHORITY, pem)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(tmp_path / "broker.pem", tmp_path / "broker.key")
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        der = ssl.PEM_cert_to_DER_cert(authority.ca.read_text())
        mark = authority_mark(hashlib.sha256(der).digest())
        try:
            with pytest.raises(NeedsHuman) as refused:
                await enrolment.trade(f"127.0.0.1:{port} K7QM2XPD9R4T-{mark}")
        finally:
            await runner.cleanup()
        wrong = refused.value
        assert wrong.key == f"enrol.{code}" and f"127.0.0.1:{port}" in wrong.what
        assert said in f"{wrong.what} {wrong.advice}"
        for language in LANGUAGES:
            assert str(wrong.values["today"]) in translate(language, wrong.key, **wrong.values)

    asyncio.run(scenario())
