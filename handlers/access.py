"""``/autotask who`` for everybody, ``/autotask access`` for Admins: roles and where they come from."""

from typing import Final

from rapidfuzz import fuzz, process

from blocks import access as blocks
from blocks import kit
from blocks import who as answers
from bot.domain.access import wordings
from bot.domain.context import Right
from bot.domain.organizations import Organization
from bot.services.who import Everybody, Management
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request
from handlers.payload import among, as_number, own, text_at
from handlers.resolve import person_of

PAGE_SIZE: Final = 10
_CLOSE_ENOUGH: Final = 75
_SEEING: Final = ("see ", "view ", "access ", "look at ")
_NOT_A_CLIENT: Final = frozenset({"this", "everything", "all", "organizations"})


async def show(request: Request) -> None:
    admins = await request.services.access.admins(request.ctx)
    explained = await request.services.who.explain(request.ctx, request.user_id)
    await request.respond(blocks.overview(request.ctx.person, admins, explained.standing))


# --- who can, who is ---


async def who_can(request: Request) -> None:
    """``who can push billing``, ``who can see acme``."""
    words = " ".join(request.text.lower().rstrip("?").split())
    organization = await _client(request, words)
    if organization is not None:
        await request.respond(await _seeing(request, organization.id, 0))
    elif right := right_meant(words):
        await request.respond(await _holding(request, right, 0))
    else:
        await request.respond(answers.not_understood(words, root=request.settings.command))


async def turn_who(request: Request) -> None:
    number, _, about = request.action_value.partition("|")
    kind, _, what = about.partition(":")
    if kind == "org":
        draw = _seeing(request, as_number(what), as_number(number))
    else:
        draw = _of_right(request, what, number)
    await request.respond(await draw, replace=True)


async def who_is(request: Request) -> None:
    """By mention, by id, or by part of a name."""
    typed = request.text.strip().rstrip("?")
    mentioned = typed.partition("|")[0].removeprefix("<@").removesuffix(">") if typed.startswith("<@") else ""
    found = [] if mentioned or not typed else await request.services.who.named(request.ctx, typed)
    if mentioned or len(found) == 1:
        await _explain(request, mentioned or found[0].user_id)
    else:
        await request.respond(answers.which(typed, found))


async def pick(request: Request) -> None:
    await _explain(request, request.action_value)


def right_meant(words: str) -> Right | None:
    """The right that somebody's words come closest to; None when nothing is close."""
    known = wordings()
    if words in known:
        return known[words]
    best = process.extractOne(words, list(known), scorer=fuzz.token_sort_ratio, score_cutoff=_CLOSE_ENOUGH)
    return known[best[0]] if best else None


async def _explain(request: Request, user_id: str) -> None:
    """Slack is asked who it is, if nobody asked in the last quarter of an hour."""
    request.ctx.require(Right.READ)
    await person_of(request.ctx.tenant, user_id, request.tools)
    found = await request.services.who.explain(request.ctx, user_id)
    await request.respond(answers.explained(found.person, found.standing, sees=found.sees))


async def _client(request: Request, words: str) -> Organization | None:
    """The one organization that is meant by "see …", of those the person sees."""
    name = next((words.removeprefix(each) for each in _SEEING if words.startswith(each)), "")
    if not name or name in _NOT_A_CLIENT or words in wordings():
        return None
    found = await request.services.organizations.search(request.ctx, name, limit=1)
    return found[0] if found else None


async def _of_right(request: Request, name: str, number: str) -> kit.Message:
    return await _holding(request, own(Right.__members__.get, name), as_number(number))


async def _holding(request: Request, right: Right, number: int) -> kit.Message:
    found = await request.services.who.can(request.ctx, right)
    rest = answers.rest_for_right(found.default, holders=bool(found.holders))
    return _answer(answers.title_for(right), found, number, rest=rest, about=f"right:{right.name}")


async def _seeing(request: Request, organization_id: int, number: int) -> kit.Message:
    organization, found = await request.services.who.sees(request.ctx, organization_id)
    rest = answers.rest_for_sight()
    return _answer(
        f"Who can see {organization.name}", found, number, rest=rest, about=f"org:{organization_id}"
    )


def _answer(title: str, found: Everybody, number: int, *, rest: str, about: str) -> kit.Message:
    where = kit.page(len(found.holders), number, answers.PAGE_SIZE)
    return answers.can(title, found.holders, where, rest=rest, context_value=about)


# --- the page for Admins ---


async def manage(request: Request) -> None:
    word = request.text.partition(" ")[0].lower()
    await request.respond(await _page(request, word if word in blocks.TABS else "people", 0))


async def turn_tab(request: Request) -> None:
    tab = own(among(blocks.TABS), request.action_id.rpartition(":")[2])
    await request.respond(await _page(request, tab, 0), replace=not request.in_home)


async def turn_page(request: Request) -> None:
    number, _, name = request.action_value.partition("|")
    tab = own(among(blocks.TABS), name)
    await request.respond(await _page(request, tab, as_number(number)), replace=True)


async def open_form(request: Request) -> None:
    """For the person of the row, or one to be chosen."""
    request.ctx.require(Right.MANAGE_PEOPLE)
    person = None
    if request.action_value:
        person = (await request.services.who.explain(request.ctx, request.action_value)).person
    await request.open_or_push(blocks.role_form(person, channel_id=request.channel_id))


async def save(request: Request) -> None:
    typed = blocks.read_role(request.values, opened_for=text_at(request.metadata, "person"))
    request.ctx.require(Right.MANAGE_PEOPLE)
    await person_of(request.ctx.tenant, typed.user_id, request.tools)
    await request.services.access.set_role(request.ctx, typed.user_id, typed.role, approves=typed.approves)
    await request.ack()
    now = await request.services.who.explain(request.ctx, typed.user_id)
    await request.respond(blocks.changed(typed.user_id, now.standing))


async def _page(request: Request, tab: str, number: int) -> kit.Message:
    facts = _drawn(await request.services.who.management(request.ctx))
    where = kit.page(blocks.amount(facts, tab), number, PAGE_SIZE)
    return blocks.page(facts, tab, where)


def _drawn(found: Management) -> blocks.Access:
    return blocks.Access(
        people=[blocks.Row(each.person, each.standing) for each in found.people],
        bindings=found.bindings,
        groups=found.groups,
        requests=found.requests,
        default=found.default,
        names=dict(found.names),
    )


FEATURE = Feature(
    commands=(
        Command(
            "who",
            "Who the Admins are, and what you may do",
            show,
            usage="[can push billing | is @kim]",
            aliases=("roles", "whoami"),
            verbs=(
                Verb("can", "Who may do something: `who can push billing`, `who can see acme`", who_can),
                Verb("is", "What somebody may do, and why: `who is kim`", who_is),
            ),
            label="Roles",
            details="Roles come from an Admin, from a Slack user group, or from the default for members.",
        ),
        Command(
            "access",
            "People, user groups, organization groups and requests",
            manage,
            usage="[people | bindings | groups | requests]",
            aliases=("people",),
            right=Right.MANAGE_PEOPLE,
            label="People and access",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.TAB}:[a-z]+$", turn_tab),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
        Listener("action", f"^{answers.PAGE}:(back|next)$", turn_who),
        Listener("action", answers.PICK, pick),
        Listener("action", f"^{blocks.CHANGE}(:row)?$", open_form),
        Listener("view", blocks.CALLBACK, save),
    ),
)
