"""The shell around two boxes: what a voter remembers, who is heard on the link, files, what is put aside, digits."""

from __future__ import annotations

import os
import queue
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
import structlog

from edge.backoffice.twin import promotion
from edge.backoffice.twin.copy import data_files
from edge.backoffice.twin.copy.data_files import DataFiles
from edge.backoffice.twin.copy.promises import FILE, Promises, of_the_first
from edge.backoffice.twin.copy.shipment_body import FileChange, ShippedBody, pack, unpack
from edge.backoffice.twin.membership import pairing
from edge.backoffice.twin.membership.founding import found_shop
from edge.backoffice.twin.membership.members import FOLDER, NO_WITNESS, WITNESSES, Members, load
from edge.backoffice.twin.membership.pairing import KNOCKS, BoxKnock, PairingDesk
from edge.backoffice.twin.wire import box_tls
from edge.backoffice.twin.wire.frames import BadFrame, Hello, encode, read
from edge.backoffice.twin.wire.link import Link
from sim.ports import free_port
from twin.messages import Message, Released
from twin.records import Stored

WITHIN_S = 10.0


def test_a_voter_that_lost_its_file_or_has_an_old_one_remembers_nothing(tmp_path: Path) -> None:
    promises = Promises(tmp_path)
    assert promises.load() is None
    promises.keep(of_the_first("a"))
    old = (tmp_path / FILE).read_bytes()
    promises.keep(Stored(5, "b"))
    assert Promises(tmp_path).load() == Stored(5, "b")
    (tmp_path / FILE).write_bytes(old)
    assert Promises(tmp_path).load() is None, "it is older than its mark: a backup, or a disk that lied"
    (tmp_path / FILE).unlink()
    assert Promises(tmp_path).load() is None


class _Heard:
    def __init__(self) -> None:
        self.messages: list[tuple[str, Message]] = []
        self.came = threading.Event()

    def __call__(self, name: str, message: Message) -> None:
        self.messages.append((name, message))
        self.came.set()


def _two(tmp_path: Path) -> tuple[dict[str, Link], dict[str, _Heard]]:
    folders = {name: tmp_path / name for name in ("a", "b", "w")}
    found_shop(folders, {name: free_port() for name in folders}, {"a": 1, "b": 2})
    heard = {name: _Heard() for name in "ab"}
    links = {}
    for name in "ab":
        members = load(folders[name])
        links[name] = Link(members, folders[name] / FOLDER, Hello(name, "talk"), heard[name])
    return links, heard


def test_boxes_hear_each_other_and_no_stranger(tmp_path: Path) -> None:
    links, heard = _two(tmp_path)
    members = load(tmp_path / "a")
    box_tls.certificate_of(tmp_path / "stranger", "stranger")
    try:
        for link in links.values():
            link.start()
        while not heard["b"].came.wait(0.02):
            links["a"].send("b", Released(7))
        assert heard["b"].messages[0] == ("a", Released(7))
        raw = socket.create_connection((members.mine.host, members.mine.port))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(tmp_path / "stranger" / box_tls.KEY)
        with pytest.raises(OSError), context.wrap_socket(raw) as talking:
            talking.settimeout(WITHIN_S)
            talking.sendall(encode(Hello("b", "talk")))
            if not talking.recv(1):
                raise ConnectionResetError("nothing was said to it")
        assert heard["a"].messages == []
    finally:
        for link in links.values():
            link.close()


def test_a_machine_that_is_restarted_is_talked_to_before_anything_is_to_be_said(tmp_path: Path) -> None:
    """A witness says nothing to a box that follows: its vote must not be lost on a connection that has ended."""
    links, heard = _two(tmp_path)
    links["a"].start()
    links["b"].start()
    try:
        while not heard["b"].came.wait(0.02):
            links["a"].send("b", Released(7))
        links["b"].close()
        again = _Heard()
        links["b"] = Link(load(tmp_path / "b"), tmp_path / "b" / FOLDER, Hello("b", "talk"), again)
        links["b"].start()
        until = time.monotonic() + WITHIN_S
        while "a" not in links["b"].hellos and time.monotonic() < until:
            again.came.wait(0.02)
        assert "a" in links["b"].hellos, "the other one noticed by itself"
        while not links["a"].is_connected("b"):
            again.came.wait(0.02)
        links["a"].send("b", Released(8))
        assert again.came.wait(WITHIN_S) and again.messages == [("a", Released(8))], "at the first word"
    finally:
        for link in links.values():
            link.close()


