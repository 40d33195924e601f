"""The shop's tables as of earlier journal rows, each in a file next to the ledger.

    times         the index of times (`moments`)
    base-SEQ      the tables at intervals of rows, as pages (`page_deltas`)
    view-SEQ.db   the tables at a row that someone looks at; recent ones are kept, and starting points for steps back
    lock          held by the process or thread that builds one of these (`past_lock`)

A view is built from the nearest earlier base or view. It is read together with the ledger (`open_view`), which provides
the journal up to that row, personal keys, and append-only tables (`Projector.append_only`) up to that row. So a person
forgotten since is forgotten in the past, too.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import structlog

from edge.core.journal.page_deltas import (
    ImageHead,
    UnreadableFiles,
    continue_image,
    read_image_head,
    restore_image,
    save_image,
)
from edge.core.journal.past_lock import build_lock
from edge.core.journal.projections import copy_tables
from edge.core.journal.rows import facts, read_head, read_rows
from edge.core.journal.shadow_rebuild import apply, build, clear, keep, reading_journal
from edge.core.registry import Projector, Registry
from edge.core.storage.database import (
    BEHIND,
    Connection,
    ConnectionClass,
    DatabaseError,
    open_reader,
    open_scratch,
    read_behind,
)
from edge.core.storage.migrate import newest

_log = structlog.get_logger(__name__)
FOLDER = "past"
"""Folder in the data folder. It can be deleted at any time: everything in it is rebuilt from the journal."""
BASE_ROWS = 2_048
"""Rows between bases, and so the most rows to replay for a view, except where bases were thinned."""
CHAIN = 128
"""Number of differences after which a full image is stored; fewer if they reach twice its size."""
RUNGS = (1_024, 256, 64, 16)
"""Distances, in rows before a view, of the states kept as starting points for steps back."""
VIEWS = 24
VIEWS_AT_LEAST = 6
"""Most recently used views to keep: `VIEWS`, or fewer (but `VIEWS_AT_LEAST`) if they exceed half of the ledger's
size."""
PART_OF_LEDGER = 4
"""Bases take up at most a quarter of the ledger's size."""
FORMAT = 3
"""Increase to invalidate existing files. 2: bases are differences from a view's pages. 3: projectors read the journal,
as in the ledger."""
BUILD_CACHE = "PRAGMA cache_size = -131072"
"""Keeps a database in memory while it is built, because events touch all of it."""
ARCHIVED = ("archive", "archived_command")
KEYS = ("person_key", "person_index", "checkpoint_key")
LIVE = (*KEYS, *ARCHIVED)
"""Tables that a view reads from the current ledger: locations of archived rows, and people's keys."""
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_DECLARED = """
    SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC
"""
_INDEXES = "SELECT name FROM behind.sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
_HINT = re.compile(r"\b(\w+)(?:\s+AS\s+(\w+))?\s+INDEXED\s+BY\s+(\w+)")
_FORMAT_NAME = "past format"
"""Stored among a view's projections and the versions of a base."""
_READ_TO = "SELECT seq FROM projection WHERE name = ?"


