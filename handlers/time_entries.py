"""``/autotask time``: how worked time stands, its lists, and the contract of an entry picked by hand."""

from zoneinfo import ZoneInfo

from blocks import kit
from blocks import time_entries as blocks
from blocks import time_picks as picks
from bot.domain.context import Right
from bot.domain.numbers import whole
from bot.domain.time_entries import TimeFilter, read_filter
from bot.domain.time_words import list_named
from handlers import time_nudges, time_quality, time_rates
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request
from handlers.payload import text_at

PAGE_SIZE = 10
LONGEST_TEXT = 300
LONGEST_NAME = 8
"""Words: each number of them is one search for an organization."""


async def show(request: Request) -> None:
    """The summary; of an organization, if the words begin with one's name; what follows is a list or searched for."""
    if named := list_named(request.text):
        await request.respond(await _listing(request, named, number=0))
        return
    organization, name, words = await _read(request, request.text)
    if words:
        searched = TimeFilter(organization_id=organization, words=words)
        wanted = list_named(words, searched) or searched
        await request.respond(await _listing(request, wanted, number=0))
        return
    await request.respond(await _summary(request, organization, name))


async def show_summary(request: Request) -> None:
    """The button of a list, and of a message."""
    chosen = whole(request.action_value)
    name = (await request.services.organizations.get(request.ctx, chosen)).name if chosen else ""
    await request.respond(await _summary(request, chosen, name), replace=True)


async def show_list(request: Request) -> None:
    """A button without a value, on an alert, has the state in its id."""
    wanted = (
        read_filter(request.action_value) if request.action_value else blocks.listed_by(request.action_id)
    )
    await request.respond(await _listing(request, wanted, number=0), replace=request.in_modal)


async def turn_page(request: Request) -> None:
    number, _, code = request.action_value.partition("|")
    wanted = read_filter(code)
    await request.respond(await _listing(request, wanted, number=whole(number) or 0), replace=True)


async def open_pick(request: Request) -> None:
    line = await request.services.time_entries.entry(request.ctx, _number(request.action_value))
    await request.open_or_push(picks.pick_form(line, channel_id=request.channel_id))


async def suggest_contracts(request: Request) -> None:
    entry_id = _number(text_at(request.metadata, "entry"))
    found = await request.services.time_entries.contracts(request.ctx, entry_id, request.text)
    await request.ack_options(picks.contract_options(found))


async def pick(request: Request) -> None:
    entry_id = _number(text_at(request.metadata, "entry"))
    contract = _number(request.form.required_choice("contract"))
    picked = await request.services.time_entries.pick(request.ctx, entry_id, contract)
    await request.ack()
    await request.tools.notifier.ephemeral(
        request.ctx.tenant, request.channel_id, request.user_id, picks.picked(picked.line)
    )


async def unpick(request: Request) -> None:
    picked = await request.services.time_entries.unpick(request.ctx, _number(request.action_value))
    await request.respond(picks.unpicked(picked.line), replace=True)


async def _summary(request: Request, organization_id: int | None, name: str) -> kit.Message:
    found = await request.services.time_entries.summary(request.ctx, organization_id)
    today = request.tools.clock.now().astimezone(ZoneInfo(request.ctx.tenant.timezone)).date()
    return blocks.summary(found, _shown(request, organization_id, name), today)


async def _listing(request: Request, wanted: TimeFilter, *, number: int) -> kit.Message:
    service = request.services.time_entries
    page = await service.page(request.ctx, wanted, offset=number * PAGE_SIZE, limit=PAGE_SIZE)
    where = kit.page(page.total, number, PAGE_SIZE)
    if page.total and not page.lines:  # the page has run empty meanwhile
        page = await service.page(request.ctx, wanted, offset=where.offset, limit=PAGE_SIZE)
    shown = _shown(request, wanted.organization_id, page.organization)
    return blocks.listing(page, where, wanted, shown)


def _shown(request: Request, organization_id: int | None, name: str) -> blocks.Shown:
    person = request.ctx.person
    return blocks.Shown(
        organization_id,
        name,
        money=person.sees_money,
        may_change=person.may(Right.CHANGE_SETTINGS),
        may_sync=person.may(Right.SYNC),
        may_link=person.may(Right.MAP_ORGANIZATIONS),
        may_compare=person.sees_everybodys_time,
    )


async def _read(request: Request, text: str) -> tuple[int | None, str, str]:
    """The organization that the words name or begin with, and what is left of them."""
    words = text[:LONGEST_TEXT].split()
    for count in range(min(len(words), LONGEST_NAME), 0, -1):
        found = await request.services.organizations.search(request.ctx, " ".join(words[:count]), limit=2)
        if len(found) == 1:
            return found[0].id, found[0].name, " ".join(words[count:])
    return None, "", " ".join(words)


def _number(text: str) -> int:
    return whole(text) or 0


FEATURE = Feature(
    commands=(
        Command(
            "time",
            "Worked time: what was imported, what waits and why",
            show,
            usage="[organization] [list or words]",
            aliases=("hours",),
            label="Time entries",
            details="Imported is what is billable, approved and posted in Autotask, on a contract that had not ended. "
            "Everything else is counted and listed. These words open a list, of one organization after its name: "
            "`ready`, `imported`, `unapproved`, `unlinked`, `unmapped`, `ended`, `late`, `nonbillable`. Viewers see hours; sums are for Admins, Full Members, Sales and "
            "billing approvers. Admins set the hourly rates with `time rate` and reminders with `time reminders`. "
            "Admins, Full Members and billing approvers see how well time is used with `time quality [name]`.",
            verbs=(
                Verb("rate", "What an hour is worth, and from when on", time_rates.show, aliases=("rates",)),
                Verb(
                    "reminders",
                    "Who is reminded of missing time; your own reminders, if you are no Admin",
                    time_nudges.show,
                    aliases=("nudges",),
                ),
                Verb(
                    "quality",
                    "Utilisation by person, and notes that say too little",
                    time_quality.show,
                    aliases=("utilisation", "utilization"),
                ),
            ),
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.LIST}(:[a-z]+)?$", show_list),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_page),
        Listener("action", blocks.SUMMARY, show_summary),
        Listener("action", blocks.PICK, open_pick),
        Listener("action", blocks.UNPICK, unpick),
        Listener("options", blocks.CONTRACT_OPTIONS, suggest_contracts),
        Listener("view", blocks.PICK_CALLBACK, pick),
        *time_rates.LISTENERS,
        *time_nudges.LISTENERS,
        *time_quality.LISTENERS,
    ),
)
