"""Mail of boxes at head office that is cut off: its headers, or the relay that sends it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge.analytics.notify.office_mail import readdress_mail
from tests.contract.hub.test_notify_hub import FROM, chain
from tests.shop_fixture import run

CUT_HEADS = (
    *("Message-ID: <", "Message-ID: <a@[", "Message-ID: <a@[>", "References: <a@b> <", "In-Reply-To: a@b"),
    *('To: "', "To: a@b.c, <", "To: <a@b.c", "To: a@b.c\r\nTo: x@b.c", "Date: \x01", "Date: \u00e9"),
)


@pytest.mark.parametrize("head", CUT_HEADS)
def test_a_mail_whose_heads_are_cut_off_is_refused_by_name(head: str) -> None:
    to = "" if head.startswith("To") else "To: a@b.c\r\n"
    with pytest.raises(ValueError, match="mail"):
        readdress_mail(f"{to}{head}\r\nSubject: x\r\n\r\nh\r\n".encode(), "a@b.c", FROM)


@pytest.mark.parametrize("at_end", [False, True])
def test_a_relay_that_is_killed_within_a_mail_loses_and_doubles_nothing(
    tmp_path: Path, database: str, at_end: bool
) -> None:
    class Killed:
        async def send(self, message: Any, sender: str, recipient: str, *, ending: Any) -> str:
            if at_end:
                await ending()
            raise asyncio.CancelledError

    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            await one.shop.raised("Freezer")
            await one.shop.after()
            mail, one.relay._mail = one.relay._mail, Killed()
            with pytest.raises(asyncio.CancelledError):
                await one.relay.turn()
            one.relay._mail = mail
            connection = await asyncpg.connect(database)
            await connection.execute("UPDATE office_letter SET moved_at = now() - interval '6 minutes'")
            await connection.close()
            await one.relay.turn()
            await one.news.look()
            assert one.subjects == ([] if at_end else ["High: Freezer"])
            assert one.shop.states() == (["unknown"] if at_end else ["sent"])

    run(scenario())
