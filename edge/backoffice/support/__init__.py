"""Diagnostics that head office requests from a box.

Head office can request diagnostics, and the shop approves or declines. Terms: a *case* is one request of head office
(`check`, `devices`, `queue`, or all of them, a `bundle`), with the person asking, the reason and the deadline. Its
answer is text made by the box and shown to the shop before it is sent. A *leave* lets requests of the next hours
through without separate approval.

`edge/backoffice/support/service/support_bundle.py` creates the answers, which `edge support bundle` shows too;
`support_desk.py` delivers them.

Invariants

- A leave is given on the page, for some hours, or permanently by `[support] allow = true` in config.toml. That isn't
  a setting, because head office changes settings and could grant itself leave.
- A bundle lists the keys of config.toml, with values only for switches and numbers.
- No answer contains data about people, goods, prices or sales; texts of settings; keys, PINs or passwords; email
  addresses, or numbers of phones, cards and networks (`masking.py`, applied to the whole answer at the end).
- Exactly the text shown is sent: approval applies to its digest. It is encrypted for a key that head office created
  for this case only, and stored there for 14 days.
- A case changes nothing in the shop; it only asks. There is no shell.
- Remote help is the one exception. A manager turns it on with their PIN, for an hour, and every manager page shows it.
  While it lasts, a person at head office with the right `help` reads the status, the newest log lines and updates,
  prints a test page and restarts parts of a short list; nothing else. The box itself refuses each request that isn't
  signed by head office, names another period, comes late or exceeds the limit, and records it. It ends when a manager
  stops it, after an hour, or when the box restarts.
- A case expires 72 hours after the request at the latest, and so does a leave. Each step is in the journal.
- A box that is offline, or a shop that doesn't respond, keeps selling.

To add a kind of request, add its name to `events.Question` and its answer to
`edge/backoffice/support/service/support_bundle.py`.
"""

from collections.abc import Callable
from functools import partial

from edge.backoffice.support.commands import (
    AgreeSupport,
    AllowSupport,
    AskHelp,
    AskSupport,
    BeginHelp,
    DeclineSupport,
    EndHelp,
    EndSupport,
    LapseHelp,
)
from edge.backoffice.support.events import EVENTS
from edge.backoffice.support.handlers import (
    SupportTerms,
    agree,
    allow,
    ask,
    ask_help,
    begin_help,
    decline,
    end,
    end_help,
    lapse_help,
)
from edge.backoffice.support.project import projector
from edge.backoffice.support.queries import newest_help, support_cases, support_leave
from edge.backoffice.support.settings import SupportSection
from edge.backoffice.support.settings import settings_of as settings_of
from edge.backoffice.support.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF, Surfaces
from edge.foundation.access.rights import MANAGE

PAGES = Surfaces(frozenset({"panel", "system"}))
"""Only manager's pages, so that neither the assistant nor a till can turn on remote help."""


def capability(said: SupportSection, device: str, is_proven: Callable[[], bool]) -> Capability:
    """The support capability. `said`: the section of config.toml. `device`, `is_proven`: see `SupportTerms`."""
    terms = SupportTerms(said.allow, device, is_proven)
    return Capability(
        name="support",
        commands=(
            CommandSpec(AskSupport, partial(ask, terms=terms), right=MANAGE, surfaces=MACHINE),
            CommandSpec(AskHelp, partial(ask_help, terms=terms), right=MANAGE, surfaces=MACHINE),
            CommandSpec(AgreeSupport, agree, right=MANAGE, surfaces=STAFF),
            CommandSpec(DeclineSupport, decline, right=MANAGE, surfaces=STAFF),
            CommandSpec(AllowSupport, allow, right=MANAGE, surfaces=STAFF),
            CommandSpec(EndSupport, end, right=MANAGE, surfaces=MACHINE),
            CommandSpec(BeginHelp, partial(begin_help, terms=terms), right=MANAGE, reauthenticate=True, surfaces=PAGES),
            CommandSpec(EndHelp, end_help, right=MANAGE, surfaces=STAFF),
            CommandSpec(LapseHelp, lapse_help, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("support_cases", support_cases, right=MANAGE, surfaces=STAFF),
            QuerySpec("support_help", newest_help, right=MANAGE, surfaces=STAFF),
            QuerySpec("support_leave", support_leave, right=MANAGE, surfaces=STAFF),
        ),
        watches=WATCHES,
        mended_at="/manager/support",
    )
