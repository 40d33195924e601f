"""The contract of all engines, with models of speech that no package carries: Vosk's, and voices for Piper."""

from __future__ import annotations

import pytest

from tests.contract.engine_rigs import Rig
from tests.contract.rigs_speech import BROUGHT
from tests.contract.test_engines import *  # noqa: F403 - its tests, with the rigs below


@pytest.fixture(scope="module", params=BROUGHT, ids=lambda rig: f"{rig.kind}-{rig.engine}")  # type: ignore[no-redef]
def rig(request: pytest.FixtureRequest) -> Rig:
    """In place of the one of those tests."""
    made: Rig = request.param()
    return made
