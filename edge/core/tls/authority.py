"""The box's certificate authority: its key vouches for this box only, enforced by name constraints. Pure.

Certificates follow RFC 5280 (sections 4.2.1.1 to 4.2.1.12) and phones' requirements: a leaf is valid for at most 398
days, with names in SubjectAltName.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge.core.addresses import Address, address_of

PRIVATE_KEY = b"PRIVATE KEY-----"
"""Every PEM file with a private key contains this."""
AUTHORITY_DAYS = 3652
LEAF_DAYS = 397
BACKDATED = timedelta(hours=48)
RENEWED_AFTER = 2 / 3
NOT_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
"""The present is later than this, even if the clock shows less."""
_PRIVATE = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 127.0.0.0/8 fc00::/7 fe80::/10 ::1/128"
PRIVATE = tuple(map(ipaddress.ip_network, _PRIVATE.split()))
"""Addresses that can be reached only from the same network (RFC 1918, 3927, 4193 and 4291)."""


class KeyPair(msgspec.Struct, frozen=True):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """Both, the key first."""
        return self.key_pem + self.certificate_pem

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @classmethod
    def read(cls, pem: bytes) -> KeyPair:
        """Parse a key pair from PEM. Raises `ValueError`."""
        certificate, key = x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key doesn't match the certificate")
        return cls(certificate, key)

    def due(self, now: datetime) -> bool:
        """Whether two thirds of the validity are over, or the certificate isn't valid yet."""
        begins, ends = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        return not begins <= now < begins + (ends - begins) * RENEWED_AFTER


def make_authority(called: str, names: Sequence[str], now: datetime) -> KeyPair:
    """Create an authority for `names` (hosts and addresses) and all private addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = [*PRIVATE, *(ipaddress.ip_network(address) for name in names if (address := _address(name)))]
    permitted = [
        *(x509.DNSName(name) for name in names if not _address(name)),
        *map(x509.IPAddress, dict.fromkeys(own)),
    ]
    made = (
        _certificate_builder(called, called, key.public_key(), key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(made, key)


def vouch(authority: KeyPair, names: Iterable[str], now: datetime) -> KeyPair:
    """Issue a leaf for the names in `names` that the authority may vouch for."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    named = [name for name in names if may(authority, name)]
    made = (
        _certificate_builder("edge-store", str(issuer), key.public_key(), authority.key.public_key(), now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in named]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return KeyPair(made, key)


def may(authority: KeyPair, name: str) -> bool:
    """Whether the authority's name constraints permit a name or address."""
    extension = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = extension.value.permitted_subtrees or ()
    address = _address(name)
    if address is None:
        hosts = (one.value for one in permitted if isinstance(one, x509.DNSName))
        return any(name == host or name.endswith(f".{host}") for host in hosts)
    networks = (ipaddress.ip_network(str(one.value)) for one in permitted if isinstance(one, x509.IPAddress))
    return any(address in one for one in networks)


def names_of(certificate: x509.Certificate) -> Iterator[str]:
    """Names in a certificate: lower-case host names, and addresses."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    yield from (name.lower() for name in extension.value.get_values_for_type(x509.DNSName))
    yield from map(str, extension.value.get_values_for_type(x509.IPAddress))


def issuer_of(certificate: x509.Certificate) -> str:
    """Return the issuer of a certificate: the organization, or else the common name."""
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for one in certificate.issuer.get_attributes_for_oid(kind):
            return str(one.value)
    return certificate.issuer.rfc4514_string()


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 fingerprint as people compare it: hex pairs with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _address(name: str) -> Address | None:
    try:
        return address_of(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _certificate_builder(
    subject: str,
    issuer: str,
    public: ec.EllipticCurvePublicKey,
    issuers: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    begins = max(now, NOT_BEFORE) - BACKDATED
    builder = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(begins + timedelta(days=days))
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    return builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers), critical=False)


def _name(called: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
