"""The shop's tables as of earlier journal rows, each in a file next to the ledger.

    times             the index of times (`moments`)
    base-SEQ          the tables behind every so many rows, as pages (`page_deltas`), never behind the head; there are
                      more of them in the newest span, so that a small ledger has some
    view-SEQ.db       the tables behind one row that somebody looks at; a few are kept

A view is built from the nearest earlier base or view. It is read together with the ledger (`open_view`): the journal,
up to that row, and the personal keys come from there, so a person forgotten since is forgotten in the past too.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from edge.core.journal.page_deltas import ImageHead, read_image_head, restore_image, save_image
from edge.core.journal.rows import facts, read_head, read_rows
from edge.core.journal.shadow_rebuild import apply, build, keep
from edge.core.registry import Projector, Registry
from edge.core.storage.database import BEHIND, Connection, open_reader, open_scratch, read_behind
from edge.core.storage.migrate import newest

FOLDER = "past"
"""In the data folder. Nothing in it is of value: all of it is made again from the journal."""
BASE_ROWS = 32_768
"""Rows from one base to the next: what any minute is away from one, at most."""
CHAIN = 16
"""A whole image behind so many that are differences."""
YOUNG_ROWS = 8_192
"""Rows between bases behind the last of those: they go once the next one is made. A small ledger has no others."""
STEP_ROWS = 256
"""So many rows before a view another one is kept, from which the steps back begin."""
VIEWS = 6
"""Files of views that are kept, the ones used last."""
PART_OF_LEDGER = 4
"""Bases take no more than this part of the ledger's bytes: a quarter."""
LIVE = ("person_key", "person_index", "archive", "archived_command", "checkpoint_key")
"""Tables that a view reads from the ledger as they are now: the keys of people, and where archived rows are."""
_DECLARED = """
    SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC
"""


