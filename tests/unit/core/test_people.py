"""What is kept of a person opens in its place alone, and nowhere once the person is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from edge.core.journal.rows import Header, read_rows, write_header
from edge.core.messages import Actor, Ciphertext, Command, Done, Event, Refused, Sealed
from edge.core.people import blind_index, key_rotation, sealing, wrapping_keys
from edge.core.people.forgetting import ForgetPerson, capability, overwriting
from edge.core.people.personal_export import export
from edge.core.people.personal_export import people as people_of
from edge.core.people.sealing import Forgotten, Keyring, open_, seal, unwrap_key
from edge.core.people.wrapping_keys import YEAR_US, Wrappings
from edge.core.registry import Capability, CommandSpec
from edge.core.storage.database import open_writer
from edge.core.storage.migrate import migrate
from edge.core.surfaces import STAFF
from edge.core.transaction import command_hash, content_hash, encode
from edge.lib.errors import NeedsHuman
from tests.unit.toys import Toy, registry, toy

NAME, PHONE = "Avigail Mizrahi", "+972501234567"
BOSS = Actor("boss", "panel", "1", frozenset({"write", "manage"}))


class GuestMet(Event, frozen=True):
    """Someone came in."""

    personal: ClassVar[tuple[str, ...]] = ("name",)
    person_in: ClassVar[str] = "guest"

    guest: str
    name: Sealed
    table: int = 0


class Meet(Command, frozen=True):
    """Someone comes in."""

    personal: ClassVar[tuple[str, ...]] = ("name",)

    guest: str
    name: str


def meet(tx: Any, command: Meet) -> None:
    tx.append(GuestMet(command.guest, seal(tx.db, command.guest, GuestMet, "name", command.name), 4))
    blind_index.enter(tx.db, command.guest, "guest phone", PHONE)


guests = Capability("guests", commands=(CommandSpec(Meet, meet, "write", surfaces=STAFF),), events=(GuestMet,))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Toy]:
    with toy(tmp_path, house=registry(capability(), guests)) as opened:
        yield opened


def met(house: Toy, guest: str = "g1", name: str = NAME) -> str:
    """The ciphertext in the journal of someone who came in."""
    (done,) = house.do(Meet(guest, name), actor=BOSS)
    assert isinstance(done, Done)
    (event,) = done.events
    assert isinstance(event, GuestMet)
    return event.name


def forget(house: Toy, guest: str) -> Any:
    (answer,) = house.do(ForgetPerson(guest), actor=BOSS)
    return answer


def rotate(house: Toy) -> None:
    key_rotation.rotate_completely(house.db, house.path, house.writer.head, house.clock.read().at_us)


def everything(folder: Path) -> bytes:
    """Every byte of the data folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_it_opens_in_its_place_and_in_no_other(house: Toy) -> None:
    sealed = met(house)
    met(house, "g2", "Bo")
    db = house.db
    assert open_(db, "g1", GuestMet, "name", sealed) == NAME
    for person, kind, field in (
        ("g2", GuestMet, "name"),
        ("g1", "GuestLeft", "name"),
        ("g1", GuestMet, "note"),
        ("g1", "GuestMetname", ""),
    ):
        assert open_(db, person, kind, field, sealed) is None
    flipped = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]
    for other in (flipped, sealed[:20], "1.", "2." + sealed[2:], "x"):
        assert open_(db, "g1", GuestMet, "name", other) is None


def test_keys_of_two_people_cannot_change_places(house: Toy) -> None:
    sealed = met(house)
    met(house, "g2", "Bo")
    rows = dict(house.db.execute("SELECT person, wrapped FROM person_key").fetchall())
    house.db.execute("UPDATE person_key SET wrapped = ? WHERE person = 'g1'", (rows["g2"],))
    assert open_(house.db, "g1", GuestMet, "name", sealed) is None


def test_another_shops_ledger_opens_nothing(house: Toy, tmp_path: Path) -> None:
    """Even with the key and the bytes of this one."""
    sealed = met(house)
    by, wrapped = house.db.execute("SELECT wrapping, wrapped FROM person_key").fetchone()
    (tmp_path / "other").mkdir()
    other = open_writer(tmp_path / "other/ledger.db")
    migrate(other)
    write_header(other, Header("t", "elsewhere", "d"), 0)
    key = Keyring(house.db).key("g1")
    assert key is not None
    other.execute(
        "INSERT INTO person_key VALUES ('g1', ?, ?)", Keyring(other).wrap("g1", key, wrapping_keys.newest(other))
    )
    assert Keyring(other).key("g1") == key
    assert open_(other, "g1", GuestMet, "name", sealed) is None
    of_ours = wrapping_keys.read(house.path.parent).of(by)
    assert of_ours and unwrap_key(of_ours, ("t", "elsewhere"), "g1", wrapped) is None
    other.close()