class PastFiles:
    """The files for one ledger's past. One process or thread at a time creates them while others wait; any can open
    views."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.folder = ledger.parent / FOLDER
        self.folder.mkdir(exist_ok=True, mode=0o700)

    def view(self, db: Connection, registry: Registry, through: int) -> Path:
        """Return the file of the view as of row `through` (from 1), creating it if needed."""
        if found := self._kept_view(db, registry, through):
            return found
        with build_lock(self.folder):
            return self._find_or_build(db, registry, through)

    def write_ledger(self, db: Connection, registry: Registry, through: int, target: Path) -> None:
        """Write a ledger as of a row to `target`: the view's tables and the journal up to it. It has no `KEYS`, so that
        personal data in a forgotten copy stays unreadable."""
        with build_lock(self.folder):
            shutil.copyfile(self._find_or_build(db, registry, through), target)
            self._complete(db, registry, through, target)

    def keep_bases(self, db: Connection, registry: Registry, most: int = 1) -> bool:
        """Create up to `most` missing bases; True if more are missing, or unreadable ones were deleted."""
        with build_lock(self.folder), _deleting_unreadable():
            return self._add_bases(db, registry, most)
        return True

    def bases(self) -> dict[int, Path]:
        """The bases by the row they cover, in order."""
        found = {int(path.name.removeprefix("base-")): path for path in self.folder.glob("base-*")}
        return dict(sorted(found.items()))

    def _kept_view(self, db: Connection, registry: Registry, through: int) -> Path | None:
        target = self._view_path(through)
        if not (target.exists() and _is_of(db, target, through, _maker_of(registry))):
            return None
        with suppress(FileNotFoundError):
            os.utime(target)
            return target
        return None  # another process has just evicted it

    def _find_or_build(self, db: Connection, registry: Registry, through: int) -> Path:
        if found := self._kept_view(db, registry, through):  # another process has built it meanwhile
            return found
        target = self._view_path(through)
        target.unlink(missing_ok=True)
        while not target.exists():
            start = self._start(db, registry, through)
            rungs = [through - rows for rows in RUNGS if through - rows > start + rows]
            with _deleting_unreadable():  # the loop then tries again from an earlier file
                self._build(db, registry, start, [*rungs, through])
        self._forget_old_views(target)
        return target

    def _complete(self, db: Connection, registry: Registry, through: int, target: Path) -> None:
        """Fill a copy of a view with the tables that a view reads from the ledger."""
        with closing(open_scratch(target)) as then:
            _recreate_empty_tables(then, db, _live_tables(registry))
            read_behind(then, self.ledger)
            then.execute("BEGIN")
            for table in ARCHIVED:
                then.execute(f"INSERT INTO main.{table} SELECT * FROM {BEHIND}.{table}")
            for table in append_only_tables(registry):
                rows = f"SELECT * FROM {BEHIND}.{table} WHERE seq <= ?"
                then.execute(f"INSERT OR IGNORE INTO main.{table} {rows}", (through,))
            then.execute(
                f"INSERT OR IGNORE INTO main.journal SELECT * FROM {BEHIND}.journal WHERE seq <= ?", (through,)
            )
            then.execute("COMMIT")

    def _add_bases(self, db: Connection, registry: Registry, most: int) -> bool:
        usable = self._usable_bases(db, registry)
        for seq, path in self.bases().items():
            if seq not in usable:
                path.unlink(missing_ok=True)
        start, missing = self._first_gap(list(usable), read_head(db).seq)
        if not missing or not self._makes_room():
            return False
        self._build(db, registry, start, missing[:most], as_bases=True)
        return len(missing) > most

    def _first_gap(self, bases: Sequence[int], head: int) -> tuple[int, range]:
        """Return the row before the first gap and the rows of its missing bases. The gap is within a chain if some
        bases were deleted, otherwise after the last base. A thinned chain keeps the distance of its first two bases."""
        apart = {seq: chain[1] - chain[0] if len(chain) > 1 else BASE_ROWS for chain in self._chains() for seq in chain}
        for start, end in pairwise([0, *bases]):
            step = apart.get(start, BASE_ROWS)
            if end - start > step:
                return start, range(start + step, end, step)
        start = max(bases, default=0)
        return start, range(start + BASE_ROWS, head + 1, BASE_ROWS)

    def base_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.bases().values())

    def _makes_room(self) -> bool:
        """Thin the oldest of the densest chains if bases take up too much space. Returns False if that isn't enough."""
        while self.base_bytes() * PART_OF_LEDGER > self.ledger.stat().st_size:
            chains = [one for one in self._chains()[:-1] if len(one) > 2]
            if not chains:
                return False
            self._thin(min(chains, key=lambda one: (one[1] - one[0], one[0])))
        return True

    def _chains(self) -> list[list[int]]:
        """Group the bases by the full image that they build on, in order."""
        chains = list[list[int]]()
        for seq, path in self.bases().items():
            head = read_image_head(path)
            if head is None or not head.before:
                chains.append([])
            chains[-1].append(seq)
        return chains

    def _thin(self, chain: list[int]) -> None:
        """Delete every second base of a chain."""
        paths, kept = self.bases(), chain[::2]
        part, before = self.folder / "thinned.db", self.folder / "thinned-before.db"
        try:
            restore_image([paths[chain[0]]], before)
            shutil.copyfile(before, part)
            for place in range(1, len(chain)):
                continue_image(paths[chain[place]], part)
                head = read_image_head(paths[chain[place]])
                if chain[place] in kept and head:
                    head = msgspec.structs.replace(head, before=chain[place - 2])
                    save_image(self.folder / f"thinned-{chain[place]}", part, head, before)
                    shutil.copyfile(part, before)
            for seq in kept[1:]:
                (self.folder / f"thinned-{seq}").replace(paths[seq])
            for seq in chain[1::2]:
                paths[seq].unlink()
        finally:
            for path in self.folder.glob("thinned*"):
                path.unlink()

    def _view_path(self, seq: int) -> Path:
        return self.folder / f"view-{seq}.db"

    def _views(self) -> dict[int, Path]:
        return {int(path.stem.removeprefix("view-")): path for path in self.folder.glob("view-*.db")}

    def _start(self, db: Connection, registry: Registry, through: int) -> int:
        """Return the row of the nearest usable file up to `through`; 0 if there is none."""
        made_by = _maker_of(registry)
        newest_first = sorted(self._views().items(), reverse=True)
        views = (seq for seq, path in newest_first if seq <= through and _is_of(db, path, seq, made_by))
        bases = (seq for seq in self._usable_bases(db, registry) if seq <= through)
        return max(next(views, 0), max(bases, default=0))

    def _usable_bases(self, db: Connection, registry: Registry) -> dict[int, ImageHead]:
        """Bases of this history and these versions with a complete chain, in order. Those of an abandoned history come
        after all others.
        """
        made_by, usable = _maker_of(registry), dict[int, ImageHead]()
        for seq, path in self.bases().items():
            head = read_image_head(path)
            if head and head.made_by == made_by and (not head.before or head.before in usable):
                usable[seq] = head
        while usable and not _is_in_history(db, next(reversed(usable.values()))):
            usable.popitem()
        return usable

    def _build(
        self, db: Connection, registry: Registry, start: int, stops: Sequence[int], as_bases: bool = False
    ) -> None:
        """Continue from the file of row `start` to each of `stops`, saving a file at each."""
        projectors = _rebuilt_projectors(registry)
        part, before = self.folder / "building.db", self.folder / "building-before.db"
        part.unlink(missing_ok=True)
        beside = self._begin(db, registry, projectors, start, part, before if as_bases else None)
        beside.execute(BUILD_CACHE)
        try:
            at = start
            for stop in stops:
                with reading_journal(beside, db):
                    beside.execute("BEGIN")
                    apply(beside, projectors, facts(db, registry, at + 1, stop))
                    for table in append_only_tables(registry):
                        beside.execute(f"DELETE FROM {table}")
                    beside.execute("COMMIT")
                keep(beside, db, projectors, stop)
                if as_bases:
                    self._save_base(db, registry, part, stop, at, before)
                    shutil.copyfile(part, before)
                elif stop != stops[-1]:
                    copied = part.with_suffix(".part")
                    shutil.copyfile(part, copied)
                    with closing(open_scratch(copied)) as copy:
                        _make_view(copy, db, registry, stop)
                    copied.replace(self._view_path(stop))
                at = stop
            if not as_bases:
                _make_view(beside, db, registry, stops[-1])
                beside.close()
                part.replace(self._view_path(stops[-1]))
        finally:
            beside.close()
            part.unlink(missing_ok=True)
            before.unlink(missing_ok=True)

    def _begin(
        self,
        db: Connection,
        registry: Registry,
        projectors: Sequence[Projector],
        start: int,
        part: Path,
        before: Path | None,
    ) -> Connection:
        """Open a database at `part` with the tables of row `start`. With `before`, restore its base and also copy it
        there, because the next base is stored as the difference from it. Otherwise, use its view if there is one.
        Raises `UnreadableFiles`.
        """
        if not start:
            return build(part, db, registry, projectors, None, 0)
        view = self._view_path(start)
        is_view = before is None and view.exists()
        sources = [view] if is_view else self._chain_of(start)
        try:
            if is_view:
                copy_view(view, part, db, registry)
            else:
                restore_image(sources, part)
            if before:
                shutil.copyfile(part, before)
            return build(part, db, registry, projectors, part, start)
        except DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(_DAMAGED):
                raise UnreadableFiles(sources, error) from error
            raise

    def _chain_of(self, seq: int) -> list[Path]:
        """Return the files from which a base is restored: a full image and the differences up to the base."""
        bases, chain = self.bases(), [seq]
        while (head := read_image_head(bases[chain[0]])) and head.before:
            chain.insert(0, head.before)
        return [bases[one] for one in chain]

    def _save_base(self, db: Connection, registry: Registry, image: Path, seq: int, start: int, before: Path) -> None:
        """Save the base of row `seq`, as the difference from that of row `start`, which is at `before`."""
        chain = next((one for one in self._chains() if start in one), [])
        sizes = [self.bases()[one].stat().st_size for one in chain]
        is_whole = not sizes or len(sizes) >= CHAIN or sum(sizes[1:]) > 2 * sizes[0]
        (row,) = read_rows(db, seq, 1)
        head = ImageHead(seq, row.hash, _maker_of(registry), 0 if is_whole else start)
        save_image(self.folder / f"base-{seq}", image, head, None if is_whole else before)

    def _forget_old_views(self, newest_one: Path) -> None:
        taken = 0
        kept = sorted(self._views().values(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for place, path in enumerate(kept):
            taken += path.stat().st_size
            is_one_too_many = place >= VIEWS or (place >= VIEWS_AT_LEAST and taken > self.ledger.stat().st_size // 2)
            if is_one_too_many and path != newest_one:
                path.unlink(missing_ok=True)


class _PastConnection(ConnectionClass):  # type: ignore[misc]
    """A connection to a view of the past. Append-only tables are SQL views there, so index hints are removed from
    statements: SQLite accepts none for a view.
    """

    by_index: frozenset[str] = frozenset()

    def execute(self, sql: str, *values: Any) -> Any:
        return super().execute(_of_indexes(sql, self.by_index), *values)


@lru_cache(maxsize=1024)
def _of_indexes(sql: str, by_index: frozenset[str]) -> str:
    def index_view(found: re.Match[str]) -> str:
        table, alias, index = found.groups()
        return f'"{table} {index}" AS {alias or table}' if index in by_index else found[0]

    return _HINT.sub(index_view, sql) if by_index and "INDEXED" in sql else sql


def projectors_of_views(registry: Registry) -> list[Projector]:
    """Projectors of a view: all except those with deferred work, whose tables are read as they are now."""
    return [one for one in registry.projectors if one.process_pending is None]


def _rebuilt_projectors(registry: Registry) -> list[Projector]:
    """Return the projectors whose tables are built for a view, not only read from the ledger."""
    return [one for one in projectors_of_views(registry) if set(one.tables) != set(one.append_only)]


def followers_of_views(registry: Registry) -> list[str]:
    """Names of following projections that views read from the ledger. They must have reached the viewed row."""
    return [one.name for one in registry.projectors if one.append_only and not one.strict]


def append_only_tables(registry: Registry) -> list[str]:
    """Return the names of the append-only tables, of which a view shows the ledger's rows up to its own row."""
    return [table for one in registry.projectors for table in one.append_only]


def copy_view(view: Path, target: Path, db: Connection, registry: Registry) -> None:
    """Copy a view to `target` as a writable database. Tables that a view reads from the ledger are empty there."""
    shutil.copyfile(view, target)
    with closing(open_scratch(target)) as copy:
        _recreate_empty_tables(copy, db, _live_tables(registry))


def open_view(view: Path, ledger: Path, through: int) -> Connection:
    """Open a view with the ledger attached. Its journal and append-only tables end with row `through`."""
    db = open_reader(view, behind=ledger, kind=_PastConnection)
    db.execute("PRAGMA query_only = OFF")
    db.execute(f"CREATE TEMP VIEW journal AS SELECT * FROM {BEHIND}.journal WHERE seq <= {int(through)}")
    by_index = list[str]()
    for (table,) in db.execute("SELECT name FROM past_table").fetchall():
        of_table = f"SELECT * FROM {BEHIND}.{table}"
        db.execute(f"CREATE TEMP VIEW {table} AS {of_table} WHERE seq <= {int(through)}")
        for (index,) in db.execute(_INDEXES, (table,)).fetchall():
            rows = f"{of_table} INDEXED BY {index} WHERE seq <= {int(through)}"
            db.execute(f'CREATE TEMP VIEW "{table} {index}" AS {rows}')
            by_index.append(index)
    db.by_index = frozenset(by_index)
    db.execute("PRAGMA query_only = ON")
    return db


def _make_view(db: Connection, ledger: Connection, registry: Registry, seq: int) -> None:
    """Turn a database into a view, without the tables that are read from the ledger."""
    db.execute("BEGIN")
    late = _add_unfollowed(db, ledger, registry, seq)
    kept = {table for one in late for table in one.append_only}
    for table in _live_tables(registry):
        if table not in kept:
            db.execute(f"DROP TABLE IF EXISTS {table}")
    db.execute("CREATE TABLE past_table (name TEXT PRIMARY KEY)")
    read = [(table,) for table in append_only_tables(registry) if table not in kept]
    db.executemany("INSERT INTO past_table (name) VALUES (?)", read)
    rebuilt = _rebuilt_projectors(registry)
    from_ledger = [one for one in registry.projectors if one not in rebuilt]
    rows = [(_FORMAT_NAME, FORMAT, seq), *((one.name, one.version, seq) for one in from_ledger)]
    db.executemany("INSERT OR REPLACE INTO projection (name, version, seq) VALUES (?, ?, ?)", rows)
    db.execute("COMMIT")


def _add_unfollowed(db: Connection, ledger: Connection, registry: Registry, seq: int) -> list[Projector]:
    """Build the tables of following projections that haven't reached `seq` in the ledger; return their projectors."""
    late = []
    ledger.execute("BEGIN")
    try:
        for one in (one for one in registry.projectors if one.append_only):
            (at,) = ledger.execute(_READ_TO, (one.name,)).fetchone() or (0,)
            if at < seq:
                clear(db, one)
                copy_tables(ledger, db, one.tables)
                apply(db, (one,), facts(ledger, registry, at + 1, seq))
                late.append(one)
    finally:
        ledger.execute("COMMIT")
    return late


def _live_tables(registry: Registry) -> tuple[str, ...]:
    """Tables that a view reads from the ledger."""
    later = (one for one in registry.projectors if one.process_pending is not None)
    return (*LIVE, *(table for one in later for table in one.tables), *append_only_tables(registry))


def _recreate_empty_tables(copy: Connection, db: Connection, tables: Sequence[str]) -> None:
    """Create these tables, empty, as the ledger declares them: a base needs the whole schema."""
    kept = {name for (name,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in tables:
        if table in kept:
            copy.execute(f"DELETE FROM {table}")
            continue
        for (sql,) in db.execute(_DECLARED, (table,)).fetchall():
            copy.execute(sql)
    copy.execute("DROP TABLE IF EXISTS past_table")


def _maker_of(registry: Registry) -> dict[str, int]:
    return {"schema": newest(), _FORMAT_NAME: FORMAT, **{one.name: one.version for one in registry.projectors}}


def _is_in_history(db: Connection, head: ImageHead) -> bool:
    """Whether the journal contains an image's row."""
    rows = read_rows(db, head.seq, 1)
    return bool(rows) and (rows[0].seq, rows[0].hash) == (head.seq, head.hash)


@contextmanager
def _deleting_unreadable() -> Iterator[None]:
    """Delete files that turn out to be unreadable, for example after a power cut, and continue."""
    try:
        yield
    except UnreadableFiles as error:
        _log.warning("files of the past can't be read and were deleted", why=str(error))
        for path in error.paths:
            path.unlink(missing_ok=True)


def _is_of(db: Connection, view: Path, seq: int, made_by: dict[str, int]) -> bool:
    with suppress(Exception):  # a power cut may have left it half written
        with closing(open_reader(view)) as kept:
            found = dict(kept.execute("SELECT name, version FROM projection").fetchall())
            (schema,) = kept.execute("PRAGMA user_version").fetchone()
            head = read_head(kept)
            kept.execute("SELECT name FROM past_table")
        rows = read_rows(db, seq, 1)
        same = bool(rows) and (head.seq, head.hash) == (rows[0].seq, rows[0].hash)
        return same and {"schema": schema, **found} == made_by
    return False
