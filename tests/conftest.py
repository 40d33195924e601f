"""What holds for every test."""

import os
import shutil

import hypothesis
import pytest

# In continuous integration the same examples every time; a slow machine is no fault of the code.
hypothesis.settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("project")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.needs("chromium")` skips with that word where the program is not installed."""
    for mark in item.iter_markers("needs"):
        missing = [program for program in mark.args if shutil.which(program) is None]
        if missing:
            pytest.skip(f"missing: {', '.join(missing)}")
