"""A person is forgotten: in no byte of the box, its backups, its log or head office's tables, and so it stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from edge.core.people import wrapping_keys
from edge.core.people.key_rotation import last_forgotten
from edge.core.people.sealing import Keyring
from edge.core.secrets import keys
from edge.core.storage.database import open_reader
from edge.counter.till.customer_sales import read_customer_history
from edge.foundation.access.queries import User, read_users
from edge.operations.maintenance.backups import backup, encrypted_file, people
from edge.operations.maintenance.backups.extract import unseal
from edge.people.customers.queries import read_customer
from edge.runtime.backup_state import status
from edge.runtime.config import Config
from sim.postgres import Postgres
from tests.flow.operations.test_backup import with_backups
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, Cloud, Store, cloud, store

NAME, MAIL, PHONE, NUMBER = "Avigail Mizrahi", "avigail@example.org", "+33612345678", "K-4711-avi"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGVkUElOb2ZBdmlnYWls"
OTHER = "Bo Svensson"


GUEST_PHONE = "+33687654321"
GUEST, GUEST_MAIL, GUEST_STREET = "Zipporah Quartermain", "zipporah@example.org", "17 Periwinkle Crescent"
LIKED, WISHED = "Marzipan Brothers", "for the wedding of Ezekiel"


async def a_customer(shop: Store) -> str:
    """The id of someone of whom much is kept: sales, wishes, a review, and what they like by consent."""
    token, do = shop.api.token, shop.api.do
    street = {"lines": [GUEST_STREET], "city": "Paris", "country": "FR"}
    id = str(await do("SetCustomer", token, name=GUEST, email=GUEST_MAIL, phone=GUEST_PHONE, addresses=[street]))
    await do("GiveConsent", token, customer=id, purpose="profile", language="en")
    await do("SetCustomer", token, id=id, preferences={"liked_brands": [LIKED]})
    await do("AddWish", token, customer=id, sku="milk", note=WISHED)
    await do("WriteReview", token, customer=id, sku="milk", rating=5, text=f"{GUEST} was here")
    return id


async def an_order_on_paper(shop: Store, customer: str) -> None:
    """An order of theirs, which a picker read of and which was cancelled."""
    cart = await shop.api.do("OpenCart", shop.api.token, channel="phone")
    cart = await shop.api.do("AddToCart", shop.api.token, cart=cart["id"], sku="milk")
    said = {"name": GUEST, "phone": GUEST_PHONE, "note": WISHED, "customer": customer}
    placed = {"cart": cart["id"], "accepted_total_minor": cart["total_minor"], **said}
    order = await shop.api.do("PlaceOrder", shop.api.token, **placed)
    await shop.api.do("MoveOrder", shop.api.token, order=order["id"], to="accepted")
    await shop.api.do("CancelOrder", shop.api.token, order=order["id"], reason="nobody came")


def none_is_due(shop: Store) -> None:
    """As in a shop that made its backup of today."""
    shop.config.folder.mkdir()
    status.note(shop.config.folder, backup_us=time.time_ns() // 1000)


async def two_users(shop: Store) -> None:
    said = {"name": NAME, "email": MAIL, "phone": PHONE, "employee_number": NUMBER}
    await shop.api.do("SetUser", shop.api.token, id="u1", role="cashier", pin_hash=HASH, **said)
    await shop.api.do("SetUser", shop.api.token, id="u2", role="manager", pin_hash=HASH + "x", name=OTHER)


def key_of(config: Config, person: str) -> bytes:
    with closing(open_reader(config.ledger)) as db:
        key = Keyring(db).key(person)
    assert key is not None
    return key


def of_folder(*folders: Path) -> bytes:
    """Every byte of all files in there."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def of_backups(config: Config, usb: Path, other: Path, work: Path) -> Iterator[bytes]:
    """What who has the recovery code can read: every byte of all backups, opened, and of the keys beside them."""
    secret = keys.read_stored_secret(config.folder)
    assert secret
    for found in (*backup.list_backups(usb, config.header), *backup.list_backups(other, config.header)):
        folder = work / found.path.parent.name / found.path.name
        folder.mkdir(parents=True)
        unseal(found.path, secret, folder)
        yield of_folder(folder)
    copy = people.read_keys(usb, config.header, secret)
    assert copy
    yield msgspec.json.encode(copy) + b"".join(wrapped for _, wrapped in people.rows_of(copy).values())


