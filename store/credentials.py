"""How secrets are kept: passwords as argon2id, random secrets as their SHA-256. Knows no table."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Invalid

MIN_LENGTH = 10
MIN_CLASSES = 3  # of lower case, upper case, digits, anything else
MAX_LENGTH = 200  # argon2 of a megabyte of password is an attack
TOKEN_PREFIX = "yp_"  # noqa: S105 - so that a leaked one is recognised, and a cookie tells token from session

# argon2-cffi's own defaults are RFC 9106's low-memory choice (64 MiB, 3 passes).
_hasher = PasswordHasher()


def check_password(password: str) -> None:
    """Raises `Invalid` unless it is long and mixed enough (GB/T 22239 8.1.4.1 asks for complexity, gives no figures)."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    classes = sum(any(kind(letter) for letter in password) for kind in kinds)
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH or classes < MIN_CLASSES:
        raise Invalid(f"a password needs {MIN_LENGTH} characters or more, of {MIN_CLASSES} kinds: lower, upper, digit, sign")


def hash_password(password: str) -> str:
    """The argon2id hash to store. Raises `Invalid` for a weak password."""
    check_password(password)
    return _hasher.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether the password is the one; takes the same time for a hash that nobody owns (`NOBODY`)."""
    try:
        return len(password) <= MAX_LENGTH and _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


# A valid hash of a password nobody knows: an unknown login then takes as long as a wrong password.
NOBODY = _hasher.hash(secrets.token_urlsafe(32))


def new_secret(prefix: str = "") -> str:
    """256 random bits, safe in a URL, a header and a cookie."""
    return prefix + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What is stored of a random secret: it has too many bits for guessing, so a fast hash suffices."""
    return hashlib.sha256(secret.encode()).digest()