def test_a_machine_whose_process_ends_is_told_of_at_once(tmp_path: Path) -> None:
    """No one who sells waits for its word then; one that connects again has ended nothing."""
    links, heard = _two(tmp_path)
    ended: queue.Queue[str] = queue.Queue()
    members = load(tmp_path / "a")
    links["a"] = Link(members, tmp_path / "a" / FOLDER, Hello("a", "talk"), _Heard(), None, ended.put)
    try:
        for link in links.values():
            link.start()
        while not links["b"].is_connected("a"):
            heard["b"].came.wait(0.02)
        again = links["b"].fetch("a")  # another connection of its own, for a copy: it ends, and b goes on
        again.close()
        links["b"].close()
        assert ended.get(timeout=WITHIN_S) == "b"
        assert ended.empty()
    finally:
        for link in links.values():
            link.close()


def test_a_frame_has_a_limit_and_is_one_of_ours() -> None:
    with pytest.raises(BadFrame):
        read(lambda length: b"\xff" * length)
    with pytest.raises(BadFrame):
        read(lambda length: (2).to_bytes(4) if length == 4 else b"{}")
    no_text = b"\x81\xa4type\xa2\xff\xfe"
    with pytest.raises(BadFrame):
        read(lambda length: len(no_text).to_bytes(4) if length == 4 else no_text)


def test_a_shipment_is_what_was_packed_and_nothing_else_is_one() -> None:
    body = ShippedBody(3, {1: b"a" * 4096, 3: b"b" * 4096}, (FileChange("people-keys", b"key"),))
    assert unpack(pack(body)) == body
    for wrong in (b"", b"nonsense", pack(body)[:-3]):
        with pytest.raises(ValueError):
            unpack(wrong)


def test_files_beside_the_ledger_come_along_and_a_destroyed_key_is_destroyed_there(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
    looked = DataFiles(ours)
    (ours / "pictures").mkdir()
    (ours / "pictures" / "milk.webp").write_bytes(b"a picture")
    (ours / "people-keys").write_bytes(b"key of somebody")
    (ours / "ledger.db").write_bytes(b"not this one")
    data_files.apply(theirs, looked.changes())
    assert (theirs / "pictures" / "milk.webp").read_bytes() == b"a picture"
    assert not (theirs / "ledger.db").exists()
    held = os.open(theirs / "people-keys", os.O_RDONLY)
    (ours / "people-keys.part").write_bytes(b"key of nobody")
    (ours / "people-keys.part").replace(ours / "people-keys")
    data_files.apply(theirs, looked.changes())
    assert (theirs / "people-keys").read_bytes() == b"key of nobody"
    assert os.read(held, 100).strip(b"\0") == b"", "where it lay, it was overwritten"
    os.close(held)
    assert looked.changes() == ()


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "ledger.db", "twin/promises.json", "pictures/../../x"])
def test_no_file_is_put_elsewhere(tmp_path: Path, name: str) -> None:
    data_files.apply(tmp_path / "data", (FileChange(name, b"x"),))
    assert not any(tmp_path.rglob("*"))


def test_digits_are_of_both_keys_and_both_numbers(tmp_path: Path) -> None:
    one, two, three = (box_tls.certificate_of(tmp_path / name, name) for name in ("1", "2", "3"))
    mine, theirs = pairing.new_nonce(), pairing.new_nonce()
    same = pairing.digits_of(one, two, mine, theirs)
    assert same == pairing.digits_of(one, two, mine, theirs)
    others = ((one, three, mine, theirs), (two, one, mine, theirs), (one, two, theirs, mine), (one, two, mine, mine))
    assert len({same, *(pairing.digits_of(*other) for other in others)}) == 5
    assert pairing.commitment_of(one, two, mine) != pairing.commitment_of(one, two, theirs)


def test_a_box_says_its_number_once_and_is_bound_to_it_before(tmp_path: Path) -> None:
    """Who stands between two boxes must choose their numbers before they know what these come to."""
    desk, own = PairingDesk(tmp_path / "1"), box_tls.certificate_of(tmp_path / "1", "1")
    other = box_tls.certificate_of(tmp_path / "2", "2")
    heard = desk.knock(BoxKnock("box", "127.0.0.1", 1, 1, other), "10.0.0.2", own)
    assert heard is not None and desk.with_knock(heard.id, None, 1, 1, False) is None, "nobody compared digits yet"
    said = pairing.new_nonce()
    nonce = desk.reveal(heard.id, said)
    assert nonce is not None and pairing.commitment_of(own, other, nonce) == heard.commitment
    assert desk.reveal(heard.id, said) == nonce, "its answer was lost"
    assert desk.reveal(heard.id, pairing.new_nonce()) is None, "no second try, now that the number is known"


