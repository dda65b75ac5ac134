"""The Home tab and the short menu: where things stand, what is next, everything in two clicks."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import help as help_blocks
from blocks import kit
from blocks import settings as settings_blocks
from blocks import status as status_blocks
from blocks.access_requests import ask_button
from blocks.help import CommandFacts
from blocks.kit import Block, Element, Message, View
from bot.domain.connections import Connection, ConnectionState
from bot.domain.context import Person, Right, Tenant
from bot.domain.overview import Overview
from bot.domain.reviews import Review, progress
from bot.domain.status import Status
from bot.domain.tickets import Ticket, TicketState

REFRESH = "home:refresh"
CLAIM = "access:claim"
PRODUCT = "Deskhand"

_STEP_WORDS = {
    "connect": ("Connect Autotask", "three values from Autotask, about two minutes"),
    "map": ("Map an organization", "say which Autotask company a client is"),
    "review": ("Run a review", "walk through the questions for one client"),
    "tickets": ("Raise a ticket", "from a question that is misaligned"),
}
_STEP_RIGHTS = {
    "connect": Right.CONNECT,
    "map": Right.MAP_ORGANIZATIONS,
    "review": Right.RUN_REVIEWS,
    "tickets": Right.CREATE_TICKETS,
}
_STEP_BUTTONS = {
    "connect": kit.button("Connect Autotask", "run:connect", style="primary"),
    "map": kit.button("Map organizations", "run:map", style="primary"),
    "review": kit.button("Start a review", "run:review", style="primary"),
    "tickets": kit.button("My reviews", "run:reviews", style="primary"),
}
_TICKET_MARKS = {
    TicketState.SAVED: ("hourglass", " being created"),
    TicketState.CREATED: ("white_check_mark", ""),
    TicketState.FAILED: ("warning", " not created"),
}


@dataclass(frozen=True)
class HomeFacts:
    """Everything the Home tab draws."""

    tenant: Tenant
    person: Person
    overview: Overview
    commands: Sequence[CommandFacts]
    root: str
    version: str
    status: Status | None = None


def home(facts: HomeFacts) -> View:
    """A member's Home tab."""
    groups = (
        _title(facts),
        _claim(facts.person, facts.overview),
        _checklist(facts.person, facts.overview),
        _syncs(facts),
        settings_blocks.banner(facts.person, facts.overview),
        _work(facts.overview, facts.root),
        _connection(facts.person, facts.overview),
        _everything(facts.commands),
        _footer(facts),
    )
    return kit.home([block for group in groups for block in group])


def closed(tenant: Tenant, *, may_ask: bool = False) -> View:
    """The Home tab of guests, people of other workspaces and members without a role; the last may ask for one."""
    told = kit.rich(
        kit.sign("lock"),
        f" {PRODUCT} is for members of ",
        kit.strong(tenant.name or "this workspace"),
        " who have a role in it.\nAsk an Admin if you need it for your work.",
    )
    ask = [kit.actions(ask_button(Right.READ))] if may_ask else []
    return kit.home([kit.header(PRODUCT), told, *ask])


def menu(facts: HomeFacts) -> Message:
    """What a bare command shows: the next step if there is one, else the usual ones."""
    person, overview = facts.person, facts.overview
    claim = _claim(person, overview)
    blocks: list[Block] = [kit.section(_greeting(facts)), *claim]
    buttons = _menu_buttons(facts)
    if buttons:
        blocks.append(kit.actions(*buttons))
    blocks.append(
        kit.context(f"`{facts.root} help` lists everything · the Home tab of {PRODUCT} shows your work")
    )
    return Message(f"{PRODUCT}: {facts.root} help lists everything", tuple(blocks))


def claimed() -> Message:
    text = ":tada: You are Deskhand's first Admin."
    next_step = kit.actions(_STEP_BUTTONS["connect"])
    return Message(text, (kit.section(f"{text} Next: connect Autotask."), next_step))


def _title(facts: HomeFacts) -> list[Block]:
    hello = kit.rich("Hello ", kit.strong(facts.person.name), ".")
    role = kit.section(f"You are *{facts.person.role.label}* here.")
    return [kit.header(f"{PRODUCT} for {facts.tenant.name}".removesuffix(" for ")), hello, role]


def _greeting(facts: HomeFacts) -> str:
    step = facts.overview.next_step
    if not step:
        return ":wave: What would you like to do?"
    if step == "connect" and not facts.person.may(Right.CONNECT):
        return ":electric_plug: Autotask is not connected yet. An Admin does that once."
    if not facts.person.may(_STEP_RIGHTS[step]):
        return ":wave: What would you like to see?"
    title, why = _STEP_WORDS[step]
    return f":point_right: Next: *{title}*: {why}."


def _menu_buttons(facts: HomeFacts) -> list[Element]:
    usual = ("review", "reviews", "tickets", "map")
    known = {each.noun: each for each in facts.commands}
    step = facts.overview.next_step
    first = [_STEP_BUTTONS[step]] if step in known and facts.person.may(_STEP_RIGHTS[step]) else []
    wanted = () if step == "connect" else usual
    rest = [
        help_blocks.run_button(known[noun]) for noun in (*wanted, "help") if noun in known and noun != step
    ]
    once = {str(element["action_id"]): element for element in (*rest, *first)}
    return [*first, *(element for name, element in once.items() if element not in first)][:5]


