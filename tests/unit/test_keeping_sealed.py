"""A sealed file opens whole with the right code, and in no other way; the code survives being written down."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.secrets import keys
from edge.lib.errors import NeedsHuman
from edge.services.maintenance.backups import encrypted_file
from edge.services.maintenance.backups.encrypted_file import BackupLabel, Damaged, WrongKey
from edge.services.maintenance.limits import FRAME_BYTES

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET = bytes(range(16))
LONG = os.urandom(2 * FRAME_BYTES + 77)


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
    return b"".join(encrypted_file.opened(path, secret))


@pytest.mark.parametrize("plain", [b"", b"x", bytes(5 * FRAME_BYTES), LONG], ids=["empty", "one", "zeros", "long"])
def test_what_was_sealed_comes_out(tmp_path: Path, plain: bytes) -> None:
    path = written(tmp_path, plain)
    assert opened(path) == plain
    assert (encrypted_file.read_label(path).store, encrypted_file.read_label(path).bytes) == ("s", len(plain))


def test_nothing_of_it_can_be_read_without_the_code(tmp_path: Path) -> None:
    path = written(tmp_path, b"receipt " * 100)
    assert b"receipt" not in path.read_bytes()
    with pytest.raises(WrongKey, match="does not open"):
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


@pytest.mark.parametrize("lost", [1, FRAME_BYTES // 2, FRAME_BYTES + 20, 2 * FRAME_BYTES])
def test_a_file_that_was_cut_off_is_noticed(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path, LONG)
    os.truncate(path, path.stat().st_size - lost)
    with pytest.raises(Damaged):
        opened(path)


def test_frames_do_not_change_places(tmp_path: Path) -> None:
    path = written(tmp_path, LONG)
    content = path.read_bytes()
    frame = 4 + FRAME_BYTES + encrypted_file.TAG_BYTES
    head = content.index(b"}") + 1
    first, second, rest = (
        content[head : head + frame],
        content[head + frame : head + 2 * frame],
        content[head + 2 * frame :],
    )
    path.write_bytes(content[:head] + second + first + rest)
    with pytest.raises(Damaged, match="frame 1"):
        opened(path)


def test_a_file_that_ends_behind_a_whole_frame_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, LONG)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"}") + 1 + 4 + FRAME_BYTES + encrypted_file.TAG_BYTES])
    with pytest.raises(Damaged, match="cut off"):
        opened(path)


def test_a_label_that_promises_less_is_not_believed(tmp_path: Path) -> None:
    lie = label_of(b"x")
    with pytest.raises(Damaged, match="more than it says"):
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
            with pytest.raises(NeedsHuman, match="not a recovery code"):
                keys.read("".join(mistaken))


def test_the_code_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = keys.stored_or_made(tmp_path)
    assert keys.stored_or_made(tmp_path) == first
    assert (tmp_path / keys.FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / keys.FILE).write_text("AAAA")
    with pytest.raises(NeedsHuman, match="not a recovery code"):
        keys.stored(tmp_path)


def test_parts_that_ask_for_the_recovery_code_at_once_get_the_same(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda _, folder=folder: keys.stored_or_made(folder), range(8)))
        assert made == {keys.stored(folder)}, "one made it, and all have that one"
        assert [path.name for path in folder.iterdir()] == [keys.FILE], "and nothing else is left"
