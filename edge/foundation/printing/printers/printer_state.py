"""State of a printer: model, answers and confirmations. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.roles import PrinterStatus
from edge.core.process.part_state import PartState
from edge.foundation.printing.printers.status import printer_lost_state, state_of
from edge.lib import printer_profiles as profiles
from edge.runtime.config.device_uses import PaperOptions, Printing

Confirms = Literal["none", "status", "process_id"]
"""How a printer confirms a job: never, by answering GS r after it, or by the job's process ID."""
Question = Literal["nothing", "name", "proof"]
"""Query before sending a job: none, the printer's model, or whether it processes its input."""


class PrinterState:
    """One printer, named `name` in messages.

    `confirms`: how it confirms printing, None if unknown. `met`: its model is known or configured. `evidence`: the best
    behaviour observed so far. `doubt`: what it must prove before the next job; "mark" after a job whose process id it
    didn't report.
    """

    def __init__(self, name: str, options: PaperOptions, printing: Printing) -> None:
        self.name = name
        self.options = options
        self.met = bool(options.profile)
        self.confirms: Confirms | None = None
        self.evidence: Literal["nothing", "answers", "confirms"] = "nothing"
        self.doubt: Literal["nothing", "works", "mark"] = "nothing"
        self._given = options
        self._printing = printing
        self._model = options.profile
        self._open_since: float | None = None
        self._learn()

    @property
    def well(self) -> PartState:
        """Status without problems."""
        return PartState("", "ok", self._model)

    @property
    def may_be_asked(self) -> bool:
        """Whether the configuration permits queries."""
        return self._printing.confirms != "none"

    @property
    def tells(self) -> bool:
        """Whether the printer can report changes automatically."""
        return self.options.known_profile.status == "automatic" and self.may_be_asked

    @property
    def never_answers(self) -> bool:
        """Whether queries would only delay jobs."""
        return self.confirms == "none" and self.evidence == "nothing"

    @property
    def question(self) -> Question:
        """The next query for a printer that reports no problem."""
        if not self.met:
            return "name"
        if self.confirms is None or (self.doubt != "nothing" and self.confirms != "none"):
            return "proof"
        return "nothing"

    def came_back(self) -> None:
        """Record that the printer was reconnected. Without a configured model it may be another one. A confirming
        printer must prove that again, and one that never confirmed may only have been busy."""
        self.met = bool(self._given.profile)
        if self.evidence == "confirms" and self.doubt == "nothing":
            self.doubt = "works"
        if self.evidence != "nothing" and self.confirms == "none" and self._printing.confirms == "auto":
            self.confirms = None

    def has_confirmed(self) -> None:
        """Note that the printer has confirmed something."""
        self.confirms, self.evidence = self.confirms or "status", "confirms"

    def take_doubt(self, unconfirmed: bool = False) -> None:
        """Require the printer to prove that it processes data. `unconfirmed`: it took a job without confirmation."""
        by_mark = unconfirmed and self.confirms == "process_id" and self._printing.confirms == "auto"
        self.doubt = "mark" if by_mark else "works"

    def note_answer(self) -> None:
        """Record that the printer reported its status. Its way of confirming is determined next."""
        if self.evidence == "nothing":
            self.evidence, self.confirms = "answers", None

    def stayed_silent(self) -> bool:
        """Record that the printer gave no status. Returns whether that is a problem; for a printer that never answers,
        it isn't."""
        if self.evidence == "nothing":
            self.met, self.confirms = True, "none"
        return self.evidence != "nothing"

    def learn(self, works: bool, model: str | None = None) -> bool:
        """Handle the result of `question` (`model` None: not asked). Returns whether the printer may receive a job.

        A printer that confirmed before and doesn't answer now may be busy, and is asked again.
        """
        if model is not None:
            if self.evidence == "confirms" and not (model or works):
                return False
            self._meet(model)
        if works:
            self.has_confirmed()
            if self.doubt == "mark":  # it works but doesn't recognise jobs by id, whatever its profile says
                self.confirms = "status"
            self.doubt = "nothing"
            return True
        if self.confirms is None and self.evidence != "confirms":
            self.confirms = "none"
        return self.confirms is not None and (self.doubt == "nothing" or self.confirms == "none")

    def state(self, status: PrinterStatus | None, now: float, drawer_left_s: float) -> PartState:
        """Return the part's state for the printer's reported status; None: it didn't answer."""
        if status is None:
            return printer_lost_state("silent")
        if status.drawer_pin != self._printing.drawer_open:
            self._open_since = None
        elif self._open_since is None:
            self._open_since = now
        left = self._open_since is not None and now - self._open_since >= drawer_left_s
        state = state_of(status, left)
        return state if state.key else self.well

    def _meet(self, model: str) -> None:
        """Use the profile of the model that the printer reported, if any."""
        self.met = True
        if model == self._model:
            return
        if model and self.evidence == "confirms":
            self.evidence = "answers"  # another model's evidence doesn't apply to this one
        found = profiles.detect(model)
        self._model, self.confirms = model, None
        self.options = msgspec.structs.replace(self._given, profile=found.name if found else "")
        self._learn()

    def _learn(self) -> None:
        """Determine how the printer confirms printing: as configured or by profile, otherwise by its behaviour."""
        known = self.options.known_profile.confirms
        if self._printing.confirms != "auto":
            self.confirms = self._printing.confirms
        elif known != "none":
            self.confirms = known
        if self.evidence == "nothing" and self.confirms in ("status", "process_id"):
            self.evidence = "answers"
