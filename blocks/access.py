"""Who may do what: the list of Admins, one person's role, and the form to change it."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import kit
from blocks.form import Form, State
from blocks.kit import Message, View
from bot.domain.context import Person, Right, Role

CHANGE = "access:change"
CALLBACK = "access_role_save"

_MEANING = {
    Role.ADMIN: "sets Deskhand up, and everything else",
    Role.FULL_MEMBER: "maps organizations, runs reviews, creates tickets",
    Role.SALES: "reads and creates tickets",
    Role.VIEWER: "reads",
    Role.NONE: "can do nothing here",
}


@dataclass(frozen=True)
class Typed:
    user_id: str
    role: Role


def overview(person: Person, admins: Sequence[str]) -> Message:
    """Who the Admins are and what the person who asks may do."""
    names = ", ".join(map(kit.mention, admins)) or "nobody yet"
    role = f"You are *{person.role.label}*: {_MEANING[person.role]}."
    roles = kit.bullets(f"*{each.label}* {_MEANING[each]}" for each in Role if each is not Role.NONE)
    blocks: list[kit.Block] = [kit.section(f":key: *Admins:* {names}\n{role}"), kit.context(roles)]
    if person.may(Right.MANAGE_PEOPLE):
        blocks.append(kit.actions(kit.button("Change a role", CHANGE)))
    return Message(f"Admins: {names}", tuple(blocks))


def role_form(*, channel_id: str = "") -> View:
    options = [kit.option(role.label, role.value, description=_MEANING[role]) for role in Role]
    return kit.modal(
        "Change a role",
        (
            kit.input_block("person", "Person", kit.users_select("person")),
            kit.input_block("role", "Role", kit.radio("role", options)),
        ),
        callback_id=CALLBACK,
        submit="Save",
        metadata={"channel": channel_id},
    )


def read_role(state: State) -> Typed:
    """Raises ``InvalidInput`` when person or role is missing."""
    form = Form(state)
    return Typed(form.required_choice("person"), Role(form.required_choice("role")))


def changed(user_id: str, role: Role) -> Message:
    text = f":white_check_mark: {kit.mention(user_id)} is *{role.label}* now: {_MEANING[role]}."
    return Message(text, (kit.section(text),))