def test_two_texts_alike_do_not_look_alike_and_lengths_say_little(house: Toy) -> None:
    one, two, short = met(house), met(house), met(house, name="Bo")
    assert one != two and len(one) == len(two) == len(short)
    assert open_(house.db, "g1", GuestMet, "name", Ciphertext("")) == "", "nothing is nothing"


def test_a_forgotten_person_is_in_no_byte_and_the_chain_holds(house: Toy, tmp_path: Path) -> None:
    sealed = met(house)
    stays = met(house, "g2", "Bo")
    (wrapped,) = house.db.execute("SELECT wrapped FROM person_key WHERE person = 'g1'").fetchone()
    old = wrapping_keys.read(tmp_path).keys[0]
    key = Keyring(house.db).key("g1")
    assert key is not None and forget(house, "g1").events[0].person == "g1"
    assert open_(house.db, "g1", GuestMet, "name", sealed) is None
    assert key_rotation.due(house.db, 0)
    rotate(house)
    assert not key_rotation.due(house.db, 0)
    left = everything(tmp_path)
    digest = blind_index._digest(old, "guest phone", PHONE)
    for trace in (NAME.encode(), PHONE.encode(), key, key.hex().encode(), wrapped, digest, old.key.encode()):
        assert trace not in left
    assert sealed.encode() in left, "the fact stays, as bytes that nobody reads"
    assert open_(house.db, "g2", GuestMet, "name", stays) == "Bo"
    assert house.faults() == ()


def test_nobody_is_ever_called_by_that_id_again(house: Toy) -> None:
    met(house)
    assert forget(house, "nobody") == Refused("no_such_person", {"id": "nobody"})
    assert isinstance(forget(house, "g1"), Done)
    assert forget(house, "g1") == Refused("person_forgotten", {"id": "g1"})
    (answer,) = house.do(Meet("g1", "Somebody else"), actor=BOSS)
    assert isinstance(answer, Forgotten)
    assert house.db.execute("SELECT count(*) FROM person_key").fetchone() == (0,)


def test_they_are_found_by_what_is_known_of_them_until_they_are_forgotten(house: Toy) -> None:
    met(house, "g1")
    met(house, "g2", "Bo")
    assert blind_index.find(house.db, "guest phone", PHONE) == ["g1", "g2"], "two may share a telephone"
    assert blind_index.find(house.db, "guest phone", "+972") == blind_index.find(house.db, "guest mail", PHONE) == []
    forget(house, "g2")
    assert blind_index.find(house.db, "guest phone", PHONE) == ["g1"]
    rotate(house)
    assert blind_index.find(house.db, "guest phone", PHONE) == ["g1"]
    blind_index.enter(house.db, "g1", "guest phone", "")
    assert blind_index.find(house.db, "guest phone", PHONE) == []


def test_a_crash_between_two_steps_loses_no_one(house: Toy, tmp_path: Path) -> None:
    sealed = {f"g{number}": met(house, f"g{number}") for number in range(120)}
    forget(house, "g0")
    key_rotation.begin(house.db, house.writer.head, 0)
    assert key_rotation.turn(house.db), "more than one turn's worth"
    assert len(wrapping_keys.read(tmp_path).keys) == 2
    new = met(house, "late")
    house.close()
    with toy(tmp_path, house=house.registry) as again:
        texts = {guest: open_(again.db, guest, GuestMet, "name", text) for guest, text in sealed.items()}
        assert texts == {guest: NAME if guest != "g0" else None for guest in sealed}
        assert key_rotation.due(again.db, 0)
        rotate(again)
        assert len(wrapping_keys.read(tmp_path).keys) == 1 and not key_rotation.due(again.db, 0)
        assert open_(again.db, "late", GuestMet, "name", new) == open_(again.db, "g7", GuestMet, "name", sealed["g7"])