async def of_office(office: Cloud) -> bytes:
    """All rows of all tables, as text; bytes as hexadecimal digits."""
    tables = await office.fetch("SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information)'")
    rows = [await office.fetch(f'SELECT t::text FROM "{schema}"."{table}" t') for schema, table in tables]
    return "\n".join(text for page in rows for (text,) in page).encode()


async def is_nowhere(shop: Store, office: Cloud, usb: Path, traces: list[bytes]) -> None:
    """None of this is in a byte of the box, of a backup that is opened with the recovery code, or of head office."""
    other = usb.with_name("other")
    places = [
        of_folder(shop.config.folder),
        shop.log.encode() + office.hub.log.read_bytes(),
        *of_backups(shop.config, usb, other, usb.with_name("o")),
    ]
    for place in (*places, await of_office(office)):
        for trace in traces:
            assert trace not in place


@pytest.mark.slow
def test_a_user_who_is_forgotten_is_nowhere_and_nobody_brings_them_back(tmp_path: Path) -> None:
    usb, other, bare, new = (tmp_path / name for name in ("usb", "other", "bare", "new"))
    for folder in (other, bare, new):
        folder.mkdir()

    async def forgotten(shop: Store, office: Cloud) -> Path:
        """A backup of before, on another disk; the appliance makes none of its own meanwhile."""
        none_is_due(shop)
        await shop.start(PRODUCTS)
        await two_users(shop)
        assert (await shop.edge("backup", "now")).status == 0
        newest = backup.list_backups(usb, shop.config.header)[0].path
        (other / newest.name).write_bytes(newest.read_bytes())
        await shop.sell()
        exported = msgspec.json.decode((await shop.edge("person", "export", "u1")).out)
        assert exported["known_by"]["user phone"] == PHONE
        assert exported["facts"][0]["fields"]["name"] == NAME
        key, wrappings = key_of(shop.config, "u1"), wrapping_keys.read(shop.config.folder)
        done = await shop.edge("person", "forget", "u1")
        assert (done.status, done.err) == (0, ""), done
        await shop.sell()
        await office.holds(shop)
        plain = [text.encode() for text in (NAME, MAIL, PHONE, NUMBER, HASH)]
        secret = [key, key.hex().encode(), *(one.key.encode() for one in wrappings.keys)]
        await is_nowhere(shop, office, usb, [*plain, *secret, *(text.hex().encode() for text in plain)])
        return other / newest.name

    async def knows_only_the_other(shop: Store) -> None:
        assert (await shop.edge("person", "list")).out.split() == ["u2"]
        again = await shop.edge("person", "export", "u1")
        assert again.status == 1 and "was forgotten" in again.err
        assert (await shop.edge("verify")).status == 0

    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "forgetting", tmp_path) as office:
                async with store(tmp_path, office, with_backups(usb, CONFIG)) as shop:
                    kept = await forgotten(shop, office)
                    await knows_only_the_other(shop)
                    await shop.stop()
                    assert (await shop.edge("restore", kept, "--replace")).status == 0
                    await knows_only_the_other(shop)
                    assert OTHER in (await shop.edge("person", "export", "u2")).out
                    code = (await shop.edge("backup", "code")).out.splitlines()[0] + "\n"
                async with store(new, office) as alone:
                    restored = await alone.edge("restore", kept, stdin=code)
                    assert restored.status == 0 and "are hidden" not in restored.out, "head office knew who"
                    await knows_only_the_other(alone)
        async with store(bare, text=with_backups(usb, CONFIG)) as spare:
            restored = await spare.edge("restore", "--newest", stdin=code)
            assert restored.status == 0 and "are hidden" not in restored.out, "the list beside it is younger"
            await knows_only_the_other(spare)
            assert OTHER in (await spare.edge("person", "export", "u2")).out

    run(scenario(), 240)


