"""Practice sessions at registers: start, end, and number of papers.

Their work goes to a separate ledger (`edge/counter/till/service/training`)."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Projector, Transaction
from edge.core.storage.database import Connection
from edge.counter.till.commands import EndTraining, StartTraining
from edge.counter.till.events import TrainingEnded, TrainingStarted
from edge.counter.till.practice.yesterday import last_day
from edge.counter.till.queries import read_basket
from edge.foundation.access.queries import is_active_user

_BEGAN = "INSERT OR REPLACE INTO training (register, person, since_us, seq) VALUES (?, ?, ?, ?)"


class Training(msgspec.Struct, frozen=True):
    """A register in practice mode."""

    register: str
    person: str
    since_us: int


def read_trainings(db: Connection) -> list[Training]:
    """Registers now in practice mode."""
    return [Training(*row) for row in db.execute("SELECT register, person, since_us FROM training ORDER BY register")]


def start_training(tx: Transaction, command: StartTraining) -> None:
    actor = tx.actor
    if any(one.register == actor.register for one in read_trainings(tx.db)):
        raise Refusal("training_already")  # checked before the actor: in practice mode no one is signed in here
    if actor.anonymous or actor.asker or not is_active_user(tx.db, actor.name):
        raise Refusal("training_by_name")
    if not read_basket(tx.db, actor.register).empty:
        raise Refusal("basket_not_empty")
    if command.yesterday and last_day(tx.db, tx.business_date) is None:
        raise Refusal("training_no_yesterday")
    tx.append(TrainingStarted())


def end_training(tx: Transaction, command: EndTraining) -> None:
    if any(one.register == tx.actor.register for one in read_trainings(tx.db)):
        tx.append(TrainingEnded(command.papers))


def _began(db: Connection, fact: RecordedEvent, event: TrainingStarted) -> None:
    db.execute(_BEGAN, (fact.register, fact.actor, fact.at_us, fact.seq))


def _record_end(db: Connection, fact: RecordedEvent, event: TrainingEnded) -> None:
    db.execute("DELETE FROM training WHERE register = ?", (fact.register,))


projector = Projector(
    name="training", version=1, tables=("training",), on={TrainingStarted: _began, TrainingEnded: _record_end}
)
