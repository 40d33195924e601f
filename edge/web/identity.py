"""Identities of people, programs and browsers, as the web layer needs them. `edge.app` connects the capability that
implements this. The framework stores no people, secrets or sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from edge.core.journal.rows import RightDenied
from edge.core.messages import Actor, Refused, Right, Surface


class PersonSession(Protocol):
    """A user's session, in a browser or program."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def user(self) -> str: ...
    def entered_lately(self, now_us: int) -> bool:
        """Whether a PIN or password was entered recently (monotonic clock)."""
        ...


class PairedBrowser(Protocol):
    """A paired browser of another machine, or (`paired_us` 0) one that requests pairing. `register` is "" if not tied
    to one; `surfaces`: its permitted uses, default first."""

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
    """A program's key; `actor` is its name in the journal."""

    @property
    def id(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def register(self) -> str: ...


class Identity(Protocol):
    """Queries of known identities. Rights are looked up each time."""

    # Who acts.

    def console(self) -> Actor:
        """Actor with shell access to this machine."""
        ...

    def person(self, user: str, surface: Surface, register: str) -> Actor: ...
    def program(self, key_id: str, surface: Surface, register: str) -> Actor | None:
        """Return the actor of a program's key; None if it was revoked since the request began."""
        ...

    def at_register(self, register: str, surface: Surface, seat: str | None = None, touch: bool = True) -> Actor:
        """Return the actor at a register, in the browser `seat`. `touch`: counts as activity."""
        ...

    def approver(self, grant: str, register: str, command: str, command_id: bytes) -> str | None:
        """Return the user whose PIN approves this command, or None."""
        ...

    def approval_used(self, grant: str, command_id: bytes) -> None: ...
    def manages(self, user: str) -> str | None:
        """Return the user if they are a manager, "" for the set-up PIN, otherwise None."""
        ...

    # Sessions.

    def session(self, id: str) -> PersonSession | None: ...
    def find_by_secret(self, secret: str, *kinds: Any, touch: bool = True) -> PersonSession | None:
        """Return the session (till, manager, own, app, grant) of this `secret`. `touch`: counts as activity."""
        ...

    def signed_in(self, register: str, seat: str | None = None) -> PersonSession | None:
        """Return the session of the user signed in at the register, in the browser `seat` if given. Doesn't count as
        activity."""
        ...

    def end(self, id: str) -> None:
        """End a session."""
        ...

    # Browsers and programs.

    async def find_pairing(self, cookie: str, address: str, agent: str) -> tuple[PairedBrowser | None, str | None]:
        """Return the paired browser of a cookie at an address, with its `agent`, and a new cookie value if it
        changes."""
        ...

    def is_paired(self, id: str) -> bool: ...
    async def token(self, bearer: str) -> PersonSession | Refused:
        """Return the session of a user's program, or the reason why the token is rejected."""
        ...

    async def key(self, bearer: str, network: str) -> ProgramKey | Refused:
        """Return the key of a program, or the reason why it is rejected."""
        ...

    # The shop.

    def is_unclaimed(self) -> bool:
        """Whether no PIN exists yet, so that the first must be set."""
        ...

    def named_people(self, seat: str = "") -> Sequence[Any]:
        """Return the users to choose from before a PIN is entered in the browser `seat` ("": the appliance's own).
        Empty if the PIN alone identifies them."""
        ...

    def network(self, address: str) -> str:
        """Return the key by which neighbouring addresses are counted together."""
        ...

    def is_personal(self, *rights: Right) -> bool:
        """Whether one of these rights concerns personal data."""
        ...

    def record_access(self, actor: Actor, what: str, of: str, address: str) -> None:
        """Record that an actor read `what`, personal data `of` a person ("": of many)."""
        ...

    async def note_denied(self, actor: Actor, row: RightDenied) -> bool:
        """Record a denial. Returns whether that succeeded."""
        ...

    async def stop(self) -> None:
        """Write pending records at shutdown."""
        ...
