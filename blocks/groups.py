"""Organization groups: the list, one group with its organizations and members, and the forms."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.access import GROUP_NEW, GROUP_OPEN
from blocks.form import Form, State
from blocks.kit import Block, Message, View
from bot.domain.access import UserGroup
from bot.domain.groups import LONGEST_NAME, Group, Member
from bot.domain.organizations import Organization

LIST_PAGE = "groups_page"
PAGE = "groups_inside"
TAB = "groups:tab"
TABS = ("organizations", "members")
ADD = "groups:add"
RENAME = "groups:rename"
DELETE = "groups:delete"
OUT, LEAVE = "groups:out", "groups:leave"
CREATE_CALLBACK, ADD_CALLBACK, RENAME_CALLBACK = "groups_create", "groups_add", "groups_rename"
ORGANIZATION_OPTIONS, GROUP_OPTIONS = "groups_organizations", "groups_user_groups"
PAGE_SIZE = 10
_MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Typed:
    """What a form holds; of ``members`` people come first, then Slack user groups."""

    name: str
    organization_ids: tuple[int, ...]
    members: tuple[Member, ...]


def listing(groups: Sequence[Group], where: kit.Page) -> Message:
    """One page of groups."""
    new = kit.button("New organization group", GROUP_NEW, style="primary")
    if not where.total:
        text = (
            "*No organization groups yet.* Everybody sees every organization. Put people into a group, and they see "
            "only the organizations of their groups."
        )
        return Message("No organization groups", (kit.section(text), kit.actions(new)))
    rows = [
        kit.plain_section(
            f"{each.name}\n{_size(each)}", accessory=kit.button("Open", GROUP_OPEN, value=str(each.id))
        )
        for each in groups
    ]
    foot = f"Showing {where.label} · who is in no group sees every organization, and Admins always do"
    return Message(
        kit.count(where.total, "organization group"),
        (
            kit.header("Organization groups"),
            *rows,
            kit.actions(new, *kit.page_buttons(where, LIST_PAGE)),
            kit.context(foot),
        ),
    )


def inside(
    group: Group,
    where: kit.Page,
    *,
    tab: str,
    organizations: Sequence[Organization] = (),
    members: Sequence[Member] = (),
    user_groups: Sequence[UserGroup] = (),
    channel_id: str = "",
) -> View:
    """One group as a modal, showing a page of its organizations or of its members."""
    rows = (
        [_organization(group, each) for each in organizations]
        if tab == "organizations"
        else [block for each in members for block in _member(group, each, user_groups)]
    )
    return kit.modal(
        "Organization group",
        (
            kit.header(group.name),
            kit.actions(*_tabs(group, tab), block_id="tabs"),
            *(rows or [kit.section(_NOTHING[tab])]),
            kit.context(f"Showing {where.label}"),
            *_steps(group, where, tab),
            kit.divider(),
            kit.actions(*_acts(group), block_id="acts"),
        ),
        close="Close",
        metadata={"group": group.id, "tab": tab, "page": where.number, "channel": channel_id},
    )


def deleted(group: Group) -> View:
    text = (
        "Its organizations stay. Its members see what their other groups show; who is in no other sees all."
    )
    return kit.modal(
        "Organization group",
        (kit.rich(kit.sign("wastebasket"), " ", kit.strong(group.name), " is deleted."), kit.section(text)),
        close="Close",
    )


def create_form(*, channel_id: str = "") -> View:
    name = kit.input_block("name", "Name", kit.plain_text_input("value", max_length=LONGEST_NAME, focus=True))
    return kit.modal(
        "New organization group",
        (name, *_choosers()),
        callback_id=CREATE_CALLBACK,
        submit="Create",
        metadata={"channel": channel_id},
    )


def add_form(group: Group) -> View:
    return kit.modal(
        "Add to the group",
        (kit.rich(kit.strong(group.name)), *_choosers()),
        callback_id=ADD_CALLBACK,
        submit="Add",
        metadata={"group": group.id},
    )


def rename_form(group: Group) -> View:
    field = kit.plain_text_input("value", initial=group.name, max_length=LONGEST_NAME, focus=True)
    return kit.modal(
        "Rename the group",
        (kit.input_block("name", "Name", field),),
        callback_id=RENAME_CALLBACK,
        submit="Rename",
        metadata={"group": group.id},
    )


def read_form(state: State) -> Typed:
    typed = Form(state)
    people = [Member(each) for each in typed.choices("people")]
    groups = [Member(each, is_user_group=True) for each in typed.choices("user_groups")]
    return Typed(typed.text("name"), typed.chosen_numbers("organizations"), (*people, *groups))


def _choosers() -> tuple[Block, ...]:
    organizations = kit.multi_external_select(
        ORGANIZATION_OPTIONS, placeholder="Type part of a name…", at_most=_MOST_AT_ONCE
    )
    groups = kit.multi_external_select(GROUP_OPTIONS, placeholder="Type part of a handle…")
    return (
        kit.input_block(
            "organizations",
            "Organizations",
            organizations,
            hint=f"Up to {_MOST_AT_ONCE} at once; add more afterwards.",
            optional=True,
        ),
        kit.input_block("people", "People", kit.multi_users_select("people"), optional=True),
        kit.input_block(
            "user_groups",
            "Slack user groups",
            groups,
            hint="Everybody who is in one of them belongs to this group, as long as they are in it.",
            optional=True,
        ),
    )


_NOTHING = {
    "organizations": "No organization yet: its members see nothing but those of their other groups.",
    "members": "Nobody yet.",
}


def _tabs(group: Group, chosen: str) -> list[kit.Element]:
    labels = (
        ("organizations", f"Organizations ({group.organization_count})"),
        ("members", f"Members ({group.member_count})"),
    )
    return [
        kit.button(text, f"{TAB}:{tab}", value=f"{group.id}", style="primary" if tab == chosen else "")
        for tab, text in labels
    ]


def _acts(group: Group) -> list[kit.Element]:
    question = kit.confirm(
        "Delete this group?",
        f"{group.name}: its organizations stay; its members may see more afterwards: who is in no other group sees "
        "every organization.",
        "Delete",
        danger=True,
    )
    value = str(group.id)
    return [
        kit.button("Add…", ADD, value=value, style="primary"),
        kit.button("Rename", RENAME, value=value),
        kit.button("Delete", DELETE, value=value, style="danger", confirm=question),
    ]


def _steps(group: Group, where: kit.Page, tab: str) -> list[Block]:
    steps = kit.page_buttons(where, PAGE, context_value=f"{group.id}|{tab}")
    return [kit.actions(*steps)] if steps else []


def _organization(group: Group, organization: Organization) -> Block:
    question = kit.confirm(
        "Take it out?",
        f"Members of {group.name} see it no more, unless another group of theirs has it.",
        "Take out",
    )
    value = f"{group.id}|{organization.id}"
    return kit.plain_section(
        organization.name, accessory=kit.button("Take out", OUT, value=value, confirm=question)
    )


def _member(group: Group, member: Member, user_groups: Sequence[UserGroup]) -> tuple[Block, ...]:
    known = next((each for each in user_groups if each.id == member.id), None)
    question = kit.confirm(
        "Take them out?",
        "Who is in no group at all sees every organization. Give them another group first if they should not.",
        "Take out",
    )
    who: tuple[kit.Piece, ...] = (kit.person(member.id),)
    if member.is_user_group:
        size = f", {kit.count(len(known.members), 'member')}" if known else ""
        who = (kit.strong(f"@{known.handle}" if known else member.id), f" (Slack user group{size})")
    out = kit.button("Take out", LEAVE, value=f"{group.id}|{member.id}", confirm=question)
    return (kit.rich(*who), kit.actions(out))


def _size(group: Group) -> str:
    organizations = kit.count(group.organization_count, "organization")
    return f"{organizations}, {kit.count(group.member_count, 'member')}"
