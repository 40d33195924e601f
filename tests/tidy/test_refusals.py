"""Refusals are raised, not handed up: who asks whether something is a `Refused` is told so by the door.

`ANSWERED` is who is answered by the door, file by file, and how often each asks; `ANSWERS`, who says no in its place.
Both may only shrink.
"""

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.tidy.tree import ROOT, Function, files, parsed

ANSWERED = {
    "edge/app/cli/shop_access.py": 1,
    "edge/core/handling.py": 1,
    "edge/core/jobs/runner.py": 3,
    "edge/core/journal/projections.py": 1,
    "edge/core/writer.py": 3,
    "edge/foundation/alerts/service/part.py": 1,
    "edge/operations/maintenance/part.py": 1,
    "edge/foundation/outbox/service/channels/printer.py": 1,
    "edge/analytics/notify/service/part.py": 6,
    "edge/goods/search/service/semantic_search.py": 1,
    "edge/backoffice/directives/service/sync_part.py": 1,
    "edge/foundation/webhooks/service/part.py": 1,
    "edge/foundation/access/credentials/factors.py": 4,
    "edge/foundation/access/identity.py": 1,
    "edge/foundation/access/credentials/one_time_codes.py": 3,
    "edge/app/live_sources.py": 1,
    "edge/foundation/access/pages/auth_api.py": 3,
    "edge/foundation/access/pages/factors_api.py": 7,
    "edge/foundation/access/pages/pairing_page.py": 1,
    "edge/foundation/access/pages/paper_codes_api.py": 4,
    "edge/foundation/access/pages/pins_api.py": 3,
    "edge/foundation/access/pages/users_api.py": 2,
    "edge/foundation/access/browsers/pairings.py": 1,
    "edge/foundation/access/programs/refresh_tokens.py": 2,
    "edge/foundation/access/logs/row_log.py": 1,
    "edge/foundation/access/browsers/sessions.py": 1,
    "edge/conversation/copilot/pages/copilot.py": 5,
    "edge/conversation/copilot/pages/copilot_socket.py": 1,
    "edge/conversation/assistant/pages/socket.py": 3,
    "edge/conversation/voice/pages/voice.py": 1,
    "edge/conversation/voice/pages/voice_turns.py": 1,
    "edge/conversation/voice/pages/written_part.py": 1,
    "edge/conversation/assistant/retention.py": 1,
    "edge/conversation/assistant/routes.py": 2,
    "edge/money/gift_cards/code_tries.py": 1,
    "edge/backoffice/office/pages/papers.py": 1,
    "edge/backoffice/office/routes.py": 1,
    "edge/ordering/kiosk/pages/kiosk.py": 2,
    "edge/ordering/orders/pages/visitor.py": 1,
    "edge/foundation/printing/printers/part.py": 2,
    "edge/counter/till/pages/register_state.py": 2,
    "edge/counter/till/pages/scan_feedback.py": 1,
    "edge/foundation/webhooks/routes.py": 1,
    "edge/web/bearer.py": 1,
}

ANSWERS = {
    "edge/core/command_bus.py",
    "edge/core/jobs/runner.py",
    "edge/core/past_bus.py",
    "edge/core/registry.py",
    "edge/core/writer.py",
    "edge/foundation/access/programs/api_keys.py",
    "edge/foundation/access/credentials/factors.py",
    "edge/foundation/access/identity.py",
    "edge/foundation/access/credentials/one_time_codes.py",
    "edge/foundation/access/pages/auth_api.py",
    "edge/foundation/access/pages/factors_api.py",
    "edge/foundation/access/pages/paper_codes_api.py",
    "edge/foundation/access/pages/pins_api.py",
    "edge/foundation/access/pages/users_api.py",
    "edge/foundation/access/browsers/pairings.py",
    "edge/foundation/access/credentials/pin_check.py",
    "edge/foundation/access/programs/refresh_tokens.py",
    "edge/conversation/assistant/turns/chat_turns.py",
    "edge/conversation/copilot/pages/copilot.py",
    "edge/conversation/assistant/pages/socket.py",
    "edge/ordering/orders/pages/visitor.py",
    "edge/counter/till/devices/scale_part.py",
    "edge/web/actors.py",
    "edge/web/caller.py",
    "edge/web/denied.py",
    "edge/web/guard.py",
    "edge/web/headers.py",
    "edge/web/identity.py",
    "edge/web/routing.py",
}


def asks(paths: Iterable[Path]) -> Counter[str]:
    """How often each file asks whether something is a `Refused`."""
    return Counter(
        str(path)
        for path in paths
        if "Refused)" in (ROOT / path).read_text() or "Refused |" in (ROOT / path).read_text()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and any(isinstance(one, ast.Name) and one.id == "Refused" for one in ast.walk(node.args[1]))
    )


def gives(paths: Iterable[Path]) -> set[str]:
    """The files with a function that says of itself that it may give back a `Refused`."""
    return {
        str(path)
        for path in paths
        if "Refused" in (ROOT / path).read_text()
        for node in ast.walk(parsed(path))
        if isinstance(node, Function)
        and node.returns
        and any(isinstance(one, ast.Name) and one.id == "Refused" for one in ast.walk(node.returns))
    }


def test_refusals_are_raised_and_not_handed_up() -> None:
    found = asks(files(".py", under="edge"))
    more = {path: many for path, many in found.items() if many > ANSWERED.get(path, 0)}
    assert not more, "raise a Refusal (docs/decisions/0024-refusals-are-raised.md); only the door's answers are asked"
    assert not {path for path, many in ANSWERED.items() if found[path] < many}, "fewer now: so many may stand here"


def test_no_rule_and_no_handler_gives_a_refusal_back() -> None:
    found = gives(files(".py", under="edge"))
    assert not found - ANSWERS, (
        "raise a Refusal: whoever calls it need not ask (docs/decisions/0024-refusals-are-raised.md)"
    )
    assert not ANSWERS - found, "it gives none any more: take it off the list"