def test_a_customer_who_is_forgotten_is_nowhere_and_a_restore_keeps_it(tmp_path: Path) -> None:
    usb, other, new = (tmp_path / name for name in ("usb", "other", "new"))
    for folder in (other, new):
        folder.mkdir()
    plain = [text.encode() for text in (GUEST, GUEST_MAIL, GUEST_PHONE, GUEST_STREET, LIKED, WISHED)]

    async def forgotten(shop: Store, office: Cloud) -> tuple[str, Path]:
        await shop.start(PRODUCTS)
        id = await a_customer(shop)
        await shop.api.do("UseCustomer", customer=id)
        await shop.sell()
        await an_order_on_paper(shop, id)
        assert (await shop.edge("backup", "now")).status == 0
        newest = backup.list_backups(usb, shop.config.header)[0].path
        (other / newest.name).write_bytes(newest.read_bytes())
        key = key_of(shop.config, id)
        found = await shop.api.query("customer", id=id)
        assert (found["name"], found["preferences"]) == (GUEST, {"liked_brands": [LIKED]})
        await shop.api.do("ForgetCustomer", shop.api.token, id=id)
        await when(lambda: rotated(shop), bool, "the old wrapping key is destroyed")
        await shop.sell()
        assert (await shop.edge("backup", "now")).status == 0
        await office.holds(shop)
        await is_nowhere(shop, office, usb, [*plain, key, key.hex().encode()])
        rows = await office.fetch("SELECT forgotten IS NOT NULL, sealed FROM customer")
        assert [tuple(row) for row in rows] == [(True, [])]
        return id, other / newest.name

    async def knows_nobody(shop: Store, id: str) -> None:
        assert (await shop.edge("person", "list")).out.split() == []
        assert (await shop.edge("verify")).status == 0
        with closing(open_reader(shop.config.ledger)) as db:
            assert read_customer(db, id, 0) is None
            assert [paper.number for paper in read_customer_history(db, id)] == [1], "the sale stays"

    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "guests", tmp_path) as office:
                async with store(tmp_path, office, with_backups(usb, CONFIG)) as shop:
                    id, kept = await forgotten(shop, office)
                    said = await shop.edge("drill")
                    assert said.status == 0 and "people whose data was erased" in said.out, said
                    await shop.stop()
                    assert (await shop.edge("restore", kept, "--replace")).status == 0
                    await knows_nobody(shop, id)
                    code = (await shop.edge("backup", "code")).out.splitlines()[0] + "\n"
                async with store(new, office) as alone:
                    assert (await alone.edge("restore", kept, stdin=code)).status == 0
                    await knows_nobody(alone, id)

    run(scenario(), 240)


async def rotated(shop: Store) -> bool:
    """Whether the one wrapping key that is left is younger than whoever was forgotten last."""
    with closing(open_reader(shop.config.ledger)) as db:
        known = wrapping_keys.read(shop.config.folder).keys
        return len(known) == 1 and known[0].order >= last_forgotten(db)


def test_a_drill_says_who_would_come_back_although_they_were_forgotten(tmp_path: Path) -> None:
    usb = tmp_path / "usb"

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(usb, CONFIG)) as shop:
            await shop.start(PRODUCTS)
            await two_users(shop)
            assert (await shop.edge("backup", "now")).status == 0
            name = people.keys_name(shop.config.header)
            old = {path: path.read_bytes() for path in (usb / name, usb / people.list_name(shop.config.header))}
            await shop.stop()
            assert (await shop.edge("person", "forget", "u1")).status == 0
            sound = await shop.edge("drill")
            assert sound.status == 0 and "none of the 1 people whose data was erased" in sound.out, sound
            for path, content in old.items():  # somebody's own copy of the stick is put back
                path.write_bytes(content)
            said = await shop.edge("drill")
            assert said.status == 1 and "lacks 1 erased people" in said.out, said
            assert "1 erased people could be read again" in said.out, said

    run(scenario(), 240)


@pytest.mark.slow
def test_a_backup_with_no_younger_word_shows_nobody_until_somebody_says_so(tmp_path: Path) -> None:
    usb, bare = tmp_path / "usb", tmp_path / "bare"
    bare.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(usb, CONFIG)) as shop:
            await shop.start(PRODUCTS)
            await two_users(shop)
            assert (await shop.edge("backup", "now")).status == 0
            code = (await shop.edge("backup", "code")).out.splitlines()[0]
        async with store(bare, text=with_backups(usb, CONFIG)) as spare:
            restored = await spare.edge("restore", "--newest", stdin=code + "\n")
            assert restored.status == 0 and "its 2 people are hidden" in restored.out, restored
            hidden = await spare.edge("person", "export", "u2")
            assert hidden.status == 1 and "edge person show" in hidden.err
            await spare.start()
            assert (await spare.part("people", "lost"))["key"] == "people.held"
            with closing(open_reader(spare.config.ledger)) as db:
                users = read_users(db)
            assert users == [User("u1", "cashier", "", False), User("u2", "manager", "", False)], "nor do PINs open"
            assert (await spare.edge("person", "forget", "u1")).status == 0
            assert "WRONG  people: " in (await spare.edge("check")).out
            assert "Personal data is visible again for 1 people." in (await spare.edge("person", "show")).out
            await spare.part("people", "ok")
            await spare.stop()
            assert OTHER in (await spare.edge("person", "export", "u2")).out
            assert NAME.encode() not in of_folder(spare.config.folder)

    run(scenario(), 240)


