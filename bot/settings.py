"""Everything that can be set from outside, each with its meaning. ``docs/settings.md`` lists the same.

Values come from the environment and from a file ``.env`` in the working directory (the environment wins).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

VERSION: Final = "0.1.0"
"""Of the program; the same as in pyproject.toml."""

EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - only for signed requests
"""Listens on every network interface."""

STARTING_ROLES: Final = ("full_member", "sales", "viewer", "none")
Mode = Literal["socket", "http"]
Names = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list."""


class SettingsProblem(Exception):
    """Deskhand cannot start with these settings; the text says which and why, without their values."""


def _slash(command: str) -> str:
    return command if command.startswith("/") else f"/{command}"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone; give an IANA name such as Europe/Berlin") from None
    return name


def _with_slash(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("an address starts with https://")
    return url.rstrip("/") + "/"


def _public(url: str) -> str:
    """Without a slash at its end. Without encryption only where nobody listens: on this machine."""
    here = urlsplit(url).hostname in {"127.0.0.1", "localhost"}
    if url and not url.startswith(("https://", "http://") if here else "https://"):
        raise ValueError("a public address starts with https://")
    return url.rstrip("/")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BOT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    slack_bot_token: SecretStr | None = Field(
        None, validation_alias="SLACK_BOT_TOKEN", description="The bot token of the Slack app (xoxb-…)."
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias="SLACK_APP_TOKEN",
        description="The app-level token with connections:write (xapp-…); needed for BOT_MODE=socket.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="The app's signing secret; needed for BOT_MODE=http.",
    )
    slack_client_id: str = Field(
        "",
        validation_alias="SLACK_CLIENT_ID",
        description="The app's client id, for installing it into several workspaces.",
    )
    slack_client_secret: SecretStr | None = Field(
        None,
        validation_alias="SLACK_CLIENT_SECRET",
        description="The app's client secret, for installing it into several workspaces.",
    )
    slack_api_url: Annotated[str, AfterValidator(_with_slash)] = Field(
        "https://slack.com/api/", description="Where Slack's Web API is."
    )
    autotask_discovery_url: str = Field(
        "https://webservices.autotask.net", description="Where Autotask tells each database's zone."
    )
    database_url: SecretStr | None = Field(
        None,
        description="A PostgreSQL 15+ as postgresql://user:password@host/name. Without it a server runs "
        "under BOT_DATA_DIR/postgres.",
    )
    data_dir: Path = Field(
        Path("var"), description="Where the embedded database, backups and the key file live."
    )
    mode: Mode = Field(
        "socket", description="How Slack reaches us: socket (no public address) or http (signed requests)."
    )
    host: str = Field(
        "127.0.0.1",
        description="The address the web server listens on. With BOT_MODE=http the default is 0.0.0.0, because "
        "Slack must reach it.",
    )
    port: int = Field(
        8000, ge=0, le=65535, description="The port of /healthz, /readyz and, in HTTP mode, /slack/events."
    )
    public_url: Annotated[str, AfterValidator(_public)] = Field(
        "",
        description="Where people's browsers and Slack reach Deskhand, such as https://deskhand.example.com; "
        "needed for installing it into several workspaces, and for the web page that takes the Autotask secret.",
    )
    uninstalled_kept_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="How many days the data of a workspace that uninstalled Deskhand is kept, should it come "
        "back.",
    )
    admins: Names = Field(
        (), description="Slack user ids that are always Admins, comma-separated (U0123ABCD,…)."
    )
    roles: Names = Field(
        (),
        description="Roles that people start with, comma-separated (U0123ABCD=viewer,U0456EFGH=sales): full_member, "
        "sales, viewer or none. A role given in Slack, to the person or to a user group, wins.",
    )
    command: Annotated[str, AfterValidator(_slash)] = Field("/autotask", description="The slash command.")
    command_alias: Annotated[str, AfterValidator(_slash)] = Field(
        "/at", description="Its short form; register it in Slack too."
    )
    encryption_keys: SecretStr | None = Field(
        None,
        description="Fernet keys for secrets at rest, comma-separated; the first encrypts, all decrypt. "
        "Without it a key file is made in BOT_DATA_DIR on the first start.",
    )
    default_role: Literal["full_member", "sales", "viewer", "none"] = Field(
        "full_member",
        description="The role of ordinary workspace members: full_member, sales, viewer or none.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged. Libraries never log below INFO."
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="json for machines, console for people."
    )
    autotask_username: str = Field(
        "", description="The API user, when the connection is managed by the environment."
    )
    autotask_secret: SecretStr | None = Field(
        None, description="The API user's secret, when managed by the environment."
    )
    autotask_tracking_id: SecretStr | None = Field(
        None, description="The API tracking identifier, when managed by the environment."
    )
    autotask_hourly_ceiling: int = Field(
        2500,
        ge=100,
        description="The most requests an hour we send to one Autotask database (Autotask allows 10,000 for all "
        "integrations together).",
    )
    autotask_concurrency: int = Field(
        2, ge=1, le=3, description="Requests at once per Autotask endpoint; Autotask refuses a fourth."
    )
    tick_seconds: float = Field(
        20.0, gt=0, le=60, description="How often schedules are looked at, in seconds."
    )
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="The workspace's zone; unset, that of who sets it up, until an Admin chooses one."
    )
    migrate: Literal["auto", "never"] = Field(
        "auto", description="auto brings the database up to date at start; never leaves it to `bot migrate`."
    )

    @model_validator(mode="before")
    @classmethod
    def _reachable(cls, given: dict[str, object]) -> dict[str, object]:
        """In HTTP mode every request is signed, and the sender is outside; a host that was given stands."""
        return {"host": EVERYWHERE, **given} if given.get("mode") == "http" else given

    @field_validator("admins", "roles", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("roles")
    @classmethod
    def _role_each(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            user_id, _, role = pair.partition("=")
            if not user_id or role not in STARTING_ROLES:
                raise ValueError(f"each is a person's id, =, and one of {', '.join(STARTING_ROLES)}")
        return value

    @property
    def starting_roles(self) -> Mapping[str, str]:
        """The role that each of these people starts with, by Slack id."""
        return {user_id: role for user_id, _, role in (pair.partition("=") for pair in self.roles)}

    @property
    def keys(self) -> tuple[str, ...]:
        """The encryption keys in order, or () when the key file is to be used."""
        raw = self.encryption_keys.get_secret_value() if self.encryption_keys else ""
        return tuple(part.strip() for part in raw.split(",") if part.strip())

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """Every secret value, for the log to hide."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return (*(each for each in values if isinstance(each, SecretStr)), *map(SecretStr, self.keys))

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.command, self.command_alias)))

    @property
    def managed_by_environment(self) -> bool:
        """True when all three Autotask credentials are set outside; the connect form then only says so."""
        return bool(self.autotask_username and self.autotask_secret and self.autotask_tracking_id)

    @property
    def has_web_page(self) -> bool:
        """Whether people's browsers reach pages of ours: the one for the secret, beside the modal."""
        return self.mode == "http" and bool(self.public_url)

    def require_slack(self) -> None:
        """Raises ``SettingsProblem`` naming what the chosen mode of delivery still needs."""
        needed = {**self._needed_by_installing(), **self._needed_by_mode()}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise SettingsProblem(
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set. "
                "Give it in the environment or in .env; README.md shows where Slack keeps it."
            )

    @property
    def by_oauth(self) -> bool:
        """Whether workspaces may install Deskhand by themselves."""
        return bool(self.slack_client_id)

    def _needed_by_installing(self) -> dict[str, object]:
        """One workspace by its token, or several by OAuth, or both."""
        oauth = {
            "SLACK_CLIENT_ID": self.slack_client_id,
            "SLACK_CLIENT_SECRET": self.slack_client_secret,
            "BOT_PUBLIC_URL": self.public_url,
        }
        wanted = self.slack_client_id or self.slack_client_secret
        return {**oauth} if wanted else {"SLACK_BOT_TOKEN": self.slack_bot_token}

    def _needed_by_mode(self) -> dict[str, SecretStr | None]:
        if self.mode == "socket":
            return {"SLACK_APP_TOKEN": self.slack_app_token}
        return {"SLACK_SIGNING_SECRET": self.slack_signing_secret}


def variable(field: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"BOT_{field.upper()}"


def load() -> Settings:
    """The settings of this process. Raises ``SettingsProblem`` in words, without values."""
    try:
        return Settings()
    except ValidationError as problem:
        lines = [f"{_name(each['loc'])}: {each['msg']}" for each in problem.errors(include_input=False)]
        raise SettingsProblem("\n".join(lines)) from None


def _name(location: tuple[int | str, ...]) -> str:
    first = str(location[0]) if location else ""
    return variable(first) if first in Settings.model_fields else first
