"""The demo's payment terminal, which waits for a card on the devices page."""

from __future__ import annotations

from contextlib import AsyncExitStack

from sim.terminal.json_lines import SECRET, SimJsonTerminal

_DEVICE = """
[[device]]
name = "card terminal"
role = "payment_terminal"
driver = "sim"
register = "1"
host = "127.0.0.1"
port = {port}
secret = "{secret}"
silence_timeout_ms = 60000
cancel_timeout_ms = 3000
"""


async def switched_on(stack: AsyncExitStack) -> SimJsonTerminal:
    """Run the simulated terminal for the lifetime of the stack."""
    terminal = SimJsonTerminal()
    terminal.fault = "late"
    await terminal.start()
    stack.push_async_callback(terminal.stop)
    return terminal


def device(terminal: SimJsonTerminal) -> str:
    """The terminal's config.toml entry."""
    return _DEVICE.format(port=terminal.port, secret=SECRET)
