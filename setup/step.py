"""A set-up step: it runs once for the same inputs, writes a log, and reports clearly when it fails."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
TAIL_LINES = 15
PROGRESS_S = 15.0


class SetupError(Exception):
    """A step failed. `advice`: the remedy."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.advice = advice


class Log:
    """Output of the commands of one step, in a separate file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def call(self, *argv: str | Path, advice: str, env: Mapping[str, str] | None = None) -> None:
        """Run a command from the root of the project; raise SetupError unless it exits with 0."""
        with self.path.open("a") as out:
            print("$", *argv, file=out, flush=True)
            done = subprocess.run(
                argv,
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise SetupError(f"`{_short(argv)}` ended with status {done.returncode}", advice)

    def tail(self) -> list[str]:
        return self.path.read_text(errors="replace").splitlines()[-TAIL_LINES:]


class Step(NamedTuple):
    """A set-up step. `inputs` decide whether it must run again; `do` returns notes on the parts it had to skip."""

    name: str
    title: str
    inputs: Callable[[], bytes]
    do: Callable[[Log], list[str]]

    def stamp(self) -> Path:
        return LOCAL / "stamps" / self.name

    def is_done(self) -> bool:
        stamp = self.stamp()
        return stamp.exists() and stamp.read_text().partition("\n")[0] == self._digest()

    def notes(self) -> list[str]:
        """Return the notes of the step's last run on the parts it skipped."""
        return self.stamp().read_text().splitlines()[1:]

    def run(self, place: str) -> None:
        """Run the step, with one line on the screen from start to end."""
        print(f"[{place}] {self.title} ...", end=" ", flush=True)
        self.stamp().unlink(missing_ok=True)
        log = Log(LOCAL / "log" / f"{self.name}.log")
        start_s = time.monotonic()
        try:
            with _showing_time():
                notes = self.do(log)
        except SetupError:
            print(f"failed after {time.monotonic() - start_s:.0f} s. The end of {log.path.relative_to(ROOT)}:")
            print("".join(f"    {line}\n" for line in log.tail()), end="")
            raise
        print(f"{time.monotonic() - start_s:.0f} s", flush=True)
        for note in notes:
            print(f"      {note}")
        self.stamp().parent.mkdir(parents=True, exist_ok=True)
        self.stamp().write_text("\n".join([self._digest(), *notes]) + "\n")

    def _digest(self) -> str:
        return sha256(self.inputs()).hexdigest()


@contextmanager
def _showing_time() -> Iterator[None]:
    """Show every 15 seconds that a long step is still running."""
    ended = threading.Event()

    def show() -> None:
        start_s = time.monotonic()
        while not ended.wait(PROGRESS_S):
            print(f"{time.monotonic() - start_s:.0f} s ...", end=" ", flush=True)

    shown = threading.Thread(target=show, daemon=True)
    shown.start()
    try:
        yield
    finally:
        ended.set()
        shown.join()


def _short(argv: tuple[str | Path, ...]) -> str:
    words = " ".join(str(word).removeprefix(f"{ROOT}/") for word in argv)
    return words if len(words) <= 100 else words[:97] + "..."
