"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib

from tests.tidy.tree import files, text_of

FOLDERS = ("drivers", "edge", "models", "sandbox", "setup", "sim", "sync", "twin")


def test_every_example_gives_what_it_says() -> None:
    wrong: list[str] = []
    told = 0
    for path in (path for folder in FOLDERS for path in files(".py", under=folder) if ">>> " in text_of(path)):
        module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        for example in doctest.DocTestFinder().find(module):
            said: list[str] = []
            result = doctest.DocTestRunner().run(example, out=said.append)
            told += result.attempted
            wrong += [f"{path}: {example.name}\n{''.join(said)}"] if result.failed else []
    assert not wrong, "\n".join(wrong)
    assert told > 200
