"""Who was suspended stays out until this shop says otherwise; who was entered by a version before is still found."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.messages import Done
from edge.core.storage.database import Connection
from edge.foundation.access.commands import SetUser, SuspendUser
from edge.foundation.access.queries import read_users, stored_hash
from tests.shop_fixture import SYSTEM, open_shop, run

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"


def test_only_this_shop_lets_in_who_was_suspended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:

            def has_pin() -> bool:
                return read_users(shop.reader)[0].has_pin

            theirs = SetUser("h1", "Avi", "cashier", HASH, "head office", phone="+33612345678")
            assert isinstance(await shop.do(theirs, SYSTEM), Done)
            (before,) = shop.reader.execute("SELECT pin_hash FROM access_secret").fetchone()
            for _ in range(2):
                assert isinstance(await shop.do(SuspendUser("h1"), SYSTEM), Done)
            for name, pin_hash in (("Avi", HASH), ("Avi Levi", HASH + "z"), ("Avi Cohen", "")):
                again = msgspec.structs.replace(theirs, name=name, pin_hash=pin_hash)
                assert isinstance(await shop.do(again, SYSTEM), Done)
                assert read_users(shop.reader)[0].name == name, "the rest of head office's word holds"
                assert not has_pin(), "its next list does not let them in again"

            def restored(db: Connection) -> None:
                db.execute("INSERT INTO access_secret (user_id, pin_hash) VALUES ('h1', ?)", (before,))
                for forget in shop.registry.on_restore:
                    forget(db)

            await shop.maintain(restored)
            assert not has_pin(), "nor does a backup that has their PIN of before"
            assert isinstance(await shop.do(SetUser("h1", "Avi", "cashier", HASH + "a"), SYSTEM), Done)
            assert has_pin()
            assert isinstance(await shop.do(msgspec.structs.replace(theirs, pin_hash=HASH + "b"), SYSTEM), Done)
            assert stored_hash(shop.reader, "h1") == HASH + "b", "and from then on head office's word holds, too"

    run(scenario())


def test_whoever_has_no_pin_at_all_is_suspended_too(tmp_path: Path) -> None:
    """As on a box that was recovered from head office."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            theirs = SetUser("h1", "Avi", "cashier", HASH, "head office")
            assert isinstance(await shop.do(theirs, SYSTEM), Done)
            await shop.maintain(lambda db: db.execute("DELETE FROM access_secret"))
            assert isinstance(await shop.do(SuspendUser("h1"), SYSTEM), Done)
            assert isinstance(await shop.do(theirs, SYSTEM), Done)
            assert not read_users(shop.reader)[0].has_pin

    run(scenario())
