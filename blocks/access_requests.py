"""Requests for access: the button, the Admins' message, the form, and what became of it."""

from blocks import kit
from blocks.access import DECIDE
from blocks.form import Form, State, known
from blocks.kit import Message, View
from blocks.standing import line, name, role_options
from bot.domain.access import AccessRequest, RequestState, Standing, StoredPerson, roles_with
from bot.domain.context import Right, Role

ASK = "access_request"
DECLINE = "access_request_decline"
CALLBACK = "access_request_save"

_SURE = kit.confirm("Decline?", "The person is told, and can ask again tomorrow.", "Decline", danger=True)


def ask_button(right: Right) -> kit.Element:
    """Asks the Admins for the right that was missing."""
    return kit.button("Request access", ASK, value=right.name)


def sent(request: AccessRequest, *, has_admin: bool) -> Message:
    if has_admin:
        text = f":envelope: The Admins were asked to let you {request.right.value}. You hear from Deskhand."
    else:
        text = ":envelope: Kept. Deskhand has no Admin yet; an owner or admin of this workspace can become the first."
    return Message(text, (kit.section(text),))


def asking(request: AccessRequest, asker: StoredPerson) -> Message:
    """An Admin's message while the request is open."""
    text = f"{kit.escape(name(asker))} asks to {request.right.value}"
    return Message(
        text,
        (
            kit.rich(
                kit.sign("key"), " ", kit.person(asker.user_id), f" asks to {request.right.value}.\n",
                "Asked ", kit.moment(request.asked_at),
            ),
            kit.actions(
                kit.button("Approve…", DECIDE, value=str(request.id), style="primary"),
                kit.button("Decline", DECLINE, value=str(request.id), confirm=_SURE),
            ),
        ),
    )  # fmt: skip


def form(request: AccessRequest, standing: Standing, asker: StoredPerson, *, channel_id: str = "") -> View:
    """The role to give: those that bring the right, the least first; what the person is already stays chosen."""
    offered = roles_with(request.right) or tuple(role for role in reversed(Role) if role is not Role.NONE)
    chosen = standing.role if standing.role in offered else offered[0]
    billing = (
        " They get the right to approve billing besides." if request.right is Right.APPROVE_BILLING else ""
    )
    return kit.modal(
        "Give access",
        (
            kit.row(name(asker), f"asks to {request.right.value}\nNow: {line(standing)}"),
            kit.input_block(
                "role",
                "Role to give",
                kit.radio("role", role_options(offered), chosen=chosen.value),
                hint=f"It becomes a role of their own.{billing}",
            ),
        ),
        callback_id=CALLBACK,
        submit="Give access",
        metadata={"request": request.id, "channel": channel_id},
    )


def read_form(state: State) -> Role:
    """Raises ``InvalidInput`` when nothing is chosen."""
    return known(Role, Form(state).required_choice("role"), "role")


def decided(request: AccessRequest, asker: StoredPerson, decider: StoredPerson | None) -> Message:
    """The Admins' messages once one of them has decided."""
    assert request.decided_at is not None
    approved = request.state is RequestState.APPROVED
    what = f"approved as {request.role.label}" if approved and request.role else "declined"
    text = f"{kit.escape(name(asker))} asked to {request.right.value}: {what}"
    who = kit.person(decider.user_id) if decider else "an Admin"
    block = kit.rich(
        kit.sign("white_check_mark" if approved else "no_entry"), " ",
        kit.person(asker.user_id), f" asked to {request.right.value}: ", kit.strong(what),
        " by ", who, ", ", kit.moment(request.decided_at),
    )  # fmt: skip
    return Message(text, (block,))


def told(request: AccessRequest, decider: StoredPerson | None) -> Message:
    """What the person who asked is told."""
    who = kit.person(decider.user_id) if decider else "An Admin"
    if request.state is RequestState.APPROVED:
        text = f"You may {request.right.value} now."
        said = f" lets you {request.right.value}. You are "
        role = request.role.label if request.role else "a member"
        block = kit.rich(kit.sign("tada"), " ", who, said, kit.strong(role), " now.")
    else:
        text = f"Your request to {request.right.value} was declined."
        block = kit.rich(kit.sign("no_entry"), " ", who, f" declined your request to {request.right.value}.")
    return Message(text, (block,))


def answered(request: AccessRequest, asker: StoredPerson) -> Message:
    """What the Admin who decided sees at once."""
    approved = request.state is RequestState.APPROVED
    what = f"is {request.role.label} now" if approved and request.role else "was told that it is declined"
    text = f":white_check_mark: {kit.escape(name(asker))} {what}."
    return Message(text, (kit.rich(kit.sign("white_check_mark"), " ", kit.strong(name(asker)), f" {what}."),))
