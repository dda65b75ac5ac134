"""Roles and their reasons, in words; what every page about people says alike."""

from blocks import kit
from bot.domain.access import Because, Standing, StoredPerson
from bot.domain.context import Role

MEANING = {
    Role.ADMIN: "sets Deskhand up, and everything else",
    Role.FULL_MEMBER: "maps organizations, runs reviews, creates tickets",
    Role.SALES: "reads and creates tickets",
    Role.VIEWER: "reads",
    Role.NONE: "can do nothing here",
}
_BECAUSE = {
    Because.OUTSIDE: "a guest, somebody of another company, a bot, or deactivated: nothing can be given to them",
    Because.SETTINGS: "named by the installation's settings",
    Because.PERSON: "given to them by an Admin",
    Because.STARTING: "set where Deskhand is installed",
    Because.OWNER: "as an owner or admin of this workspace, until there is an Admin",
    Because.DEFAULT: "what every member has who was given nothing else",
}


def because(standing: Standing) -> str:
    """Why the role holds, as plain words."""
    if standing.because is Because.GROUP:
        return f"as a member of @{standing.handle}"
    return _BECAUSE[standing.because]


def billing(standing: Standing) -> str:
    """Where the right to approve billing comes from; "" where there is none."""
    if not standing.billing_approver:
        return ""
    source = f" as a member of @{standing.billing_handle}" if standing.billing_handle else ""
    return f"approves billing{source}"


def line(standing: Standing) -> str:
    """Role, reason and billing on one line."""
    parts = (standing.role.label, because(standing), billing(standing))
    return " · ".join(part for part in parts if part)


def name(person: StoredPerson) -> str:
    return person.name or person.user_id


def role_options(roles: tuple[Role, ...] = tuple(Role)) -> list[kit.Option]:
    return [kit.option(role.label, role.value, description=MEANING[role]) for role in roles]
