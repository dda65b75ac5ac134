"""What a person waits for while choosing: type-ahead from the company mirror, and the list of organizations."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from blocks import organizations as blocks
from bot.domain.mapping import advise
from bot.domain.matching import Companies
from bot.domain.organizations import Company, Organization
from sandbox.slack import feed
from sandbox.slack.model import Message, View
from sandbox.slack.people import inside, on
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.processes import ProgramFailed
from tests.benchmarks.stage import DESK, PEOPLE, Stage

ORGANIZATIONS = 1_000
SUGGESTED = 400
TYPISTS = 20
"""Searches at once in the crowded part."""
FILL = """INSERT INTO organizations (tenant_id, name, search_name, company_id, created_by, created_at)
          SELECT tenant_id, name || ' ' || autotask_id, search_name || ' ' || autotask_id,
                 CASE WHEN mod(autotask_id, 2) = 0 THEN autotask_id END, 'bench', now()
          FROM companies WHERE is_active ORDER BY autotask_id LIMIT %s"""
WHO = PEOPLE[0]


async def figures(stage: Stage) -> list[Figure]:
    """Every search is a whole block_suggestion: delivered, resolved, searched, drawn, acknowledged."""
    await stage.rows(FILL, ORGANIZATIONS)
    view = await _form(stage)
    words = await _words(stage)
    alone = [await _search(stage, view, word) for word in words]
    crowd = await asyncio.gather(*(_search(stage, view, word) for word in words[:TYPISTS]))
    opened, turned = await _lists(stage)
    previews = [await _timed(lambda: _preview(stage)) for _ in range(stage.plan.lists // 4 or 1)]
    prepared, suggested = await _suggestions(stage)
    companies = f"{stage.plan.companies:,} companies"
    return [
        Figure("typeahead.p50", f"type-ahead over {companies}: p50", percentile(alone, 0.5), "ms"),
        Figure("typeahead.p95", f"type-ahead over {companies}: p95 (target 300)", percentile(alone, 0.95), "ms"),
        Figure("typeahead.crowd.p95", f"the same, {len(crowd)} people at once: p95", percentile(crowd, 0.95), "ms"),
        Figure("list.open.p95", f"list of {ORGANIZATIONS:,} organizations, typed to shown: p95",
               percentile(opened, 0.95), "ms"),
        Figure("list.turn.p95", "the same, another page: p95", percentile(turned, 0.95), "ms"),
        Figure("suggest.prepare", f"{companies} prepared for suggestions", prepared, "ms"),
        Figure("suggest.all", f"suggestions for {SUGGESTED} organizations among them (target 2000)", suggested, "ms"),
        Figure("bulk.preview.p95", f"accept-all preview over {ORGANIZATIONS // 2} unmapped, pressed to shown: p95",
               percentile(previews, 0.95), "ms"),
    ]  # fmt: skip


async def _form(stage: Stage) -> View:
    """The form whose field searches, opened as a person does."""
    message = await _list(stage)
    people = stage.slack.people
    await people.click(WHO, on(message), blocks.NEW)
    return await people.wait_for_modal(WHO, "New organization")


async def _words(stage: Stage) -> Sequence[str]:
    """What people type: two to eight letters from the middle or the beginning of names, and what nobody has."""
    rows = await stage.rows("SELECT search_name FROM companies ORDER BY hash LIMIT %s", stage.plan.searches)
    names = [name for (name,) in rows]
    typed = [name.split()[-1 if number % 3 else 0][: 2 + number % 7] for number, name in enumerate(names)]
    return [*typed[:-1], "zzzz"]


async def _search(stage: Stage, view: View, typed: str) -> float:
    loop = asyncio.get_running_loop()
    started = loop.time()
    outcome = await stage.slack.people.suggest(WHO, inside(view), blocks.COMPANY_OPTIONS, typed)
    took = (loop.time() - started) * 1000
    if not outcome.ok or (not outcome.options and typed != "zzzz"):
        raise ProgramFailed(f"no options for {typed!r}: {outcome.message}")
    return took


async def _lists(stage: Stage) -> tuple[list[float], list[float]]:
    """Milliseconds to each first page, and to each page turned to."""
    opened = [await _timed(lambda: _list(stage)) for _ in range(stage.plan.lists)]
    message = await _list(stage)
    turned = [await _timed(lambda: _turn(stage, message)) for _ in range(stage.plan.lists)]
    return opened, turned


async def _list(stage: Stage) -> Message:
    people = stage.slack.people
    before = {message.ts for message in people.messages(WHO, DESK)}
    outcome = await people.type_command(WHO, DESK, "/autotask map")
    if not outcome.ok:
        raise ProgramFailed(str(outcome.message))

    def shown() -> Message | None:
        return next((each for each in people.messages(WHO, DESK) if each.ts not in before), None)

    return await people.until(shown, "the list")


async def _turn(stage: Stage, message: Message) -> Message:
    people, before = stage.slack.people, message.blocks
    outcome = await people.click(WHO, on(message), f"{blocks.PAGE}:next")
    if not outcome.ok:
        raise ProgramFailed(str(outcome.message))
    return await people.until(lambda: message if message.blocks is not before else None, "the next page")


async def _preview(stage: Stage) -> View:
    """Everything that could be accepted at once, worked out and shown; closed again."""
    people, message = stage.slack.people, await _list(stage)
    outcome = await people.click(WHO, on(message), blocks.BULK)
    if not outcome.ok:
        raise ProgramFailed(str(outcome.message))

    def shown() -> View | None:
        view = people.modal(WHO)
        return view if view and "can be mapped at once" in feed.words_of(view.body) else None

    view = await people.until(shown, "the preview")
    await people.close(WHO, everything=True)
    return view


async def _suggestions(stage: Stage) -> tuple[float, float]:
    """Milliseconds to prepare the companies, and to find each organization's, without Slack and database."""
    rows = await stage.rows("SELECT autotask_id, name, is_active FROM companies")
    names = await stage.rows("SELECT id, name FROM organizations ORDER BY id LIMIT %s", SUGGESTED)
    loop = asyncio.get_running_loop()
    started = loop.time()
    companies = Companies(Company(*row) for row in rows)
    prepared = loop.time()
    advise([Organization(*row) for row in names], companies, {})
    return (prepared - started) * 1000, (loop.time() - prepared) * 1000


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await act()
    return (loop.time() - started) * 1000
