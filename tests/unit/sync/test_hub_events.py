"""What head office makes its tables of."""

from __future__ import annotations

import pytest

from edge.app.hub import projectors
from sync.hub.table_projector import TableProjector


@pytest.mark.parametrize("projector", projectors(), ids=lambda one: one.name)
def test_head_office_can_read_every_event_that_a_table_of_its_is_made_of(projector: TableProjector) -> None:
    """One that it can't read lies in quarantine, and the table says what was."""
    unknown = [type for type in projector.handlers if not _is_known(projector, type)]
    assert unknown == []


def _is_known(projector: TableProjector, type: str) -> bool:
    try:
        projector.events.decode(type, 1, b"")
    except LookupError:
        return False
    except ValueError:
        return True  # an empty body is no event, but one of this type was looked for
    return True
