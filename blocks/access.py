"""Who may do what: one's own role, the page for Admins, and the form to change a role."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State, known
from blocks.kit import Block, Message, View
from blocks.standing import MEANING, because, billing, line, role_options
from bot.domain.access import AccessRequest, Binding, Standing, StoredPerson
from bot.domain.context import Person, Right, Role
from bot.domain.groups import Group

CHANGE = "access:change"
CALLBACK = "access_role_save"
TAB = "access:tab"
PAGE = "access_page"
TABS = ("people", "bindings", "groups", "requests")
INHERIT = "inherit"
"""No role of their own: what their user groups and the default say."""
BIND, UNBIND = "access:bind", "access:unbind"
GROUP_NEW, GROUP_OPEN = "groups:new", "groups:open"
DECIDE = "access_request_open"


@dataclass(frozen=True)
class Typed:
    """``role`` None: what groups and default say. ``approves`` None: as it is."""

    user_id: str
    role: Role | None
    approves: bool | None


@dataclass(frozen=True)
class Row:
    """A person on the page for Admins."""

    person: StoredPerson
    standing: Standing


@dataclass(frozen=True)
class Access:
    """What the page for Admins draws: everything; it shows a page of one kind."""

    people: Sequence[Row]
    bindings: Sequence[Binding]
    groups: Sequence[Group]
    requests: Sequence[AccessRequest]
    default: Role
    names: dict[str, str]


def overview(person: Person, admins: Sequence[str], standing: Standing) -> Message:
    """Who the Admins are, and what the person who asks may do and why."""
    names = ", ".join(map(kit.mention, admins)) or "nobody yet"
    more = f" You {words}." if (words := billing(standing).replace("approves", "approve")) else ""
    role = f"You are *{person.role.label}*: {MEANING[person.role]} ({kit.escape(because(standing))}).{more}"
    roles = kit.bullets(f"*{each.label}* {MEANING[each]}" for each in Role if each is not Role.NONE)
    sight = _sight(person)
    blocks: list[Block] = [kit.section(f":key: *Admins:* {names}\n{role}{sight}"), kit.context(roles)]
    if person.may(Right.MANAGE_PEOPLE):
        blocks.append(
            kit.actions(kit.button("Change a role", CHANGE), kit.button("People and access", f"{TAB}:people"))
        )
    return Message(f"Admins: {names}", tuple(blocks))


def role_form(person: StoredPerson | None = None, *, channel_id: str = "") -> View:
    """For a person, or one to be chosen."""
    chosen = (person.role.value if person.role else INHERIT) if person else ""
    inherit = kit.option(
        "No role of their own", INHERIT, description="What their user groups and the default say"
    )
    ticked = ("yes",) if person and person.billing_approver else ()
    approver = [kit.option("Billing approver", "yes", description="May approve billing, whatever the role")]
    return kit.modal(
        "Change a role",
        (
            kit.input_block(
                "person", "Person", kit.users_select("person", chosen=person.user_id if person else "")
            ),
            kit.input_block("role", "Role", kit.radio("role", [*role_options(), inherit], chosen=chosen)),
            kit.input_block(
                "billing", "Right", kit.checkboxes("billing", approver, chosen=ticked), optional=True
            ),
        ),
        callback_id=CALLBACK,
        submit="Save",
        metadata={"channel": channel_id, "person": person.user_id if person else ""},
    )


def read_role(state: State, *, opened_for: str = "") -> Typed:
    """Raises ``InvalidInput`` when person or role is missing.

    The tick says what shall be of the person the form was opened for; of anybody else it can only give.
    """
    form = Form(state)
    user_id, role = form.required_choice("person"), form.required_choice("role")
    ticked = "yes" in form.choices("billing")
    approves = ticked if user_id == opened_for else (ticked or None)
    return Typed(user_id, None if role == INHERIT else known(Role, role, "role"), approves)


def changed(user_id: str, standing: Standing) -> Message:
    role, words = standing.role, billing(standing)
    text = f":white_check_mark: {kit.mention(user_id)} is *{role.label}* now: {MEANING[role]}."
    more = f"{because(standing)}{' · ' if words else ''}{words}"
    return Message(text, (kit.section(text), kit.plain_context(more)))


def page(access: Access, tab: str, where: kit.Page) -> Message:
    """The page for Admins: one kind of thing, ten at a time."""
    rows = {"people": _people, "bindings": _bindings, "groups": _groups, "requests": _requests}[tab]
    steps = kit.page_buttons(where, PAGE, context_value=tab)
    blocks: list[Block] = [
        kit.header("People and access"),
        kit.actions(*_tabs(access, tab), block_id="tabs"),
        *(rows(access, where) or [kit.section(_NOTHING[tab])]),
        *([kit.actions(*_acts(tab), *steps, block_id="acts")] if _acts(tab) or steps else []),
        kit.context(f"{_FOOT[tab].format(default=access.default.label)} · Showing {where.label}"),
    ]
    return Message("People and access", tuple(blocks))


def amount(access: Access, tab: str) -> int:
    """How many rows a tab has."""
    kinds: dict[str, Sequence[object]] = {
        "people": access.people,
        "bindings": access.bindings,
        "groups": access.groups,
        "requests": access.requests,
    }
    return len(kinds[tab])


_LABELS = {
    "people": "People",
    "bindings": "Slack user groups",
    "groups": "Organization groups",
    "requests": "Requests",
}
_NOTHING = {
    "people": "Nobody was given a role yet.",
    "bindings": "No Slack user group gives a role yet. Bind one, and its members have the role as long as they are "
    "in it.",
    "groups": "No organization groups: everybody sees every organization. Who is put in a group sees only the "
    "organizations of their groups.",
    "requests": ":white_check_mark: No request waits.",
}
_FOOT = {
    "people": "Everybody else: {default}, or what their user groups say",
    "bindings": "A role of one's own goes before a group's; of several groups the highest counts",
    "groups": "Who is in no group sees every organization, and Admins always do",
    "requests": "One open request per person and right",
}


def _tabs(access: Access, chosen: str) -> list[kit.Element]:
    return [
        kit.button(
            f"{_LABELS[tab]} ({amount(access, tab)})",
            f"{TAB}:{tab}",
            style="primary" if tab == chosen else "",
        )
        for tab in TABS
    ]


def _acts(tab: str) -> list[kit.Element]:
    return {
        "people": [kit.button("Change a role", CHANGE)],
        "bindings": [kit.button("Bind a user group", BIND)],
        "groups": [kit.button("New organization group", GROUP_NEW)],
    }.get(tab, [])


def _people(access: Access, where: kit.Page) -> list[Block]:
    shown = access.people[where.offset : where.offset + where.size]
    return [
        kit.section(
            f"{kit.mention(each.person.user_id)}\n{kit.escape(line(each.standing))}",
            accessory=kit.button("Change", f"{CHANGE}:row", value=each.person.user_id),
        )
        for each in shown
    ]


def _bindings(access: Access, where: kit.Page) -> list[Block]:
    blocks: list[Block] = []
    for each in access.bindings[where.offset : where.offset + where.size]:
        gives = [each.role.label if each.role else "", "approves billing" if each.billing_approver else ""]
        facts = " and ".join(part for part in gives if part)
        state = (
            "disabled in Slack: gives nothing"
            if each.group.is_disabled
            else kit.count(len(each.group.members), "member")
        )
        question = kit.confirm(
            "Take it back?",
            f"Members of @{each.group.handle} lose what the group gives.",
            "Take back",
            danger=True,
        )
        blocks += [
            kit.row(f"@{each.group.handle}", f"{facts} · {state}"),
            kit.actions(
                kit.button("Change", BIND, value=each.group.id),
                kit.button("Take back", UNBIND, value=each.group.id, confirm=question),
            ),
        ]
    return blocks


def _groups(access: Access, where: kit.Page) -> list[Block]:
    shown = access.groups[where.offset : where.offset + where.size]
    return [
        kit.plain_section(
            f"{each.name}\n{kit.count(each.organization_count, 'organization')}, "
            f"{kit.count(each.member_count, 'member')}",
            accessory=kit.button("Open", GROUP_OPEN, value=str(each.id)),
        )
        for each in shown
    ]


def _requests(access: Access, where: kit.Page) -> list[Block]:
    shown = access.requests[where.offset : where.offset + where.size]
    return [
        kit.section(
            f"{kit.mention(each.user_id)}\nasks to {each.right.value}",
            accessory=kit.button("Decide", DECIDE, value=str(each.id), style="primary"),
        )
        for each in shown
    ]


def _sight(person: Person) -> str:
    if person.organizations is None:
        return ""
    return f"\nYou see {kit.count(len(person.organizations), 'organization')}: those of your groups."
