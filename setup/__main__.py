"""`python -m setup demo|test|again|llama|lock|sbom|audit`: what `./run` does before anything else.

Standard library only.
"""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from setup import debian, llama, pages, python
from setup.step import LOCAL, SetupError, Step

KEPT = "Then give the same command again; what is finished is kept."


def main(words: list[str]) -> int:
    """Exit status: 0 all is there, 1 a step failed, 130 stopped by the keyboard."""
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
        if purpose == "audit":
            from setup import audit

            return audit.run()
        # Standard output belongs to the command that comes after.
        with redirect_stdout(sys.stderr), _alone():
            _bring(_plan(purpose), again=purpose in ("again", "llama"))
    except SetupError as error:
        print(f"\n{error}\nWhat to do: {error.advice}\n{KEPT}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{error}\nWhat to do: look who owns .local and .venv, and whether the disk is full.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


def _plan(purpose: str) -> list[Step]:
    steps = [*debian.steps("demo"), *python.steps(), *pages.steps()]
    if purpose == "llama":
        return [*steps, *llama.steps()]
    # `again` is also what installs a shop: it brings the tools of development where they are already, and nowhere else.
    if purpose == "test" or (purpose == "again" and python.development().stamp().exists()):
        return [*steps, python.development(), *debian.steps("test")]
    return steps


def _bring(steps: list[Step], *, again: bool) -> None:
    """Do what is not done yet; `again` also tries what an earlier run had to leave out."""
    for number, step in enumerate(steps, start=1):
        if not step.is_done() or (again and step.notes()):
            step.run(f"{number}/{len(steps)}")


@contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time in this folder; a second one waits for the first."""
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
