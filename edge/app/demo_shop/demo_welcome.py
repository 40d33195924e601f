"""The demo's welcome text: five things to try, and all addresses."""

from __future__ import annotations

from pathlib import Path

from edge.app.cli.output import say
from edge.app.demo_shop import demo_office
from edge.app.demo_shop.demo_watch import Watched


def welcome(page: str, folder: Path, servers: list[Watched], pin: str, seconds: float) -> None:
    """Print the welcome text. `pin`: the manager's PIN; `seconds`: the start-up time."""
    addresses = "\n".join(f"    {one.name:<12}{one.address}" for one in servers if one.address and one.address != page)
    say(f"""
  The shop is open ({seconds:.1f} s):   {page}

  Five things to try
    1. Press a product beside the till: the simulated scanner types its code on a serial line,
       and the line appears. F8 takes cash, F9 asks the card terminal, where
       you present a card or fall silent; the printer draws the receipt.
    2. Press the beer (it asks for an age), lay something on the scale and press the tomatoes, or F4 to
       override a price (the PIN is {pin}). Switch the page to עברית or français.
    3. Switch the printer off, or cut the internet, and sell on: nothing waits, and all of it comes
       when it is back. On top, see how far the hub in Postgres holds the journal.
    4. Order at the kiosk, {page}kiosk?register=kiosk, and hand it over
       from {page}manager/orders; {page}shop is the same for phones.
    5. Open the simulated shelf beside the till, take all of a product away (two places), and see it found on
       {page}manager/shelf within a minute.

  Where it is
    manager     {page}manager (PIN {pin})
    API         {page}api
{addresses}
                (office: {demo_office.EMAIL}, password "{demo_office.PASSWORD}")
    receipts    {folder / "receipts"}
    logs        {folder}

  What of it dies is started again. Ctrl-C stops all of it.
""")