@pytest.mark.slow
def test_a_backup_alone_on_a_stick_opens_nobody(tmp_path: Path) -> None:
    """The keys are not in it, or it could never be made to forget; they are brought from beside the others."""
    usb, bare, lone = tmp_path / "usb", tmp_path / "bare", tmp_path / "lone"
    bare.mkdir()
    lone.mkdir()

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(usb, CONFIG)) as shop:
            await shop.start(PRODUCTS)
            await two_users(shop)
            assert (await shop.edge("backup", "now")).status == 0
            code = (await shop.edge("backup", "code")).out.splitlines()[0]
            (found,) = backup.list_backups(usb, shop.config.header)
            key = key_of(shop.config, "u1")
        stick = lone / found.path.name
        stick.write_bytes(found.path.read_bytes())
        unseal(stick, keys.read(code), lone)
        assert key not in (lone / "ledger.db").read_bytes() and NAME.encode() not in (lone / "ledger.db").read_bytes()
        (lone / people.keys_name(shop.config.header)).write_bytes(b"EDGESEA1 and damaged")  # costs names, no restore
        async with store(bare, text=with_backups(usb, CONFIG)) as spare:
            assert (await spare.edge("restore", stick, stdin=code + "\n")).status == 0
            assert NAME not in (await spare.edge("person", "export", "u1")).out
            assert "Personal data is visible again for 2 people." in (await spare.edge("person", "show")).out
            assert NAME in (await spare.edge("person", "export", "u1")).out

    run(scenario(), 240)


@pytest.mark.slow
def test_a_disk_that_is_away_is_named_and_cleared_when_it_is_back(tmp_path: Path) -> None:
    usb = tmp_path / "usb"

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(usb, CONFIG)) as shop:
            await shop.start(PRODUCTS)
            await two_users(shop)
            assert (await shop.edge("backup", "now")).status == 0
            await shop.stop()
            key = key_of(shop.config, "u1")
            usb.rename(tmp_path / "away")
            usb.write_text("no folder")
            done = await shop.edge("person", "forget", "u1")
            assert done.status == 1 and "PENDING  In the backup folder" in done.out, done
            assert key not in of_folder(shop.config.folder) and NAME.encode() not in of_folder(shop.config.folder)
            await shop.start()
            assert (await shop.part("people", "lost"))["key"] == "people.waiting"
            usb.unlink()
            (tmp_path / "away").rename(usb)
            assert (await shop.edge("backup", "now")).status == 0
            secret = keys.read_stored_secret(shop.config.folder)
            assert secret
            copy = people.read_keys(usb, shop.config.header, secret)
            assert copy and set(people.rows_of(copy)) == {"u2"}
            assert (await shop.edge("drill")).status == 0
            assert copy.wrappings == wrapping_keys.read(shop.config.folder)
            beside = usb / people.keys_name(shop.config.header)
            assert encrypted_file.read_label(beside).kind == "people"
            beside.unlink()
            said = await shop.edge("drill")
            assert said.status == 1 and "without names and PINs" in said.out, said

    run(scenario(), 240)


@pytest.mark.slow
def test_a_lost_file_of_keys_comes_back_from_beside_the_backups(tmp_path: Path) -> None:
    usb = tmp_path / "usb"

    async def scenario() -> None:
        async with store(tmp_path, text=with_backups(usb, CONFIG)) as shop:
            await shop.start(PRODUCTS)
            await two_users(shop)
            assert (await shop.edge("backup", "now")).status == 0
            await shop.stop()
            (shop.config.folder / wrapping_keys.FILE).unlink()
            assert NAME not in (await shop.edge("person", "export", "u1")).out
            assert (await shop.edge("backup", "now")).status == 0, (
                "which does not write over the only keys that are left"
            )
            await shop.start()
            await when(lambda: shop.edge("person", "export", "u1"), lambda said: NAME in said.out, "they are back")
            await shop.sell()

    run(scenario(), 240)
