"""The connection as it stands: connected, paused, and what is next."""

from typing import Final

from blocks import connect_card, kit
from blocks.connect_card import OPEN
from bot.domain.connections import Connection, ConnectionState
from bot.domain.switches import Capability, Switches


def intro(connection: Connection | None, switches: Switches, *, managed: bool, page: bool) -> kit.Message:
    """The connect card: what to do in Autotask first, or the connection as it stands."""
    if connection is not None and connection.state is ConnectionState.REMOVING:
        return _being_removed()
    if connection is not None:
        return connected(connection, switches, page=page)
    return connect_card.managed() if managed else connect_card.step(1, page=page)


def _being_removed() -> kit.Message:
    text = ":octagonal_sign: The connection to Autotask is being removed. Connect again when that is done."
    return kit.Message(text, (kit.section(text),))


_STARTS: Final = (
    "The first company sync starts now, and with it the first of whatever else is switched on. Deskhand writes to "
    "you how far they are, and when the next ones come by themselves."
)


def saved(*, read_only: bool) -> kit.View:
    return kit.modal(
        "Connect Autotask",
        (
            kit.section(":white_check_mark: *Autotask is connected.*"),
            kit.section(
                f"{_STARTS} Next, map your first organization: `/autotask map`, or the button on the *Home* tab."
            ),
            *((_read_only(),) if read_only else ()),
        ),
        close="Done",
    )


def connected(
    connection: Connection, switches: Switches, *, page: bool = False, fresh: bool = False
) -> kit.Message:
    """The connection as it stands, with the next steps; ``fresh`` right after it was made."""
    paused = connection.state is ConnectionState.PAUSED
    headline = "Autotask is connected" + (", but paused: it refuses the login" if paused else "")
    read_only = not switches.may_write(Capability.TICKETS)
    blocks: list[kit.Block] = [
        kit.section(f"{':pause_button:' if paused else ':white_check_mark:'} *{headline}*"),
        connection_facts(connection),
    ]
    if fresh:
        blocks.append(kit.section(f"{_STARTS} Next: map your organizations."))
    if read_only:
        blocks.append(_read_only())
    return kit.Message(
        f"{headline} (zone {kit.escape(connection.zone.name)})",
        (
            *blocks,
            kit.actions(*_next_steps(read_only=read_only, page=page)),
            kit.context(
                f"Connected by {kit.mention(connection.connected_by)}, {kit.date(connection.connected_at)}"
            ),
        ),
    )


def _next_steps(*, read_only: bool, page: bool) -> tuple[kit.Element, ...]:
    buttons = [
        kit.button("Map organizations", "map_list", style="primary"),
        kit.button("Verify permissions", "run:verify"),
        kit.button("Update credentials", OPEN),
    ]
    if page:
        buttons.append(kit.button("Update on a web page", connect_card.WEB))
    if read_only:
        buttons.append(kit.button("Settings", "run:settings"))
    return tuple(buttons)


def _read_only() -> kit.Block:
    return kit.section(
        ":lock: *No ticket is created in Autotask yet.* Turn tickets on in the settings, or on the *Home* tab, when you are ready."
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
    return kit.facts(
        (
            ("Zone", connection.zone.name),
            ("Database", kit.fixed(str(connection.zone.ci))),
            ("API user", kit.fixed(connection.username)),
            ("Queue for new tickets", defaults.queue.label if defaults else ""),
            ("New tickets are", defaults.status_new.label if defaults else ""),
            ("Priority", defaults.priority.label if defaults else ""),
        )
    )
