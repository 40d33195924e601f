"""What can be asked of quick keys."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.shop.quick_keys.layout import Layout


class SetQuickKeys(Command, frozen=True):
    """Let a register have these keys, or ("") all that have none of their own. Without pages it has none of its own."""

    pages: Layout
    of_register: Annotated[str, msgspec.Meta(max_length=64)] = ""
