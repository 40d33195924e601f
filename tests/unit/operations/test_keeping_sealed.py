"""A sealed file opens whole with the right code, and in no other way; the code survives being written down."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pyrage
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.secrets import keys
from edge.lib import age
from edge.lib.age import CHUNK_BYTES
from edge.lib.errors import ConfigError, NeedsHuman
from edge.operations.maintenance.backups import encrypted_file
from edge.operations.maintenance.backups.encrypted_file import BackupLabel, Damaged, WrongKey
from edge.runtime.backup_state.limits import PIECE_BYTES
from edge.runtime.config import parse
from tests.shop_fixture import CONFIG

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET = bytes(range(16))
LONG = os.urandom(2 * CHUNK_BYTES + 77)
OLD = """
RURHRVNFQTEAAAFLeyJraW5kIjoibGVkZ2VyIiwibmFtZSI6ImEiLCJ0ZW5hbnQiOiJ0Iiwic3RvcmUiOiJzIiwiZGV2aWNlIjoi
ZCIsIm1hZGVfYXRfdXMiOjEsImJ5dGVzIjoxMjAwLCJzaGEyNTYiOiIzNWU2ZmE3YTc2OTUxYTk0ZTZhYTY3ZjA5YmNlZGZhMjhl
MmRmOTUzY2M1MmQ3ZGJlNDc1MDY0ZDFiMjY5YzdjIiwiZXBvY2giOjAsInNlcSI6MCwiaGFzaCI6IiIsInNjaGVtYSI6MCwiYXBw
IjoiIiwiYXJjaGl2ZXMiOltdLCJrZXkiOiI1MTkxOWY4MzU3NjIyMzI4Iiwic2FsdCI6ImYxMzk0NGIzNGZiN2Q4OGY3ZjBkNGY5
Y2Y0N2RjMzQxMWNkOWYxOTQxZTFlMTNiOTA2NWRkYWQ0ZDI3MjI0ZGIifQAAAD+x0tYjpIZrSiBqTJrCBGNyUh01soJ1iF9y53uC
U2llB8F/m5J5pzHhsXcPVcpCcFclYhHSz0J3NVa+uPzWMGA=
"""
"""Sealed by SECRET, as versions before wrote such files."""


def label_of(plain: bytes) -> BackupLabel:
    return BackupLabel(
        kind="ledger",
        name="a",
        tenant="t",
        store="s",
        device="d",
        made_at_us=1,
        bytes=len(plain),
        sha256=hashlib.sha256(plain).hexdigest(),
    )


def written(folder: Path, plain: bytes, label: BackupLabel | None = None) -> Path:
    path = folder / "a.edgebackup"
    with path.open("wb") as file:
        encrypted_file.seal(io.BytesIO(plain), file, label or label_of(plain), SECRET)
    return path


def opened(path: Path, secret: bytes = SECRET) -> bytes:
    return b"".join(encrypted_file.read_sealed_pieces(path, secret))


@pytest.mark.parametrize("plain", [b"", b"x", bytes(5 * PIECE_BYTES), LONG], ids=["empty", "one", "zeros", "long"])
def test_what_was_sealed_comes_out(tmp_path: Path, plain: bytes) -> None:
    path = written(tmp_path, plain)
    assert opened(path) == plain
    assert (encrypted_file.read_label(path).store, encrypted_file.read_label(path).bytes) == ("s", len(plain))


def test_nothing_of_it_can_be_read_without_the_code(tmp_path: Path) -> None:
    path = written(tmp_path, b"receipt " * 100)
    assert b"receipt" not in path.read_bytes()
    with pytest.raises(WrongKey, match="doesn't open"):
        opened(path, keys.make())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_changed_bit_is_noticed_wherever_it_is(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = written(tmp_path_factory.mktemp("sealed"), LONG)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    with pytest.raises((Damaged, WrongKey)):
        opened(path)


@pytest.mark.parametrize("lost", [1, CHUNK_BYTES // 2, CHUNK_BYTES + 20, 2 * CHUNK_BYTES])
def test_a_file_that_was_cut_off_is_noticed(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path, LONG)
    os.truncate(path, path.stat().st_size - lost)
    with pytest.raises(Damaged):
        opened(path)


def test_chunks_do_not_change_places_and_none_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, LONG)
    content = path.read_bytes()
    begin = content.index(b"\n--- ") + 1
    begin = content.index(b"\n", begin) + 1 + age.NONCE_BYTES
    chunk = CHUNK_BYTES + age.TAG_BYTES
    head, first, second, rest = (
        content[:begin],
        content[begin : begin + chunk],
        content[begin + chunk : begin + 2 * chunk],
        content[begin + 2 * chunk :],
    )
    for spoilt, why in (
        (head + second + first + rest, "chunk 1"),
        (head + first + rest, "chunk 2"),
        (head + first, "chunk 1: it was cut off here"),
        (head, "chunk 1: it was cut off here"),
        (content + second, "changed"),
    ):
        path.write_bytes(spoilt)
        with pytest.raises(Damaged, match=why):
            opened(path)


def test_a_label_of_another_file_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, b"mine")
    mine = encrypted_file.read_label(path)
    other = encrypted_file.seal(io.BytesIO(b"other"), io.BytesIO(), label_of(b"mine"), SECRET)
    assert other == mine, "what is said in the open is the same"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"-> edge-label\n", b"-> edge-label \n"))
    with pytest.raises(Damaged, match="invalid line"):
        opened(path)
    label = content[content.index(b"-> edge-label") : content.index(b"-> X25519")]
    with pytest.raises(Damaged, match="its label can't be read"):
        path.write_bytes(content.replace(label, b""))
        encrypted_file.read_label(path)
    with pytest.raises(Damaged, match="its label can't be read"):
        path.write_bytes(content.replace(label, label + label))
        encrypted_file.read_label(path)


@pytest.mark.parametrize("plain", [b"", b"x", LONG], ids=["empty", "one", "long"])
def test_another_program_opens_it_by_the_code_from_paper_alone(tmp_path: Path, plain: bytes) -> None:
    """What docs/open-a-backup.md says, with a program that knows nothing of us (rage, by pyrage)."""
    path, key = written(tmp_path, plain), io.BytesIO()
    encrypted_file.write_identity(key, SECRET)
    lines = pyrage.passphrase.decrypt(key.getvalue(), keys.show(SECRET)).decode().splitlines()
    assert lines[0].startswith("# ")
    identity = pyrage.x25519.Identity.from_str(lines[1])
    packed = pyrage.decrypt(path.read_bytes(), [identity])
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == plain
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(key.getvalue(), keys.show(bytes(16)))


def test_whom_the_shop_names_opens_it_without_the_code(tmp_path: Path) -> None:
    owner, nobody = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    path = tmp_path / "a.edgebackup"
    with path.open("wb") as file:
        encrypted_file.seal(io.BytesIO(LONG), file, label_of(LONG), SECRET, (str(owner.to_public()),))
    assert zstandard.ZstdDecompressor().decompressobj().decompress(pyrage.decrypt(path.read_bytes(), [owner])) == LONG
    assert opened(path) == LONG
    key, stolen = age.recipient_of(encrypted_file.identity_of(SECRET)), encrypted_file.read_label(path)
    forged = msgspec.structs.replace(stolen, seq=7)
    with path.open("wb") as file:
        age.encrypt_to([key], [b"x"], file, age.Stanza(("edge-label",), msgspec.json.encode(forged)))
    with pytest.raises(Damaged, match="wasn't written by this shop"):
        opened(path)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(path.read_bytes(), [nobody])


def test_a_configuration_names_only_keys_that_are_some() -> None:
    public = str(pyrage.x25519.Identity.generate().to_public())
    text = f'{CONFIG}[backup]\nfolder = "b"\nrecipients = ["{public}"]\n'
    assert parse(text, Path("/etc/edge/config.toml")).backup.recipients == (public,)
    for wrong in (public[:-1], public.upper(), public.replace("1", "2", 1), "age1", ""):
        with pytest.raises(ConfigError, match="isn't a public age key"):
            parse(text.replace(public, wrong), Path("/etc/edge/config.toml"))


def test_what_a_version_before_sealed_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "old.edgebackup"
    path.write_bytes(base64.b64decode(OLD))
    assert opened(path) == b"What a version before sealed.\n" * 40
    assert encrypted_file.read_label(path).store == "s"
    with pytest.raises(WrongKey):
        opened(path, keys.make())
    content = path.read_bytes()
    for spoilt in (content[:-1], content[:-20] + b"x" + content[-19:], content + b"x", content.replace(b'"s"', b'"t"')):
        path.write_bytes(spoilt)
        with pytest.raises(Damaged):
            opened(path)


def test_a_label_that_promises_less_is_not_believed(tmp_path: Path) -> None:
    lie = label_of(b"x")
    with pytest.raises(Damaged, match="more than its label says"):
        opened(written(tmp_path, LONG, lie))


@given(secret=st.binary(min_size=16, max_size=16))
def test_a_code_is_read_as_people_write_it(secret: bytes) -> None:
    code = keys.show(secret)
    assert keys.read(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == secret


@given(secret=st.binary(min_size=16, max_size=16), place=st.integers(0, 27), other=st.sampled_from(LETTERS))
def test_a_wrong_letter_is_noticed_and_two_that_changed_places(secret: bytes, place: int, other: str) -> None:
    letters = list(keys.show(secret).replace("-", ""))
    wrong = [*letters[:place], other, *letters[place + 1 :]]
    twisted = [*letters[:place], *letters[place : place + 2][::-1], *letters[place + 2 :]]
    for mistaken in (wrong, twisted):
        if mistaken != letters:
            with pytest.raises(NeedsHuman, match="a recovery code"):
                keys.read("".join(mistaken))


def test_the_code_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = keys.stored_or_made(tmp_path)
    assert keys.stored_or_made(tmp_path) == first
    assert (tmp_path / keys.FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / keys.FILE).write_text("AAAA")
    with pytest.raises(NeedsHuman, match="a recovery code"):
        keys.read_stored_secret(tmp_path)


def test_parts_that_ask_for_the_recovery_code_at_once_get_the_same(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda _, folder=folder: keys.stored_or_made(folder), range(8)))
        assert made == {keys.read_stored_secret(folder)}, "one made it, and all have that one"
        assert [path.name for path in folder.iterdir()] == [keys.FILE], "and nothing else is left"
