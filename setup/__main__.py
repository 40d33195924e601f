"""`python -m setup shop|demo|test|again|engines|llama|lock|sbom|audit|offline`: what `./run` runs before anything else.

Standard library only.
"""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from setup import debian, llama, pages, python
from setup.step import LOCAL, SetupError, Step

KEPT = "Then run the same command again; finished steps are kept."


def main(words: list[str]) -> int:
    """Run the set-up.

    Returns the exit status: 0 if everything is set up, 1 if a step failed, 130 if interrupted from the keyboard.
    """
    purpose, *rest = words
    try:
        if purpose == "lock":
            from setup import lock

            lock.renew(rest)
            return 0
        if purpose == "sbom":
            from setup import sbom

            sbom.write(rest)
            return 0
        if purpose == "offline":
            from setup import offline

            offline.write(rest)
            return 0
        if purpose == "audit":
            from setup import audit

            return audit.run(rest)
        # Standard output belongs to the command that follows.
        with redirect_stdout(sys.stderr), _alone():
            _bring(_plan(purpose, _stamps_of(rest)), again=purpose in ("again", "llama", "engines"))
    except SetupError as error:
        print(f"\n{error}\nWhat to do: {error.advice}\n{KEPT}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            (f"\n{error}\nWhat to do: check who owns .local and .venv, and whether the disk is full."), file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


_EXTRAS = {
    "demo": ("engines", "demo"),
    "test": ("engines", "demo", "development"),
    "llama": ("engines",),
    "engines": ("engines",),
}
"""Additional steps of each purpose. Those already installed in this folder, or in the one it replaces, are always
included."""


def _plan(purpose: str, stamps: Path | None = None) -> list[Step]:
    """Return the steps of a purpose. `stamps`: the step stamps of the folder that this one replaces."""
    known = {"engines": python.engines(), "demo": python.demo(), "development": python.development()}
    extras = [name for name, step in known.items() if name in _EXTRAS.get(purpose, ()) or _has(step, purpose, stamps)]
    steps = debian.steps("shop")
    if "engines" in extras:
        steps += debian.steps("engines")
    if "demo" in extras:
        steps += debian.steps("demo")
    steps += [*python.steps(), *(known[name] for name in extras if name != "development"), *pages.steps()]
    if "development" in extras:
        steps += [known["development"], *debian.steps("test")]
    return [*steps, *llama.steps()] if purpose == "llama" else steps


def _has(step: Step, purpose: str, stamps: Path | None) -> bool:
    """Whether an extra is in this folder, or in the previous one. Development tools stay where they are, and are kept
    up to date by `./run setup` and `./run test`."""
    if step.name == "development":
        return purpose == "again" and step.stamp().exists()
    return step.stamp().exists() or (stamps is not None and (stamps / step.name).exists())


def _stamps_of(words: list[str]) -> Path | None:
    """Return the stamps of the currently running folder, named by `--like FOLDER`; None without these arguments."""
    return Path(words[1]) / ".local" / "stamps" if words[:1] == ["--like"] and len(words) == 2 else None


def _bring(steps: list[Step], *, again: bool) -> None:
    """Run the steps that aren't done yet. `again` also retries whatever an earlier run had to skip."""
    for number, step in enumerate(steps, start=1):
        if not step.is_done() or (again and step.notes()):
            step.run(f"{number}/{len(steps)}")


@contextmanager
def _alone() -> Iterator[None]:
    """Lock the set-up of this folder. Another run waits until this one ends."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another ./run to finish setting up", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
