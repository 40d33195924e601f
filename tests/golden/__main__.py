"""`python -m tests.golden`: make the golden papers anew. Look at every picture that changed before it is committed."""

from __future__ import annotations

from tests.golden.keeping import FOLDER, made, papers
from tests.golden.papers import goldens


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    before = {path.name for path in FOLDER.iterdir()}
    kept = set()
    for golden in goldens():
        data = made(golden)
        drawn = papers(golden, data)
        assert len(drawn.drawings) == 1, f"{golden.name}: {len(drawn.drawings)} papers"
        for ending, content in (("bin", data), ("png", drawn.drawings[0].png)):
            path = FOLDER / f"{golden.name}.{ending}"
            kept.add(path.name)
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
                print(f"changed: {path.name}")
    for name in before - kept:
        (FOLDER / name).unlink()
        print(f"gone: {name}")


if __name__ == "__main__":
    main()
