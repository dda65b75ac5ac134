"""The form that binds a role to a Slack user group."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.access import CHANGE
from blocks.form import Form, State, known
from blocks.kit import Message, View
from blocks.standing import role_options
from bot.domain.access import Binding, UserGroup
from bot.domain.context import Role

CALLBACK = "access_bind_save"
OPTIONS = "access_user_groups"
NO_ROLE = "no_role"

_WHY_NONE = {
    "scope": "Deskhand may not read this workspace's user groups. An owner adds the scope `usergroups:read` to the "
    "Slack app and installs it again; then roles can hang on user groups.",
    "plan": "This workspace's Slack plan has no user groups.",
    "": "This workspace has no user groups yet. A workspace owner makes them under *People & user groups*.",
}


@dataclass(frozen=True)
class Typed:
    group_id: str
    role: Role | None
    approves: bool


def form(binding: Binding | None = None, *, channel_id: str = "") -> View:
    """For a bound group, or one to be chosen."""
    roles = role_options(tuple(role for role in Role if role is not Role.NONE))
    none = kit.option("No role", NO_ROLE, description="Only the right below")
    ticked = ("yes",) if binding and binding.billing_approver else ()
    approver = [kit.option("Billing approver", "yes", description="Members may approve billing")]
    chosen = (binding.role.value if binding.role else NO_ROLE) if binding else ""
    return kit.modal(
        "Bind a user group",
        (
            kit.input_block(
                "group",
                "Slack user group",
                kit.external_select(
                    OPTIONS,
                    chosen=option(binding.group) if binding else None,
                    placeholder="Type part of its name…",
                ),
                hint="Whoever joins it in Slack has the role, whoever leaves it loses it.",
            ),
            kit.input_block("role", "Role of its members", kit.radio("role", [*roles, none], chosen=chosen)),
            kit.input_block(
                "billing", "Right", kit.checkboxes("billing", approver, chosen=ticked), optional=True
            ),
        ),
        callback_id=CALLBACK,
        submit="Save",
        metadata={"channel": channel_id},
    )


def none_to_bind(why: str) -> Message:
    """Why there is no user group to choose, and what can be done instead."""
    text = f":busts_in_silhouette: {_WHY_NONE[why]}"
    instead = "Until then give roles to people one by one."
    return Message(
        text, (kit.section(f"{text}\n{instead}"), kit.actions(kit.button("Change a role", CHANGE)))
    )


def read_form(state: State) -> Typed:
    """Raises ``InvalidInput`` when group or role is missing."""
    typed = Form(state)
    role = typed.required_choice("role")
    return Typed(
        typed.required_choice("group", "Choose the user group."),
        None if role == NO_ROLE else known(Role, role, "role"),
        "yes" in typed.choices("billing"),
    )


def options(groups: Sequence[UserGroup]) -> list[kit.Option]:
    return [option(group) for group in groups[: kit.LIMITS.options]]


def option(group: UserGroup) -> kit.Option:
    return kit.option(f"@{group.handle}", group.id, description=f"{group.name}, {len(group.members)}")


def bound(group_handle: str, typed: Typed) -> Message:
    gives = [typed.role.label if typed.role else "", "Billing approver" if typed.approves else ""]
    words = " and ".join(part for part in gives if part)
    text = f":white_check_mark: Members of @{kit.escape(group_handle)} are {words} now."
    note = "Who has a role of their own keeps that."
    block = kit.rich(
        kit.sign("white_check_mark"),
        " Members of ",
        kit.strong(f"@{group_handle}"),
        f" are {words} now. {note}",
    )
    return Message(text, (block,))
