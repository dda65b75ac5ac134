"""Connecting Autotask: the card with the steps, the two forms, and what verify found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from blocks import kit
from blocks.form import Form, State
from bot.domain.checks import Check
from bot.domain.connections import Connection, PicklistOption, ZoneFacts

CREDENTIALS_CALLBACK = "connect_credentials"
CHOICES_CALLBACK = "connect_choices"
OPEN = "connect_open"
RESUME = "connect_resume"
VERIFY = "verify_run"
QUEUE_OPTIONS = "connect_queue"

_STEPS = """\
*1.* In Autotask open *Admin ▸ Organization Settings & Users ▸ Resources/Users (HR)* and choose *New ▸ New API User*.
*2.* First name `Slack`, last name `Deskhand`, any e-mail address, your primary location; security level \
`API User (system)`, or a copy of it. Autotask mails the login to that address: you can ignore the mail.
*3.* Press *Generate Key* and *Generate Secret* and keep both. :warning: The secret cannot be shown again after you save.
*4.* Under *API Tracking Identifier* choose *Custom (Internal Integration)*, name it `Deskhand`, copy the identifier.\
"""


@dataclass(frozen=True)
class TypedCredentials:
    username: str
    secret: str
    tracking_id: str


@dataclass(frozen=True)
class TypedChoices:
    queue: str
    status_new: str
    status_updated: str
    status_closed: str
    priority: str


def intro(connection: Connection | None) -> kit.Message:
    """The connect card: what to do in Autotask first, and the button to the form."""
    if connection is not None:
        return connected(connection)
    return kit.Message(
        "Connect Autotask",
        (
            kit.header("Connect Autotask"),
            kit.section(
                "Deskhand needs an API user of its own. Four steps in Autotask, about three minutes:"
            ),
            kit.section(_STEPS),
            kit.actions(kit.button("Enter the three values", OPEN, style="primary")),
            kit.context("The secret is stored encrypted and never shown again, in Slack or in any log."),
        ),
    )


def credentials_form(*, username: str = "", problem: str = "", channel_id: str = "") -> kit.View:
    """Step 1. ``problem`` is what went wrong after the modal had already moved on to "checking".

    Only the username is ever filled in again: a secret is never sent back to Slack.
    """
    notice = (kit.section(f":warning: *Not connected.* {kit.escape(problem)}"),) if problem else ()
    return kit.modal(
        "Connect Autotask",
        (
            *notice,
            kit.input_block(
                "username",
                "Username (key)",
                kit.plain_text_input("value", initial=username, placeholder="abc123@yourcompany.example"),
            ),
            kit.input_block(
                "secret",
                "Password (secret)",
                kit.plain_text_input("value"),
                hint="Slack cannot hide what you type here. It is stored encrypted and never shown again. "
                "On the server, the command “bot connect” asks for it with a masked prompt instead.",
            ),
            kit.input_block(
                "tracking_id",
                "API tracking identifier",
                kit.plain_text_input("value"),
            ),
        ),
        callback_id=CREDENTIALS_CALLBACK,
        submit="Check",
        metadata={"channel": channel_id},
    )


def read_credentials(state: State) -> TypedCredentials:
    form = Form(state)
    return TypedCredentials(form.text("username"), form.text("secret"), form.text("tracking_id"))


def checking() -> kit.View:
    return kit.modal(
        "Connect Autotask",
        (
            kit.section(":hourglass_flowing_sand: *Checking with Autotask…*"),
            kit.context(
                "Finding your zone, logging in, and reading queues and statuses. New API users can take one or "
                "two minutes. You may close this: the answer also comes as a direct message."
            ),
        ),
        close="Close",
    )


def answered(zone: ZoneFacts, draft_id: str) -> kit.Message:
    """The late answer, for who closed the modal: the credentials are good, two choices are left."""
    text = f":white_check_mark: Autotask accepted the credentials (zone {kit.bold(zone.name)})."
    return kit.Message(
        "Autotask accepted the credentials",
        (
            kit.section(text),
            kit.actions(kit.button("Choose the queue", RESUME, value=draft_id, style="primary")),
        ),
    )


def not_answered(problem: str) -> kit.Message:
    text = f":x: *Autotask is not connected.* {kit.escape(problem)}"
    again = kit.button("Enter the values again", OPEN, style="primary")
    return kit.Message("Autotask is not connected", (kit.section(text), kit.actions(again)))


def choices_form(
    zone: ZoneFacts,
    *,
    draft_id: str,
    queues: Sequence[PicklistOption],
    statuses: Sequence[PicklistOption],
    priorities: Sequence[PicklistOption],
    channel_id: str = "",
) -> kit.View:
    """Step 2: the credentials are proven; what shall new tickets get?"""
    metadata: dict[str, kit.Json] = {"draft": draft_id, "zone": _zone_json(zone), "channel": channel_id}
    return kit.modal(
        "Connect Autotask",
        (
            kit.section(
                f":white_check_mark: *Logged in* to Autotask zone {kit.bold(zone.name)}, database `{zone.ci}`."
            ),
            kit.input_block(
                "queue",
                "Queue for new tickets",
                kit.external_select(
                    QUEUE_OPTIONS, chosen=_default(queues, ()), placeholder="Type a queue's name…"
                ),
                hint=f"{kit.count(len(queues), 'active queue')} found.",
            ),
            _status("status_new", "Status of a new ticket", statuses, ("new",)),
            _status("status_updated", "Status after an update", statuses, ("in progress", "new")),
            _status("status_closed", "Status when closed", statuses, ("complete", "closed")),
            _status("priority", "Priority", priorities, ("medium", "normal")),
        ),
        callback_id=CHOICES_CALLBACK,
        submit="Connect",
        metadata=metadata,
    )


def read_choices(state: State) -> TypedChoices:
    form = Form(state)
    return TypedChoices(
        queue=form.required_choice("queue", "Choose the queue that new tickets go to."),
        status_new=form.required_choice("status_new"),
        status_updated=form.required_choice("status_updated"),
        status_closed=form.required_choice("status_closed"),
        priority=form.required_choice("priority"),
    )


def read_zone(metadata: Mapping[str, kit.Json]) -> ZoneFacts:
    zone = metadata.get("zone")
    facts = zone if isinstance(zone, Mapping) else {}
    return ZoneFacts(
        str(facts.get("name", "")),
        str(facts.get("api_url", "")),
        str(facts.get("web_url", "")),
        int(str(facts.get("ci", 0))),
    )


def queue_options(queues: Sequence[PicklistOption], typed: str) -> list[kit.Option]:
    wanted = typed.casefold().strip()
    return [_option(queue) for queue in queues if wanted in queue.label.casefold()][: kit.LIMITS.options]


def saved() -> kit.View:
    return kit.modal(
        "Connect Autotask",
        (
            kit.section(":white_check_mark: *Autotask is connected.*"),
            kit.section(
                "Deskhand is reading your companies now. Next, map your first organization: "
                "`/autotask map`, or the button on the *Home* tab."
            ),
        ),
        close="Done",
    )


def connected(connection: Connection) -> kit.Message:
    """The connection as it stands, with the next steps."""
    return kit.Message(
        f"Autotask is connected (zone {kit.escape(connection.zone.name)})",
        (
            kit.section(":white_check_mark: *Autotask is connected*"),
            connection_facts(connection),
            kit.actions(
                kit.button("Map organizations", "map_list", style="primary"),
                kit.button("Verify permissions", VERIFY),
                kit.button("Update credentials", OPEN),
            ),
            kit.context(
                f"Connected by {kit.mention(connection.connected_by)}, {kit.date(connection.connected_at)}"
            ),
        ),
    )


def paused() -> kit.Message:
    """For the Admins: nothing is sent until somebody acts, and why that is for the better."""
    text = ":pause_button: *Autotask refuses Deskhand's login.* Everything that needs Autotask is paused."
    return kit.Message(
        "Autotask refuses Deskhand's login: paused",
        (
            kit.section(text),
            kit.section(
                "The secret was changed, or the API user is inactive or locked. Deskhand does not go on trying, "
                "because Autotask locks an API user after a few refusals. What people submitted is kept."
            ),
            kit.actions(kit.button("Enter the credentials", OPEN, style="primary")),
        ),
    )


def connection_facts(connection: Connection) -> kit.Block:
    defaults = connection.defaults
    return kit.fields(
        (
            ("Zone", kit.escape(connection.zone.name)),
            ("Database", kit.code(str(connection.zone.ci))),
            ("API user", kit.code(connection.username)),
            ("Queue for new tickets", kit.escape(defaults.queue.label) if defaults else ""),
            ("New tickets are", kit.escape(defaults.status_new.label) if defaults else ""),
            ("Priority", kit.escape(defaults.priority.label) if defaults else ""),
        )
    )


def verify_running() -> kit.Message:
    text = ":hourglass_flowing_sand: Checking every permission Deskhand needs…"
    return kit.Message(text, (kit.section(text),))


def verified(zone: ZoneFacts, checks: Sequence[Check], took: timedelta) -> kit.Message:
    """Every check, grouped by feature; each gap with the exact place in Autotask to fix it."""
    missing = [check for check in checks if not check.ok]
    headline = (
        f"{kit.count(len(missing), 'permission')} missing" if missing else "All permissions are in place"
    )
    lines = [
        _feature(name, tuple(group)) for name, group in groupby(checks, key=lambda check: check.need.feature)
    ]
    return kit.Message(
        f"Verify: {headline}",
        (
            kit.header(f"Verify: {headline}"),
            kit.section("\n".join(lines)),
            *(_gap(check) for check in missing),
            kit.actions(kit.button("Re-check", VERIFY)),
            kit.context(
                f"Zone {kit.escape(zone.name)}, database {zone.ci} · {len(checks)} checks in "
                f"{took.total_seconds():.1f} s"
            ),
        ),
    )


def _feature(name: str, checks: Sequence[Check]) -> str:
    if all(check.ok for check in checks):
        return f":white_check_mark: *{name}*: ready"
    gaps = ", ".join(f"{check.need.entity} {check.need.right}" for check in checks if not check.ok)
    return f":x: *{name}*: missing {gaps}"


def _gap(check: Check) -> kit.Block:
    return kit.section(f":x: *{check.need.entity}: {check.need.right}*\n{kit.escape(check.need.path)}")


def _status(field: str, label: str, options: Sequence[PicklistOption], preferred: Sequence[str]) -> kit.Block:
    chosen = _default(options, preferred)
    return kit.input_block(
        field,
        label,
        kit.static_select(
            "value", [_option(option) for option in options], chosen=str(chosen["value"]) if chosen else ""
        ),
    )


def _default(options: Sequence[PicklistOption], preferred: Sequence[str]) -> kit.Option | None:
    by_label = {option.label.casefold(): option for option in reversed(options)}
    for label in preferred:
        if label in by_label:
            return _option(by_label[label])
    marked = next((option for option in options if option.is_default), None)
    return _option(marked) if marked else None


def _option(option: PicklistOption) -> kit.Option:
    return kit.option(option.label, option.value)


def _zone_json(zone: ZoneFacts) -> dict[str, kit.Json]:
    return {"name": zone.name, "api_url": zone.api_url, "web_url": zone.web_url, "ci": zone.ci}
