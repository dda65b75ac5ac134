"""The three values of an API user as somebody typed them, and which of them sits in the wrong field."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from bot.errors import InvalidInput

LONGEST_TRACKING_ID = 60
LEAST_TRACKING_ID = 10
LEAST_SECRET = 8
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TRACKING_ID = re.compile(r"[A-Z0-9]{20,40}")
"""What Autotask generates: about 27 capital letters and digits."""
_ODD = re.compile(r"[$~*#!%^&]")
"""Characters of generated secrets that no username and no tracking identifier has."""


@dataclass(frozen=True)
class CredentialsForm:
    """What a person typed; ``SecretStr`` keeps it out of every repr, log and error."""

    username: str
    secret: SecretStr
    tracking_id: SecretStr


def check_credentials(form: CredentialsForm) -> CredentialsForm:
    """Trims the three values and refuses what is empty or sits in the wrong field (product CV5).

    Raises ``InvalidInput`` naming the field, never quoting what was typed.
    """
    username = form.username.strip()
    secret = form.secret.get_secret_value().strip()
    tracking = form.tracking_id.get_secret_value().strip()
    for field, value in (("username", username), ("secret", secret), ("tracking_id", tracking)):
        if not value:
            raise InvalidInput(field, "Please fill this in.")
    _refuse_first("username", username, _USERNAME)
    _refuse_first("tracking_id", tracking, _TRACKING)
    if secret == username:
        raise InvalidInput("secret", "This is the username again. Paste the secret (password) here.")
    swapped = _TRACKING_ID.fullmatch(secret) and not _TRACKING_ID.fullmatch(tracking)
    if secret == tracking or swapped:
        raise InvalidInput("secret", "This is the tracking identifier. Paste the secret (password) here.")
    _refuse_first("secret", secret, _SECRET)
    return CredentialsForm(username, SecretStr(secret), SecretStr(tracking))


def can_be_username(typed: str) -> bool:
    """False for what looks like one of the secret values, put into the wrong field."""
    return not any(applies(typed.strip()) for applies, _ in _USERNAME)


_Rule = tuple[Callable[[str], object], str]
_UNSENDABLE = "This holds characters that Autotask never generates. Copy it again from Autotask."

_USERNAME: tuple[_Rule, ...] = (
    (_TRACKING_ID.fullmatch, "This looks like the tracking identifier. The username (key) belongs here."),
    (_ODD.search, "This looks like the secret. The username (key) belongs here."),
    (lambda value: any(map(str.isspace, value)), "A username has no spaces. Copy the key again from Autotask."),
    (lambda value: not (value.isascii() and value.isprintable()), _UNSENDABLE),
)  # fmt: skip
_TRACKING: tuple[_Rule, ...] = (
    (
        lambda value: any(map(str.isspace, value)),
        "A tracking identifier has no spaces. Copy it again from Autotask.",
    ),
    (lambda value: "@" in value and "." in value, "This does not look like a tracking identifier. Is it the username?"),
    (_ODD.search, "This does not look like a tracking identifier. Is it the secret?"),
    (
        lambda value: not LEAST_TRACKING_ID <= len(value) <= LONGEST_TRACKING_ID,
        "A tracking identifier has about 27 letters and digits. Copy it again from Autotask.",
    ),
    (lambda value: not (value.isascii() and value.isprintable()), _UNSENDABLE),
)  # fmt: skip
_SECRET: tuple[_Rule, ...] = (
    (_ADDRESS.fullmatch, "This is an e-mail address or a username. Paste the secret (password) here."),
    (
        lambda value: len(value) < LEAST_SECRET,
        "This is too short for a secret. Generate a new one if you lost it.",
    ),
    (lambda value: not (value.isascii() and value.isprintable()), _UNSENDABLE),
)


def _refuse_first(field: str, value: str, rules: tuple[_Rule, ...]) -> None:
    for applies, reason in rules:
        if applies(value):
            raise InvalidInput(field, reason)
