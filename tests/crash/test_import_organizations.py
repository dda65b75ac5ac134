"""The crash matrix of an import: die after any step or chunk, run twice at once; nothing is saved twice or lost."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.domain.imports import ImportState
from bot.jobs import Attempt, ImportOrganizations
from bot.services.imports import CHUNK
from bot.workflows.import_organizations import ImportOrganizationsWorkflow
from handlers.resolve import person_of
from tests.crash.deaths import Died, dies_at
from tests.factories import FrozenClock
from tests.world import World, world

LINES = 2 * CHUNK + 7
FILE = "name\n" + "".join(f"Client {number}\n" for number in range(LINES))


@pytest.fixture
async def here(database_url, tmp_path):
    async with world(database_url, tmp_path, clock=FrozenClock()) as found:
        yield found


async def started(here: World) -> int:
    service = here.bot.services.imports
    found = await service.read(here.ctx, FILE.encode(), file_name="clients.csv", request_key="file:F1")
    await service.start(here.ctx, found.read.id)
    return found.read.id


async def run(here: World, import_id: int, after: Callable[[str], Awaitable[None]] | None = None) -> None:
    tools = here.bot.tools

    async def person(tenant, user_id):
        return await person_of(tenant, user_id, tools)

    workflow = ImportOrganizationsWorkflow(
        tools.services.imports,
        tools.notifier,
        tenant_of=tools.workspaces.by_id,
        person_of=person,
        **({"after": after} if after else {}),
    )
    job = ImportOrganizations(
        tenant_id=here.tenant.id, import_id=import_id, requested_by=here.ctx.person.user_id
    )
    await workflow.run(job, Attempt(1, is_last=False, holder="job-1"))


async def assert_saved_once(here: World, import_id: int) -> None:
    found = await here.bot.services.imports.get(here.tenant.id, import_id)
    assert (found.state, found.position, found.counts.created) == (ImportState.DONE, LINES, LINES)
    page = await here.bot.services.organizations.page(here.ctx, limit=LINES + 10)
    assert sorted(each.name for each in page.organizations) == sorted(FILE.splitlines()[1:])
    async with here.bot.database.unit(here.tenant.id) as uow:
        acts = [act for act in await uow.audit.recent(LINES + 10) if act.action == "create organization"]
    assert len(acts) == LINES
    user = here.ctx.person.user_id
    direct = here.slack.workspace.direct(user, here.slack.workspace.bot.id)
    told = [each for each in here.slack.people.messages(user, direct.id) if "clients.csv" in each.text]
    assert [each.text for each in told] == [
        f"✅ clients.csv is imported: {LINES} created, 0 updated, 0 unchanged."
    ]


@pytest.mark.parametrize(
    ("step", "times"), [("announce", 1), ("chunk", 1), ("chunk", 2), ("chunk", 3), ("tell", 1)]
)
async def test_whoever_dies_at_any_step_the_next_one_goes_on_from_there(here, step, times):
    import_id = await started(here)
    with pytest.raises(Died):
        await run(here, import_id, dies_at(step, times))
    await run(here, import_id)
    await assert_saved_once(here, import_id)


async def test_two_workers_at_once_save_every_line_once(here):
    import_id = await started(here)
    await asyncio.gather(run(here, import_id), run(here, import_id))
    await assert_saved_once(here, import_id)
