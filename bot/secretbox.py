"""Secrets at rest: Fernet with rotation."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr


class CannotOpen(Exception):  # not a BotError: it stops the start, before anybody can ask for anything
    """None of the keys opens this ciphertext."""


class SecretBox:
    """Seals with the first key, opens with any. ``keys`` are Fernet keys (32 bytes, urlsafe base64)."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one encryption key is needed")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> SecretStr:
        """Raises ``CannotOpen``."""
        try:
            return SecretStr(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            raise CannotOpen from None

    def rotate(self, sealed: bytes) -> bytes:
        """The same secret under the first key. Raises ``CannotOpen``."""
        return self.seal(self.open(sealed).get_secret_value())
