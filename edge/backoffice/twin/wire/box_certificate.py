"""Create a machine's key and self-signed certificate."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from edge.core.tls.authority import NOT_BEFORE

YEARS = 40
"""Validity in years, longer than a machine's life. Members are identified by key, and removed on a page."""


def make(name: str) -> bytes:
    """Create a key and its self-signed certificate, as PEM in this order.

    Subjects are unique, even if machines have the same name: OpenSSL looks up trusted certificates by subject, and
    would find only the first of several witnesses.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = f"edge twin {name[:30]} {secrets.token_hex(8)}"
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    begins = max(datetime.now(UTC), NOT_BEFORE) - timedelta(days=2)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def sign_with(pem: bytes, content: bytes) -> bytes:
    """An ECDSA signature with SHA-256, by the key in `pem`."""
    key = load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "it was made here"
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


def is_signed_by(certificate: str, content: bytes, signature: bytes) -> bool:
    """Whether the certificate's key (PEM) made this signature."""
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
