"""Selects the active certificate: a custom one, or one from the box's authority; renewed while serving."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from cryptography import x509

from edge.core.people.wrapping_keys import replace_destroyed
from edge.core.secrets.store import SecretLost, SecretMissing, SecretStore
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.commit_gate import MEMBERS
from edge.core.tls import AUTHORITY_FILE, OWN_FILE, machine
from edge.core.tls.authority import (
    NOT_BEFORE,
    PRIVATE_KEY,
    KeyPair,
    fingerprint,
    issuer_of,
    make_authority,
    may,
    names_of,
    vouch,
)
from edge.core.tls.context import from_files, from_memory
from edge.core.tls.custom import read_custom
from edge.lib.errors import EdgeError

KEY = "box.tls"
"""The name of the secret with the authority's key."""
CUSTOM_KEY = "box.tls.own"
"""The name of the secret with the key of a custom certificate that was added on a page."""


Origin = Literal["box", "page", "files"]


class CertificateFault(msgspec.Struct, frozen=True):
    """A certificate problem to report: `key` is a text of section [tls], with "_do" its advice."""

    key: str
    values: dict[str, str]


class Certificates:
    """Keeps the server's certificate current. Call `look` before serving and periodically, from any thread.

    `context` is the TLS context, or None. `names` are the hosts and addresses that the certificate covers. `host` is
    the configured one, `own` the owner's certificate files; the authority's key is in `secrets`. `shop`: the shop's
    name, shared with a second box. The authority may vouch for it from the start, because users can't be asked to trust
    another authority later.
    """

    def __init__(
        self,
        folder: Path,
        secrets: SecretStore,
        host: str,
        own: tuple[Path, Path] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        addresses: Callable[[], Sequence[str]] = machine.addresses,
        shop: str = "",
    ) -> None:
        self._file = folder / AUTHORITY_FILE
        self._custom = folder / OWN_FILE
        self._secrets = secrets
        self._own = own
        self._clock = now
        self._host = host
        self._addresses = addresses
        self._shop = (shop,) if shop else ()
        self._members = folder / MEMBERS
        self._one_at_a_time = threading.Lock()
        self._seen: object = None
        self._leaf: KeyPair | None = None
        self.authority: x509.Certificate | None = None
        self.context: ssl.SSLContext | None = None
        self.names: frozenset[str] = frozenset()
        self.ends: datetime | None = None
        self.issuer = ""
        self.faults: tuple[CertificateFault, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The authority's fingerprint, for people to compare; "" if it isn't used."""
        return fingerprint(self.authority) if self.authority else ""

    @property
    def origin(self) -> Origin:
        """Where the active certificate comes from: the box itself, a page, or files named in the configuration."""
        if self.authority is not None or self.context is None:
            return "box"
        return "files" if self._own else "page"

    @property
    def files(self) -> tuple[Path, Path] | None:
        """Certificate and key files named in the configuration, if any. They take precedence over a certificate added
        on a page."""
        return self._own

    @property
    def has_custom(self) -> bool:
        """Whether a custom certificate was added on a page."""
        return self._custom.is_file()

    def renew(self) -> None:
        """Issue a new certificate now, or read a custom one again."""
        with self._one_at_a_time:
            self._load()

    def set_custom(self, chain: str, key: str) -> None:
        """Store and use a custom certificate: its chain and key (PEM). Raises `CustomCertificateError` if it can't be
        used, `OSError` or `EdgeError` if it can't be stored."""
        with self._one_at_a_time:
            custom = read_custom(chain, key, self._now())
            self._secrets.set(CUSTOM_KEY, custom.key_pem)
            self._custom.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._custom, custom.chain_pem.encode())
            self._load()

    def remove_custom(self) -> None:
        """Forget the certificate added on a page, and use the box's own again. Raises `OSError` or `EdgeError`."""
        with self._one_at_a_time:
            self._custom.unlink(missing_ok=True)
            self._secrets.remove(CUSTOM_KEY)
            self._load()

    def look(self) -> bool:
        """Load the active certificate if anything changed, expired or failed. Returns whether it was loaded."""
        with self._one_at_a_time:
            due = self._leaf is not None and self._leaf.due(self._now())
            over = self.ends is not None and self.ends <= self._now()
            changed = due or over or self.context is None or self._look() != self._seen
            if changed:
                self._load()
            return changed

    def _load(self) -> None:
        self._seen = self._look()
        faults = []
        if self._own:
            try:
                self._take_own(*self._own)
                self.faults = ()
                return
            except (OSError, ValueError) as error:
                faults.append(CertificateFault("own", {"file": str(self._own[0]), "why": str(error)}))
        elif self.has_custom:
            try:
                self._take_custom()
                self.faults = ()
                return
            except (OSError, ValueError, EdgeError) as error:
                faults.append(CertificateFault("own", {"file": str(self._custom), "why": str(error)}))
        try:
            faults += self._take_authoritys()
        except (OSError, ValueError, EdgeError) as error:
            self.context = None
            faults.append(CertificateFault("authority", {"file": str(self._file), "why": str(error)}))
        self.faults = tuple(faults)

    def _now(self) -> datetime:
        return max(self._clock(), NOT_BEFORE)

    def _hosts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*machine.host_names(), *_one(self._host))))

    def _look(self) -> object:
        """State that determines the certificate: this machine's names, and the files."""
        return self._hosts(), self._addresses(), [_stamp(path) for path in (*(self._own or ()), self._custom)]

    def _take_own(self, certificate: Path, key: Path) -> None:
        made = from_files(certificate, key)
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        if not read.not_valid_before_utc <= self._now() < read.not_valid_after_utc:
            begins, ends = read.not_valid_before_utc, read.not_valid_after_utc
            raise ValueError(f"it is valid from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}")
        self._use(made, read)

    def _take_custom(self) -> None:
        custom = read_custom(self._custom.read_text(), self._secrets.open(CUSTOM_KEY), self._now())
        self._use(from_memory((custom.key_pem + custom.chain_pem).encode()), custom.certificate)

    def _use(self, context: ssl.SSLContext, certificate: x509.Certificate) -> None:
        """Serve a certificate that another authority issued."""
        self.context, self.names = context, frozenset(names_of(certificate))
        self.ends, self.issuer = certificate.not_valid_after_utc, issuer_of(certificate)
        self._leaf = self.authority = None

    def _take_authoritys(self) -> list[CertificateFault]:
        hosts = self._hosts()
        authority, anew = self._authority(hosts)
        shop = self._shop if self._members.exists() else ()
        leaf = vouch(authority, dict.fromkeys((*hosts, *self._addresses(), *shop)), self._now())
        self.context, self.names = from_memory(leaf.pem), frozenset(names_of(leaf.certificate))
        self._leaf, self.authority, self.ends = leaf, authority.certificate, leaf.certificate.not_valid_after_utc
        self.issuer = issuer_of(leaf.certificate)
        beyond = [name for name in hosts if not may(authority, name)]
        faults = [CertificateFault("anew", {"file": str(self._file)})] if anew else []
        if beyond:
            faults.append(CertificateFault("beyond", {"names": ", ".join(beyond), "file": str(self._file)}))
        return faults

    def _authority(self, hosts: Sequence[str]) -> tuple[KeyPair, bool]:
        """Return the stored authority or a new one, and whether it replaces one whose key is lost. Raises `ValueError`
        if the file isn't an authority; it is never overwritten."""
        try:
            found = self._read_key_pair()
        except FileNotFoundError:
            return self._make_key_pair(hosts), False
        except (SecretLost, SecretMissing):
            return self._make_key_pair(hosts), True
        over = self._now() >= found.certificate.not_valid_after_utc
        return (self._make_key_pair(hosts) if over else found), False

    def _read_key_pair(self) -> KeyPair:
        pem = self._file.read_bytes()
        if PRIVATE_KEY not in pem:
            x509.load_pem_x509_certificate(pem)  # check the certificate before asking for its key
            return KeyPair.read(self._secrets.open(KEY).encode() + pem)
        found = KeyPair.read(pem)  # earlier versions stored the key in this file
        self._keep(found)
        return found

    def _make_key_pair(self, hosts: Sequence[str]) -> KeyPair:
        names = tuple(dict.fromkeys((*hosts, *self._shop)))
        made = make_authority(f"edge-store {machine.host_names()[-1]}", names, self._now())
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keep(made)
        return made

    def _keep(self, authority: KeyPair) -> None:
        """Store the key in the secrets and the certificate in the file, overwriting any key there."""
        self._secrets.set(KEY, authority.key_pem.decode())
        replace_destroyed(self._file, lambda: write_whole(self._file, authority.certificate_pem))


def _one(host: str) -> tuple[str, ...]:
    """Return the configured name or address, unless it is a wildcard."""
    return () if host in ("0.0.0.0", "::") else (host.lower(),)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
