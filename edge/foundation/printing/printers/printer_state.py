"""What is known of one printer, as far as it was told us or has turned out: its model, what it answers. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.roles import PrinterStatus
from edge.core.process.part_state import PartState
from edge.foundation.printing.printers.status import printer_lost_state, state_of
from edge.lib import printer_profiles as profiles
from edge.runtime.config.device_uses import PaperOptions, Printing

Confirms = Literal["none", "status", "process_id"]
"""How a printer says that it has printed: never; by answering GS r behind the job; by the job's process ID."""
Question = Literal["nothing", "name", "proof"]
"""What must be asked before a job is sent: nothing; its model; whether it gets round to what it is sent."""


class PrinterState:
    """One printer, called `name` in messages.

    `confirms` is how it says that it has printed, None where that must yet turn out. `met`: it was asked for its
    model, or need not be. `evidence`: the most that it has ever shown. `doubt`: what it must show first; a "mark" is
    doubted of one that took a job and did not say its process ID.
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
        """What is said of it while nothing is wrong."""
        return PartState("", "ok", self._model)

    @property
    def may_be_asked(self) -> bool:
        """Whether the configuration lets us ask it anything."""
        return self._printing.confirms != "none"

    @property
    def tells(self) -> bool:
        """Whether it knows how to tell of changes by itself."""
        return self.options.known.status == "automatic" and self.may_be_asked

    @property
    def never_answers(self) -> bool:
        """Whether asking it would only make each job wait."""
        return self.confirms == "none" and self.evidence == "nothing"

    @property
    def question(self) -> Question:
        """What is to be asked of one that says that it is well."""
        if not self.met:
            return "name"
        if self.confirms is None or (self.doubt != "nothing" and self.confirms != "none"):
            return "proof"
        return "nothing"

    def came_back(self) -> None:
        """It was away. Where the configuration names no model, another one may stand there now; one that confirms must
        first show that it still does; one that never did may only have had too much to do when it was asked."""
        self.met = bool(self._given.profile)
        if self.evidence == "confirms" and self.doubt == "nothing":
            self.doubt = "works"
        if self.evidence != "nothing" and self.confirms == "none" and self._printing.confirms == "auto":
            self.confirms = None

    def has_confirmed(self) -> None:
        """It has confirmed something."""
        self.confirms, self.evidence = self.confirms or "status", "confirms"

    def take_doubt(self, unconfirmed: bool = False) -> None:
        """It must first show that it gets round to what it is sent. `unconfirmed`: it took a job and said nothing."""
        by_mark = unconfirmed and self.confirms == "process_id" and self._printing.confirms == "auto"
        self.doubt = "mark" if by_mark else "works"

    def answered(self) -> None:
        """It said how it is: how it confirms is seen from now on."""
        if self.evidence == "nothing":
            self.evidence, self.confirms = "answers", None

    def stayed_silent(self) -> bool:
        """It did not say how it is; whether that is trouble. One that never answers is no worse for it."""
        if self.evidence == "nothing":
            self.met, self.confirms = True, "none"
        return self.evidence != "nothing"

    def learn(self, works: bool, model: str | None = None) -> bool:
        """What came of its `question` (`model` None: it was not asked for that); whether a job may be sent to it.

        One that has confirmed before and now says nothing is not another one that never does: it may be busy with what
        it was sent before, and is asked again.
        """
        if model is not None:
            if self.evidence == "confirms" and not (model or works):
                return False
            self._meet(model)
        if works:
            self.has_confirmed()
            if self.doubt == "mark":  # it works, and does not know jobs by their ids, whatever its profile says
                self.confirms = "status"
            self.doubt = "nothing"
            return True
        if self.confirms is None and self.evidence != "confirms":
            self.confirms = "none"
        return self.confirms is not None and (self.doubt == "nothing" or self.confirms == "none")

    def state(self, status: PrinterStatus | None, now: float, drawer_left_s: float) -> PartState:
        """What is said of it; None: it has fallen silent."""
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
        """It has said its model, or that it has no name for it: print as that model likes it."""
        self.met = True
        if model == self._model:
            return
        if model and self.evidence == "confirms":
            self.evidence = "answers"  # what another one did says nothing of this one
        found = profiles.detect(model)
        self._model, self.confirms = model, None
        self.options = msgspec.structs.replace(self._given, profile=found.name if found else "")
        self._learn()

    def _learn(self) -> None:
        """How it says that it has printed: as configured, or as its model does; otherwise it must turn out."""
        known = self.options.known.confirms
        if self._printing.confirms != "auto":
            self.confirms = self._printing.confirms
        elif known != "none":
            self.confirms = known
        if self.evidence == "nothing" and self.confirms in ("status", "process_id"):
            self.evidence = "answers"
