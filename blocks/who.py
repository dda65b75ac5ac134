"""Answers to ``who can …`` and ``who is …``."""

from collections.abc import Sequence

from blocks import kit
from blocks.kit import Block, Message
from blocks.standing import MEANING, because, billing, name
from bot.domain.access import Holder, Standing, StoredPerson
from bot.domain.context import Right, Role

PICK = "who:pick"
PAGE = "who_page"
PAGE_SIZE = 10
EXAMPLES = ("push billing", "connect", "create tickets", "run reviews", "see acme")


def can(title: str, holders: Sequence[Holder], where: kit.Page, *, rest: str, context_value: str) -> Message:
    """One page of those who can, each with the reason, and what holds for everybody else."""
    shown = holders[where.offset : where.offset + where.size]
    steps = kit.page_buttons(where, PAGE, context_value=context_value)
    blocks: list[Block] = [kit.header(title)]
    if shown:
        blocks.append(kit.listed([_holder(each) for each in shown]))
    blocks.append(kit.section(rest))
    if steps:
        blocks += [kit.actions(*steps), kit.context(f"Showing {where.label}")]
    return Message(kit.escape(title), tuple(blocks))


def rest_for_right(default: Role | None, *, holders: bool) -> str:
    if default is not None:
        return (
            f"*Everybody else* can, too: members are *{default.label}* unless they were given something else."
        )
    return "Nobody else can." if holders else "*Nobody* can yet. An Admin gives the right with `access`."


def rest_for_sight() -> str:
    return "Members who are in *no* organization group see every organization."


def not_understood(words: str, *, root: str) -> Message:
    """Nothing fits: what can be asked."""
    text = (
        f":thinking_face: Deskhand does not know what {kit.code(words)} means."
        if words
        else "Ask for example:"
    )
    examples = kit.bullets(f"`{root} who can {each}`" for each in EXAMPLES)
    return Message(text, (kit.section(f"{text}\n{examples}"),))


def explained(person: StoredPerson, standing: Standing, *, sees: int | None) -> Message:
    """What somebody is here, and why."""
    sight = (
        "every organization" if sees is None else f"{kit.count(sees, 'organization')}, those of their groups"
    )
    facts: list[tuple[str, kit.Piece]] = [
        ("Role", f"{standing.role.label}: {MEANING[standing.role]}"),
        ("Why", because(standing)),
        ("Billing", billing(standing) or "may not approve billing"),
        ("Sees", sight if standing.role is not Role.NONE else "nothing"),
    ]
    head = kit.rich(kit.person(person.user_id), " ", kit.strong(name(person)))
    return Message(f"{kit.escape(name(person))} is {standing.role.label}", (head, kit.facts(facts)))


def which(typed: str, people: Sequence[StoredPerson]) -> Message:
    """Nobody, or several, of that name: pick one."""
    text = f":mag: Whom do you mean by {kit.code(typed)}?" if typed else "Whom do you mean?"
    found = [kit.listed([(kit.person(each.user_id), " ", name(each)) for each in people])] if people else []
    picker = kit.actions(kit.users_select(PICK))
    return Message(text, (kit.section(text), *found, picker))


def title_for(right: Right) -> str:
    return f"Who can {right.value.replace(' this', '')}"


def _holder(holder: Holder) -> Sequence[kit.Piece]:
    if holder.organization_group:
        who = f"@{holder.group.handle}" if holder.group else kit.person(holder.user_id)
        return (who, " through the organization group ", kit.strong(holder.organization_group))
    if holder.group is not None:
        gives = holder.standing.role.label if holder.standing.role is not Role.NONE else "Billing approver"
        number = kit.count(len(holder.group.members), "member")
        return (kit.strong(f"@{holder.group.handle}"), f" ({number}): {gives} by the user group")
    words = [holder.standing.role.label, because(holder.standing), billing(holder.standing)]
    return (kit.person(holder.user_id), ": ", ", ".join(word for word in words if word))