class PastFiles:
    """The files for one ledger's past. One process creates them; others open views."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.folder = ledger.parent / FOLDER
        self.folder.mkdir(exist_ok=True, mode=0o700)

    def view(self, db: Connection, registry: Registry, through: int) -> Path:
        """Return the file of the view as of row `through` (from 1), creating it if needed."""
        target = self._view_path(through)
        if target.exists() and _is_of(db, target, through, _made_by(registry)):
            os.utime(target)
            return target
        target.unlink(missing_ok=True)
        stops = [seq for seq in (through - STEP_ROWS, through) if seq > 0]
        start = self._start(db, registry, through)
        if start > stops[0] or through - start < 2 * STEP_ROWS:
            stops = [through]
        self._build(db, registry, start, stops)
        self._forget_old_views(target)
        return target

    def write_ledger(self, db: Connection, registry: Registry, through: int, target: Path) -> None:
        """Write a complete ledger as of a row to `target`: the view's tables and the journal up to it."""
        shutil.copyfile(self.view(db, registry, through), target)
        with closing(open_scratch(target)) as then:
            _declare_again(then, db, _live_tables(registry))
            read_behind(then, self.ledger)
            then.execute("BEGIN")
            for table in LIVE:
                then.execute(f"INSERT INTO main.{table} SELECT * FROM {BEHIND}.{table}")
            then.execute(
                f"INSERT OR IGNORE INTO main.journal SELECT * FROM {BEHIND}.journal WHERE seq <= ?", (through,)
            )
            then.execute("COMMIT")

    def keep_bases(self, db: Connection, registry: Registry, most: int = 1) -> bool:
        """Create up to `most` missing bases; True if more are missing."""
        self._forget_foreign_bases(db, registry)
        missing = self._missing_bases(read_head(db).seq)
        wanted = missing[:most]
        if not wanted or self._is_full(db):
            return False
        start = self._start(db, registry, wanted[0])
        self._build(db, registry, start, wanted, as_bases=True)
        for seq, path in self.bases().items():
            if seq % BASE_ROWS and seq < wanted[-1] // BASE_ROWS * BASE_ROWS:
                path.unlink()
        return len(missing) > len(wanted) and not self._is_full(db)

    def _missing_bases(self, head: int) -> list[int]:
        """The rows behind which there is no base yet: each BASE_ROWS, and in the newest span each YOUNG_ROWS."""
        done, last = max(self.bases(), default=0), head // BASE_ROWS * BASE_ROWS
        old = range(done // BASE_ROWS * BASE_ROWS + BASE_ROWS, last + 1, BASE_ROWS)
        young = range(max(done, last) // YOUNG_ROWS * YOUNG_ROWS + YOUNG_ROWS, head + 1, YOUNG_ROWS)
        return [*old, *young]

    def bases(self) -> dict[int, Path]:
        """The bases by the row they cover, in order."""
        found = {int(path.name.removeprefix("base-")): path for path in self.folder.glob("base-*")}
        return dict(sorted(found.items()))

    def base_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.bases().values())

    def _is_full(self, db: Connection) -> bool:
        return self.base_bytes() * PART_OF_LEDGER > self.ledger.stat().st_size

    def _view_path(self, seq: int) -> Path:
        return self.folder / f"view-{seq}.db"

    def _views(self) -> dict[int, Path]:
        return {int(path.stem.removeprefix("view-")): path for path in self.folder.glob("view-*.db")}

    def _start(self, db: Connection, registry: Registry, through: int) -> int:
        """Row of the nearest usable file before `through`; 0 if there is none."""
        made_by = _made_by(registry)
        newest_first = sorted(self._views().items(), reverse=True)
        views = (seq for seq, path in newest_first if seq <= through and _is_of(db, path, seq, made_by))
        bases = (
            seq
            for seq, path in reversed(self.bases().items())
            if seq <= through and (head := read_image_head(path)) and _fits(db, head, made_by)
        )
        return max(next(views, 0), next(bases, 0))

    def _build(
        self, db: Connection, registry: Registry, start: int, stops: Sequence[int], as_bases: bool = False
    ) -> None:
        """Continue from the file of row `start` to each of `stops`, saving a file at each."""
        projectors = projectors_of_views(registry)
        part = self.folder / "building.db"
        part.unlink(missing_ok=True)
        if start:
            self._restore(db, registry, start, part)
        beside = build(part, db, registry, projectors, part if start else None, stops[0])
        try:
            at = stops[0]
            for stop in stops:
                if stop > at:
                    beside.execute("BEGIN")
                    apply(beside, projectors, facts(db, registry, at + 1, stop))
                    beside.execute("COMMIT")
                    at = stop
                keep(beside, db, projectors, stop)
                if as_bases:
                    self._save_base(db, registry, part, stop)
                elif stop != stops[-1]:
                    copied = part.with_suffix(".part")
                    shutil.copyfile(part, copied)
                    with closing(open_scratch(copied)) as copy:
                        _make_view(copy, registry, stop)
                    copied.replace(self._view_path(stop))
            if not as_bases:
                _make_view(beside, registry, stops[-1])
                beside.close()
                part.replace(self._view_path(stops[-1]))
        finally:
            beside.close()
            part.unlink(missing_ok=True)

    def _restore(self, db: Connection, registry: Registry, seq: int, target: Path) -> None:
        if (view := self._view_path(seq)).exists():
            copy_view(view, target, db, registry)
            return
        paths = [self.bases()[seq]]
        while (head := read_image_head(paths[0])) and head.before:
            paths.insert(0, self.bases()[head.before])
        restore_image(paths, target)

    def _save_base(self, db: Connection, registry: Registry, image: Path, seq: int) -> None:
        bases = self.bases()
        before = max((one for one in bases if one < seq and one % BASE_ROWS == 0), default=0)
        length = 0
        at = before
        while at and (head := read_image_head(bases[at])):
            length, at = length + 1, head.before
        if length % CHAIN == 0:
            before = 0
        (row,) = read_rows(db, seq, 1)
        head = ImageHead(seq, row.hash, _made_by(registry), before)
        save_image(self.folder / f"base-{seq}", image, head, bases.get(before))

    def _forget_foreign_bases(self, db: Connection, registry: Registry) -> None:
        """Delete bases of an abandoned history or of other versions, and all that build on them."""
        gone = False
        made_by = _made_by(registry)
        for path in self.bases().values():
            head = read_image_head(path)
            gone = gone or head is None or not _fits(db, head, made_by)
            if gone:
                path.unlink(missing_ok=True)

    def _forget_old_views(self, newest_one: Path) -> None:
        kept = sorted(self._views().values(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in kept[VIEWS:]:
            if path != newest_one:
                path.unlink(missing_ok=True)


def projectors_of_views(registry: Registry) -> list[Projector]:
    """Projectors of a view: all except those with deferred work, whose tables are read as they are now."""
    return [one for one in registry.projectors if one.process_pending is None]


def copy_view(view: Path, target: Path, db: Connection, registry: Registry) -> None:
    """A view as a database that can be written, at `target`; its tables that a view reads from the ledger are empty."""
    shutil.copyfile(view, target)
    with closing(open_scratch(target)) as copy:
        _declare_again(copy, db, _live_tables(registry))


def open_view(view: Path, ledger: Path, through: int) -> Connection:
    """Open a view with the ledger attached; its journal ends with row `through`."""
    db = open_reader(view, behind=ledger)
    db.execute("PRAGMA query_only = OFF")
    db.execute(f"CREATE TEMP VIEW journal AS SELECT * FROM {BEHIND}.journal WHERE seq <= {int(through)}")
    db.execute("PRAGMA query_only = ON")
    return db


def _make_view(db: Connection, registry: Registry, seq: int) -> None:
    """Make a database a view, without the tables that are read from the ledger."""
    db.execute("BEGIN")
    later = [one for one in registry.projectors if one.process_pending is not None]
    for table in _live_tables(registry):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    rows = [(one.name, one.version, seq) for one in later]
    db.executemany("INSERT OR REPLACE INTO projection (name, version, seq) VALUES (?, ?, ?)", rows)
    db.execute("COMMIT")


def _live_tables(registry: Registry) -> tuple[str, ...]:
    """Tables that a view reads from the ledger."""
    later = (one for one in registry.projectors if one.process_pending is not None)
    return (*LIVE, *(table for one in later for table in one.tables))


def _declare_again(copy: Connection, db: Connection, tables: Sequence[str]) -> None:
    """Create these tables, empty, as the ledger declares them: a base needs the whole schema."""
    for table in tables:
        for (sql,) in db.execute(_DECLARED, (table,)).fetchall():
            copy.execute(sql)


def _made_by(registry: Registry) -> dict[str, int]:
    return {"schema": newest(), **{one.name: one.version for one in registry.projectors}}


def _fits(db: Connection, head: ImageHead, made_by: dict[str, int]) -> bool:
    """Whether an image belongs to this history and these versions."""
    rows = read_rows(db, head.seq, 1)
    return head.made_by == made_by and bool(rows) and (rows[0].seq, rows[0].hash) == (head.seq, head.hash)


def _is_of(db: Connection, view: Path, seq: int, made_by: dict[str, int]) -> bool:
    with suppress(Exception):  # a power cut left it half written
        with closing(open_reader(view)) as kept:
            found = dict(kept.execute("SELECT name, version FROM projection").fetchall())
            (schema,) = kept.execute("PRAGMA user_version").fetchone()
            head = read_head(kept)
        rows = read_rows(db, seq, 1)
        same = bool(rows) and (head.seq, head.hash) == (rows[0].seq, rows[0].hash)
        return same and {"schema": schema, **found} == made_by
    return False