def _claim(person: Person, overview: Overview) -> list[Block]:
    if overview.has_admin:
        return []
    if not person.is_workspace_admin or person.may(Right.CONNECT):
        return [] if person.may(Right.CONNECT) else [_no_admin()]
    text = f":key: *{PRODUCT} has no Admin yet.* As an owner or admin of this workspace you can be the first."
    return [kit.section(text), kit.actions(kit.button("Become the first Admin", CLAIM, style="primary"))]


def _no_admin() -> Block:
    return kit.section(
        f":key: {PRODUCT} has no Admin yet. An owner or admin of this workspace can become the first."
    )


def _checklist(person: Person, overview: Overview) -> list[Block]:
    """Gone once every step is done."""
    step = overview.next_step
    if not step:
        return []
    lines = [_step_line(noun, done=done) for noun, done in overview.steps]
    blocks: list[Block] = [kit.divider(), kit.header("Getting started"), kit.section("\n".join(lines))]
    if person.may(_STEP_RIGHTS[step]):
        blocks.append(kit.actions(_STEP_BUTTONS[step], block_id="next"))
    return blocks


def _step_line(noun: str, *, done: bool) -> str:
    title, why = _STEP_WORDS[noun]
    return f":white_check_mark: {title}" if done else f":white_large_square: *{title}*: {why}"


def _syncs(facts: HomeFacts) -> list[Block]:
    """Whether it worked comes first, once there is something to sync."""
    if facts.overview.connection is None or facts.status is None:
        return []
    return [kit.divider(), *status_blocks.on_home(facts.status)]


def _connection(person: Person, overview: Overview) -> list[Block]:
    connection = overview.connection
    if connection is None:
        return []
    lines = [_health(connection), _mirror(overview)]
    blocks: list[Block] = [kit.divider(), kit.header("Autotask"), kit.section("\n".join(lines))]
    buttons = [kit.button("Verify permissions", "run:verify")]
    if person.may(Right.CONNECT):
        buttons.append(kit.button("Settings", "run:settings"))
    return [*blocks, kit.actions(*buttons, block_id="connection")]


def _health(connection: Connection) -> str:
    zone = kit.escape(connection.zone.name)
    if connection.state is ConnectionState.REMOVING:
        return ":octagonal_sign: *Being removed*: nothing is read from or sent to Autotask any more."
    if connection.state is ConnectionState.PAUSED:
        reason = kit.escape(connection.paused_reason) or "an Admin must act"
        return f":red_circle: *Paused*: {reason}. Nothing is sent to Autotask until then."
    proven = kit.date(connection.proven_at)
    who = kit.mention(connection.connected_by)
    return f":large_green_circle: *Connected* to {zone} by {who}, last proven {proven}"


def _mirror(overview: Overview) -> str:
    mapped = overview.organizations - overview.unmapped
    text = f"{kit.count(overview.companies, 'company', 'companies')} from Autotask, "
    if not overview.organizations:
        return f"{text}no organization mapped yet"
    text += f"{mapped:,} of {kit.count(overview.organizations, 'organization')} mapped"
    return text + (f", :warning: {overview.unmapped:,} to do" if overview.unmapped else "")


def _work(overview: Overview, root: str) -> list[Block]:
    if not overview.tickets and not overview.reviews:
        return []
    blocks: list[Block] = [kit.divider(), kit.header("My work")]
    if overview.reviews:
        blocks += [kit.section("*Reviews*"), kit.listed(map(_review_line, overview.reviews))]
    if overview.tickets:
        blocks += [kit.section("*Tickets*"), kit.listed(map(_ticket_line, overview.tickets))]
    buttons = [kit.button("My reviews", "run:reviews"), kit.button("My tickets", "run:tickets")]
    return [
        *blocks,
        kit.actions(*buttons, block_id="work"),
        kit.context(f"The latest; `{root} reviews` shows all"),
    ]


def _review_line(review: Review) -> Sequence[kit.Piece]:
    where = progress(review)
    state = "completed" if review.completed_at else f"{where.done} of {where.total} answered"
    return (kit.cut(review.title, 80), f" · {review.organization_name} · {state}")


def _ticket_line(ticket: Ticket) -> Sequence[kit.Piece]:
    sign, words = _TICKET_MARKS[ticket.state]
    number = (" ", kit.fixed(ticket.number)) if ticket.number else ()
    status = f" · {ticket.status_label}" if ticket.status_label else ""
    about = f" {kit.cut(ticket.summary, 80)} · {ticket.organization_name}{status}"
    return (kit.sign(sign), words, *number, about)


def _everything(commands: Sequence[CommandFacts]) -> list[Block]:
    """Every command as a button; those that an Admin alone sees are simply in the list for Admins."""
    buttons = [kit.button(each.label or each.noun.capitalize(), f"run:{each.noun}:all") for each in commands]
    rows = [kit.actions(*buttons[start : start + 5]) for start in range(0, len(buttons), 5)]
    return [kit.divider(), kit.header("Everything"), *rows]


def _footer(facts: HomeFacts) -> list[Block]:
    note = f"{PRODUCT} {facts.version} · as of {kit.date(facts.overview.as_of, '{date_short_pretty} {time_secs}')}"
    budget = status_blocks.footer(facts.status) if facts.status else ""
    notes = [note, *([budget] if budget else [])]
    return [kit.divider(), kit.actions(kit.button("Refresh", REFRESH)), kit.context(*notes)]
