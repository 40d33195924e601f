"""Who people, programs and browsers are, as far as pages and addresses need to know: what `edge.app` wires a capability
to answer for. The framework keeps no person, no secret and no session of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from edge.core.journal.rows import RightDenied
from edge.core.messages import Actor, Refused, Right, Surface


class PersonSession(Protocol):
    """Somebody is signed in: a browser, or a program of theirs."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def user(self) -> str: ...
    def entered_lately(self, now_us: int) -> bool:
        """Whether a PIN or password was shown lately (monotonic clock)."""
        ...


class PairedBrowser(Protocol):
    """A browser of another machine that was let in, or (`paired_us` 0) asks to be. `register` is "" where it is tied to
    none; `surfaces`: what it may be used as, the usual one first."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def register(self) -> str: ...
    @property
    def digits(self) -> str: ...
    @property
    def paired_us(self) -> int: ...
    @property
    def surfaces(self) -> tuple[Surface, ...]: ...


class ProgramKey(Protocol):
    """A key that a program comes with; `actor` is its name in the journal."""

    @property
    def id(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def register(self) -> str: ...


class Identity(Protocol):
    """Whom the appliance knows. Rights are those of now: each question looks them up."""

    # Who acts.

    def console(self) -> Actor:
        """Whoever has a shell on this machine."""
        ...

    def person(self, user: str, surface: Surface, register: str) -> Actor: ...
    def program(self, key_id: str, surface: Surface, register: str) -> Actor | None:
        """None: it was revoked since the request began."""
        ...

    def at_register(self, register: str, surface: Surface, seat: str | None = None, touch: bool = True) -> Actor:
        """Whoever stands there, in the browser `seat`; `touch`: they do something."""
        ...

    def approver(self, grant: str, register: str, command: str, command_id: bytes) -> str | None:
        """Whose PIN allows this command; None: nobody's."""
        ...

    def approval_used(self, grant: str, command_id: bytes) -> None: ...
    def manages(self, user: str) -> str | None:
        """The person if they manage, "" for the set-up PIN; None: they do not."""
        ...

    # Sessions.

    def session(self, id: str) -> PersonSession | None: ...
    def shown(self, secret: str, *kinds: Any, touch: bool = True) -> PersonSession | None:
        """The session (till, manager, own, app, grant) of whoever shows `secret`; `touch`: and does something now."""
        ...

    def signed_in(self, register: str, seat: str | None = None) -> PersonSession | None:
        """Who is signed in there, in the browser `seat` where one is said; asking is no touch."""
        ...

    def end(self, id: str) -> None:
        """A session ends."""
        ...

    # Browsers and programs.

    async def paired(self, cookie: str, address: str, agent: str) -> tuple[PairedBrowser | None, str | None]:
        """Which browser comes with this cookie from an address, with what it says of itself (`agent`), and what it is
        to have from now on, where that is another."""
        ...

    def is_paired(self, id: str) -> bool: ...
    async def token(self, bearer: str) -> PersonSession | Refused:
        """The session of a person's program; else why the token opens nothing."""
        ...

    async def key(self, bearer: str, network: str) -> ProgramKey | Refused:
        """The key of a program; else why it opens nothing."""
        ...

    # The shop.

    def is_unclaimed(self) -> bool:
        """Whether there is no PIN yet, so that somebody must set the first one."""
        ...

    def named_people(self, seat: str = "") -> Sequence[Any]:
        """In the browser `seat` ("": the appliance's own), of whom somebody who enters a PIN says which they are; none
        where there are so few that the PIN says it."""
        ...

    def network(self, address: str) -> str:
        """What neighbours of an address are counted as."""
        ...

    def is_personal(self, *rights: Right) -> bool:
        """Whether one of these rights is one of data of people."""
        ...

    def looked(self, actor: Actor, what: str, of: str, address: str) -> None:
        """Have it written down that somebody was answered `what`, which is kept `of` somebody ("": of many)."""
        ...

    async def note_denied(self, actor: Actor, row: RightDenied) -> bool:
        """Have it written down that a right was lacking; whether that could be done."""
        ...

    async def stop(self) -> None:
        """Write what is not written yet: nobody is served any more."""
        ...
