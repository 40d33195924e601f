"""`python -m tests.golden`: make what is kept again. Look at every picture and every line that changed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from tests.golden import contracts
from tests.golden.contracts import ContractBroken
from tests.golden.keeping import FOLDER, made, papers
from tests.golden.papers import goldens
from tests.golden.promises import FILE as PROMISES
from tests.golden.promises import renewed_promises
from tests.golden.text import to_text


def keep(names_and_contents: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Let the files in a folder be these, and say which changed."""
    folder.mkdir(exist_ok=True)
    gone = {path.name for path in folder.iterdir()}
    for name, content in names_and_contents:
        gone.discard(name)
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"changed: {name}")
    for name in gone:
        (folder / name).unlink()
        print(f"gone: {name}")


def kept_papers() -> Iterable[tuple[str, bytes]]:
    for golden in goldens():
        data = made(golden)
        drawn = papers(golden, data)
        assert len(drawn.drawings) == 1, f"{golden.name}: {len(drawn.drawings)} papers"
        yield f"{golden.name}.bin", data
        yield f"{golden.name}.png", drawn.drawings[0].png


def kept_contracts() -> Iterable[tuple[str, bytes]]:
    """`ContractBroken`: a struct changed that may not."""
    for name, now in contracts.today().items():
        yield f"{name}.json", to_text(contracts.renewed(contracts.kept(name), now))
    yield PROMISES.name, to_text(renewed_promises())
    for name, document in contracts.apis().items():
        yield f"{name}.json", to_text(document)


def main() -> None:
    try:
        keep(list(kept_contracts()), contracts.FOLDER)
    except ContractBroken as error:
        sys.exit(str(error))
    keep(kept_papers(), FOLDER)


if __name__ == "__main__":
    main()
