"""The power fails while the shop sells: what SQLite asked of the disk, replayed up to any moment, in any mixture."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.core import ids
from edge.core.journal import highwater
from edge.core.journal.rows import find_command
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.storage.database import open_reader, open_writer
from edge.counter.till.commands import AddLine, Pay
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger, build_registry
from tests.disk_trace import Recording, Step, recorded
from tests.ledger_template import ledgers_step_by_step
from tests.scheduling import one_by_day
from tests.shop_fixture import CASHIER, MILK, config, open_shop, run

pytestmark = pytest.mark.slow

SECTORS = (512, 4096)
"""Bytes that a disk writes whole or not at all."""
SALES = 40
CUTS = 120
FORGOTTEN = 6
"""How many of the newest syncs a disk that lies may have only promised."""


class Told(NamedTuple):
    """A sale that was answered as done, and how far the journal was then, as the mark beside it would say."""

    command_id: ids.CommandId
    mark: bytes


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Sales, with the WAL copied into the database, begun again and cut off in between, and the closing of the shop."""
    folder = tmp_path_factory.mktemp("recorded")
    with ledgers_step_by_step(), recorded() as made:
        run(_sell(folder, made))
    assert len([step for step in made.steps if step.kind == "sync"]) > SALES
    return made


async def _sell(folder: Path, made: Recording) -> None:
    async with open_shop(folder) as shop:
        for number in range(SALES):
            id = shop.new_id()
            await shop.do(AddLine(MILK), CASHIER)
            assert isinstance(await shop.do(Pay("cash", 1000), CASHIER, id), Done)
            mark = highwater.mark_of(shop.reader)
            assert mark
            made.note(Told(id, highwater.encode(mark)))
            if number % 12 == 7:
                with closing(open_writer(shop.path)) as db:
                    kind = ("PASSIVE", "RESTART", "TRUNCATE")[number // 12]
                    db.execute(f"PRAGMA wal_checkpoint({kind})").fetchone()


def files_after(steps: Sequence[Step], cut: int, chance: random.Random, forgotten: int = 0) -> dict[str, bytes]:
    """What is on the disk when the power fails before step `cut`.

    What was written before a file's last sync is there; of what came later, any sectors are. With `forgotten`, the
    last so many syncs before the cut did nothing.
    """
    before = steps[:cut]
    syncs = [place for place, step in enumerate(before) if step.kind == "sync"]
    honest = set(syncs[: len(syncs) - forgotten])
    durable: dict[str, int] = defaultdict(int)
    for place in honest:
        durable[before[place].file] = max(durable[before[place].file], place)
    last = max(honest, default=0)
    files: dict[str, bytearray] = {}
    reached, sector = chance.random(), chance.choice(SECTORS)
    for place, step in enumerate(before):
        certain = place < durable[step.file] if step.kind != "delete" else place < last
        content = files.setdefault(step.file, bytearray()) if step.kind in ("write", "truncate") else bytearray()
        match step.kind:
            case "write":
                for offset, piece in _sectors(step, sector):
                    if certain or chance.random() < reached:
                        content.extend(bytes(max(0, offset + len(piece) - len(content))))
                        content[offset : offset + len(piece)] = piece
            case "truncate" if certain or chance.random() < reached:
                del content[step.offset :]
            case "delete" if certain or chance.random() < reached:
                files.pop(step.file, None)
    return {name: bytes(content) for name, content in files.items()}


def _sectors(step: Step, size: int) -> Iterator[tuple[int, bytes]]:
    at = step.offset
    while at < step.offset + len(step.content):
        end = min(at - at % size + size, step.offset + len(step.content))
        yield at, step.content[at - step.offset : end - step.offset]
        at = end


def told_before(steps: Sequence[Step], cut: int) -> list[Told]:
    return [step.note for step in steps[:cut] if step.kind == "note"]


def lay(folder: Path, files: dict[str, bytes], mark: bytes | None = None) -> None:
    """Make this the data folder."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    for old in data.glob("ledger.*"):
        old.unlink()
    for name, content in files.items():
        (data / name).write_bytes(content)
    if mark:
        (data / highwater.NAME).write_bytes(mark)


def lost(folder: Path, told: Sequence[Told]) -> list[Told]:
    """What was answered as done and is not in the journal. `NeedsHuman`: the shop does not open, and says so."""
    Ledger(config(folder)).close()
    with closing(open_reader(config(folder).ledger)) as db:
        return [one for one in told if not find_command(db, one.command_id)]


def test_whatever_the_moment_everything_that_was_answered_is_there(recording: Recording, tmp_path: Path) -> None:
    """On a disk that keeps its promises (docs/disks.md). The mark beside the ledger never gives a false alarm."""
    steps, chance = recording.steps, random.Random(1)
    cuts = [chance.randrange(1, len(steps)) for _ in range(CUTS)]
    for number, cut in enumerate(cuts):
        told = told_before(steps, cut)
        lay(tmp_path, files_after(steps, cut, chance), told[-1].mark if told else None)
        assert lost(tmp_path, told) == [], f"cut before step {cut}"
        if number % 10 == 0:
            with closing(open_reader(config(tmp_path).ledger)) as db:
                assert verify(db, build_registry(config(tmp_path))).faults == (), f"cut before step {cut}"


def test_a_write_cut_at_any_byte_is_no_write(recording: Recording, tmp_path: Path) -> None:
    """Of a WAL: what came before stands, and the shop sells on."""
    steps, chance = recording.steps, random.Random(2)
    first = next(n for n, step in enumerate(steps) if step.kind == "note")
    frames = [n for n, step in enumerate(steps) if step.kind == "write" and step.file.endswith("-wal") and step.offset]
    for cut in chance.sample([n for n in frames if n > first], 30):
        told, step = told_before(steps, cut), steps[cut]
        torn = step._replace(content=step.content[: chance.randrange(len(step.content))])
        lay(tmp_path, files_after([*steps[:cut], torn, step._replace(kind="sync")], cut + 2, chance))
        assert lost(tmp_path, told) == [], f"cut within step {cut}"
        run(_sell_one(tmp_path))


async def _sell_one(folder: Path) -> None:
    async with open_shop(folder, stocked=False) as shop:
        assert isinstance(await shop.do(AddLine(MILK), CASHIER), Done)
        assert isinstance(await shop.do(Pay("cash", 1000), CASHIER), Done)


@pytest.mark.parametrize("seed", one_by_day([3, 13, 5]))
def test_a_disk_that_forgets_what_it_promised_is_caught(recording: Recording, tmp_path: Path, seed: int) -> None:
    """Nothing can bring those sales back, but where the mark survived, no one sells on as if they had never been."""
    steps, chance = recording.steps, random.Random(seed)
    first = next(n for n, step in enumerate(steps) if step.kind == "note") + 1
    caught = 0
    for _ in range(CUTS):
        cut = chance.randrange(first + 50, len(steps))
        told = told_before(steps, cut)
        lay(tmp_path, files_after(steps, cut, chance, chance.randrange(1, FORGOTTEN)), told[-1].mark)
        try:
            assert lost(tmp_path, told) == [], f"cut before step {cut}"
        except NeedsHuman as error:
            assert "is damaged" in str(error) and "edge restore" in str(error)
            caught += 1
    assert caught > CUTS // 10, "the disk forgot something now and then"


def test_one_sync_that_did_nothing_is_found_by_what_was_committed_behind_it(
    recording: Recording, tmp_path: Path
) -> None:
    """Without the mark, too. The WAL of a shop whose checkpoints have not come round yet."""
    steps = recording.steps
    begins = max(
        n for n, step in enumerate(steps) if step.file.endswith("-wal") and step.kind == "write" and not step.offset
    )
    notes = [n for n, step in enumerate(steps) if step.kind == "note" and n > begins]
    for gone, behind in zip(notes, notes[4:], strict=False):
        before = max(n for n in notes if n < gone) if gone > notes[0] else begins + 2
        kept = [step for n, step in enumerate(steps[:behind]) if not (before < n < gone and step.file.endswith("-wal"))]
        lay(tmp_path, files_after([*kept, step_of_sync(kept)], len(kept) + 1, random.Random(4)))
        with pytest.raises(NeedsHuman, match="is damaged"):
            Ledger(config(tmp_path)).close()


def step_of_sync(steps: Sequence[Step]) -> Step:
    """Everything that the WAL was told is on the disk."""
    return next(step for step in reversed(steps) if step.kind == "sync" and step.file.endswith("-wal"))
