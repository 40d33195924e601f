"""What is imported late is what an import at once would have given."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from edge.core.services import Service, Services
from edge.lib.late_import import LateFunction, LateModule, LateValue, load_function


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "a_library.py").write_text("def half(number):\n    return number // 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "a_library", raising=False)
    return "a_library"


def test_a_function_is_imported_with_its_first_call(library: str) -> None:
    half = LateFunction(library, "half")
    bound = partial(half, 6)
    assert half.__name__ == "half" and library not in sys.modules
    assert bound() == 3 and library in sys.modules
    assert load_function(bound) is load_function(half) is sys.modules[library].half
    assert load_function(len) is len


def test_a_module_is_imported_with_the_first_use_of_a_name(library: str) -> None:
    module = LateModule(library)
    assert library not in sys.modules
    assert module.half(4) == 2
    assert vars(module)["half"] is sys.modules[library].half
    with pytest.raises(AttributeError, match="third"):
        module.third(9)


def test_an_offered_service_is_made_once_by_the_site_that_was_offered_it() -> None:
    made: list[str] = []
    desk: Service[str] = Service("desk")
    real = Services(None)
    real.put(desk, LateValue(lambda: made.append("desk") or "the desk"))
    within = Services(None, above=real)
    assert not made
    assert within.of(desk) is real.of(desk) and made == ["desk"]