def test_who_is_forgotten_meanwhile_is_gone_after_the_next_round(house: Toy, tmp_path: Path) -> None:
    for guest in ("g1", "g2", "g3"):
        met(house, guest)
    forget(house, "g1")
    key_rotation.begin(house.db, house.writer.head, 0)
    key_rotation.turn(house.db)
    (wrapped,) = house.db.execute("SELECT wrapped FROM person_key WHERE person = 'g2'").fetchone()
    under = wrapping_keys.read(tmp_path).keys[-1]
    forget(house, "g2")
    rotate(house)
    assert unwrap_key(bytes.fromhex(under.key), ("t", "s"), "g2", wrapped), "what an old copy may hold"
    assert wrapping_keys.read(tmp_path).of(under.id) is None, "but not this"


def test_a_wrapping_key_lasts_a_year(house: Toy) -> None:
    met(house)
    made_us = wrapping_keys.read(house.path.parent).keys[0].made_us
    assert not key_rotation.due(house.db, made_us + YEAR_US) and key_rotation.due(house.db, made_us + YEAR_US + 1)


def test_while_people_are_held_no_one_is_shown(house: Toy, tmp_path: Path) -> None:
    sealed = met(house)
    known = wrapping_keys.read(tmp_path)
    wrapping_keys.put(tmp_path, Wrappings(known.keys, held=True))
    assert open_(house.db, "g1", GuestMet, "name", sealed) is None
    assert blind_index.find(house.db, "guest phone", PHONE) == []
    with pytest.raises(NeedsHuman, match="edge person show"):
        export(house.db, house.registry, "g1")
    forget(house, "g1")
    rotate(house)
    assert wrapping_keys.read(tmp_path).held
    wrapping_keys.put(tmp_path, known)


def test_damaged_keys_cost_names_and_nothing_else(house: Toy, tmp_path: Path) -> None:
    sealed = met(house)
    (tmp_path / wrapping_keys.FILE).write_text("{")
    assert open_(house.db, "g1", GuestMet, "name", sealed) is None
    (answer,) = house.do(Meet("g2", "Bo"), actor=BOSS)
    assert isinstance(answer, NeedsHuman) and answer.key == "people.unreadable"
    assert house.db.execute("SELECT wrapped FROM person_key").fetchall(), "to be opened when they are brought back"


def test_a_machine_without_the_cipher_says_what_to_do(house: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(key: bytes) -> None:
        raise UnsupportedAlgorithm("AES-GCM-SIV")

    monkeypatch.setattr(sealing, "AESGCMSIV", lacking)
    with pytest.raises(NeedsHuman, match=r"AES-GCM-SIV.*\./run setup"):
        seal(house.db, "g1", GuestMet, "name", NAME)


def test_overwriting_holds_until_the_outermost_end(house: Toy) -> None:
    def on() -> bool:
        return bool(house.db.execute("PRAGMA secure_delete").fetchone()[0] == 1)

    with overwriting(house.db):
        with overwriting(house.db):
            assert on()
        assert on()
    assert not on(), "baskets would be written twice"


def test_the_file_is_its_owners_alone_and_written_over_where_it_lay(house: Toy, tmp_path: Path) -> None:
    met(house)
    path = tmp_path / wrapping_keys.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("rb") as before:
        key_rotation.begin(house.db, house.writer.head, 2 * YEAR_US + house.clock.read().at_us)
        assert set(before.read()) == {0}


def test_a_hash_of_a_command_tells_nothing_of_a_person() -> None:
    """Else a name or a phone number could be guessed from the journal for ever."""
    one, other, guest = Meet("g1", NAME), Meet("g1", "Bo"), Meet("g2", NAME)
    hashes = [command_hash(command, encode(command)) for command in (one, other, guest)]
    assert hashes[0] == hashes[1] != hashes[2], "everything else of it is still known again"
    assert hashes[0] != content_hash("Meet", encode(one))


def test_an_export_has_all_that_is_kept_of_one_and_of_no_one_else(house: Toy) -> None:
    met(house)
    met(house, "g2", "Bo")
    met(house, name="Avigail M.")
    found = export(house.db, house.registry, "g1")
    assert people_of(house.db) == ["g1", "g2"]
    assert found["shop"] == "t/s" and found["known_by"] == {"guest phone": PHONE}
    assert [(fact["event"], fact["fields"]) for fact in found["facts"]] == [
        ("GuestMet", {"guest": "g1", "name": NAME, "table": 4}),
        ("GuestMet", {"guest": "g1", "name": "Avigail M.", "table": 4}),
    ]
    forget(house, "g1")
    with pytest.raises(NeedsHuman, match="was forgotten"):
        export(house.db, house.registry, "g1")
    assert len(read_rows(house.db, 1, 100)) == 5