def test_who_knocks_again_and_again_keeps_no_one_out(tmp_path: Path) -> None:
    desk, own = PairingDesk(tmp_path / "1"), box_tls.certificate_of(tmp_path / "1", "1")
    knock = BoxKnock("box", "127.0.0.1", 1, 1, box_tls.certificate_of(tmp_path / "2", "2"))
    for _ in range(2 * KNOCKS):
        assert desk.knock(knock, "10.0.0.66", own) is not None
    assert desk.knock(knock, "10.0.0.2", own) is not None


def test_another_witness_is_let_in_once_the_lost_one_is_out(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("1", "2", NO_WITNESS)}
    found_shop(folders, dict.fromkeys(folders, 1), {"1": 1, "2": 2})
    members, desk = load(folders["1"]), PairingDesk(folders["1"])
    other = box_tls.certificate_of(tmp_path / "other", "other")
    left = msgspec.structs.replace(members, all=tuple(one for one in members.all if one.role == "box"))
    joined = _joined(desk, left, other)
    assert joined is not None and joined.of(NO_WITNESS).certificate == other
    assert joined.peers == members.peers == left.peers, "one vote of three, whoever has it"


def test_as_many_as_three_witnesses_are_let_in_each_with_a_vote(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("1", "2", NO_WITNESS)}
    found_shop(folders, dict.fromkeys(folders, 1), {"1": 1, "2": 2})
    members, desk = load(folders["1"]), PairingDesk(folders["1"])
    keys = [box_tls.certificate_of(tmp_path / name, name) for name in ("x", "y", "z")]
    four = _joined(desk, members, keys[0])
    assert four is not None and four.peers.voters == ("1", "2", *WITNESSES[:2]) and four.peers.majority == 3
    assert four.digest != members.digest == msgspec.structs.replace(members, me="2").digest
    five = _joined(desk, four, keys[1])
    assert five is not None and five.peers.voters == ("1", "2", *WITNESSES) and five.peers.majority == 3
    assert _joined(desk, five, keys[2]) is None, "three at the most"
    rest = msgspec.structs.replace(five, all=tuple(one for one in five.all if one.name != WITNESSES[1]))
    again = _joined(desk, rest, keys[2])
    assert again is not None and again.of(WITNESSES[1]).certificate == keys[2]


def _joined(desk: PairingDesk, members: Members, certificate: str) -> Members | None:
    """All members with a witness of this key among them."""
    knock = BoxKnock("witness", "127.0.0.1", 1, 0, certificate)
    heard = desk.knock(knock, "127.0.0.1", desk.certificate())
    assert heard is not None and desk.with_knock(heard.id, members, 1, 1, False) is None, "nobody compared digits yet"
    assert desk.reveal(heard.id, pairing.new_nonce()) is not None
    return desk.with_knock(heard.id, members, 1, 1, False)


def test_a_promotion_is_known_by_its_term_also_after_a_crash(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    assert not promotion.was_promoted_in(tmp_path, 0)
    promotion.note(tmp_path, 1007)
    assert promotion.was_promoted_in(tmp_path, 1007) and not promotion.was_promoted_in(tmp_path, 1008)


@pytest.mark.parametrize(
    ("mine", "theirs", "is_as_new"),
    [
        (("1.10.0", 4), ("1.9.2", 4), True),
        (("1.9.2", 4), ("1.10.0", 4), False),
        (("1.9.2", 5), ("1.10.0", 4), True),
        (("1.9.2", 4), ("1.9.2", 4), True),
    ],
)
def test_an_older_box_is_known_as_one(mine: tuple[str, int], theirs: tuple[str, int], is_as_new: bool) -> None:
    assert Hello("b", "talk", *mine).is_as_new_as(Hello("a", "talk", *theirs)) is is_as_new


def test_a_stranger_that_tries_again_and_again_fills_no_log(tmp_path: Path) -> None:
    links, _ = _two(tmp_path)
    mine = load(tmp_path / "a").mine
    with structlog.testing.capture_logs() as said:
        links["a"].start()
        try:
            for _ in range(5):
                with suppress(ConnectionResetError), socket.create_connection((mine.host, mine.port)) as raw:
                    raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    raw.settimeout(WITHIN_S)
                    while raw.recv(1024):  # an alert of TLS, and it is cut off
                        pass
        finally:
            links["a"].close()
    noted = [one for one in said if "from a box of this shop" in one["event"]]
    assert len(noted) == 1, noted
