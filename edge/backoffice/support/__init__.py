"""Diagnostics that head office requests from a box.

Head office may ask a box how it is, and the shop says yes or no. Its words: a case is one question of head
office's (`check`, `devices`, `queue`, or all of it, a `bundle`), who asks, why and until when; its answer is text
that the box makes of itself, shown to the shop before it goes; a leave lets what is asked within some hours go
without a yes each.

`edge/backoffice/support/service/support_bundle.py` makes the answers, which `edge support bundle` shows, too;
`support_desk.py` hands them over.

Invariants
- A leave is given on the page, for some hours, or for good by `[support] allow = true` in config.toml. That is no
  setting: head office changes settings, and could give itself leave.
- A bundle says of config.toml which keys are there, with the values of switches and numbers alone.
- In no answer: what is said of people, goods, prices or sales; texts of settings; keys, PINs and passwords;
  addresses of mail, numbers of phones, of cards and of networks (`masking.py`, over the whole of it, at the end).
- What goes is what was shown: the yes is to its digest. It is sealed to a key that head office made for this case
  alone, and kept there for 14 days.
- Nothing is done in the shop by a case: it is asked and answered. There is no shell.
- Remote help is the one exception. A manager turns it on with their PIN, for an hour, and every manager page shows it.
  While it lasts, a person at head office with the right `help` reads the status, the newest log lines and updates,
  prints a test page and restarts parts of a short list; nothing else. The box itself refuses each request that isn't
  signed by head office, names another period, comes late or is one too many, and notes it. It ends by a press, after an
  hour, and whenever the box restarts.
- A case ends by itself, at the latest 72 hours after it was asked, and so does a leave. Each step is in the
  journal.
- A box that is offline, or a shop that says nothing, sells on.

One more question: its name in `events.Question`, and what answers it in
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
"""Manager's pages alone: neither the assistant nor a till turns on remote help."""


def capability(said: SupportSection, device: str, is_proven: Callable[[], bool]) -> Capability:
    """The support capability; `said`: the section of config.toml; others: see `SupportTerms`."""
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
    )
