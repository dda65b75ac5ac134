"""An invoice's PDF: however the process dies while it is printed or given, the person gets it once."""

from functools import partial

import pytest

from bot.errors import SlackUnavailable
from bot.jobs import Attempt, GiveInvoice
from bot.workflows.give_invoice import STEPS, GiveInvoiceWorkflow
from handlers.resolve import person_of
from sandbox.slack.faults import Fault
from sandbox.slack.seed import ADMIN
from tests.crash.deaths import Died, dies_at, goes_on
from tests.integration.billing_world import Billing, an_invoice, billing_world


@pytest.fixture
async def billing(database_url, tmp_path):
    async with billing_world(database_url, tmp_path) as found:
        found.add("Invoices", an_invoice(found.company("Acme Dental")))
        await found.sync()
        yield found


async def give(billing: Billing, after=goes_on) -> None:
    tools = billing.world.bot.tools
    workflow = GiveInvoiceWorkflow(
        billing.world.bot.services.invoices,
        tools.files,
        tools.notifier,
        tenant_of=tools.workspaces.by_id,
        person_of=partial(person_of, tools=tools),
        after=after,
    )
    [invoice] = billing.world.autotask.database.rows("Invoices")
    job = GiveInvoice(
        tenant_id=billing.world.tenant.id,
        invoice_id=int(str(invoice["id"])),
        requested_by=ADMIN,
        request_key="press",
    )
    await workflow.run(job, Attempt(1, is_last=False, holder="w"))


def printed(billing: Billing) -> int:
    return sum("InvoicePdf" in str(each) for each in billing.world.autotask.control.log(entity="Invoices"))


async def test_dead_after_any_step_it_is_printed_once_and_given_once(billing: Billing):
    before = printed(billing)
    for step in STEPS:
        with pytest.raises(Died):
            await give(billing, dies_at(step))
    await give(billing)
    assert printed(billing) == before + 1
    assert [each.name for each in billing.world.slack.workspace.files.values()] == ["Invoice-INV-1.pdf"]


async def test_slack_away_for_a_while_only_delays_it(billing: Billing):
    billing.world.slack.hub.faults.add(Fault("files.getUploadURLExternal", error="accesslimited"))
    with pytest.raises(SlackUnavailable):
        await give(billing)
    await give(billing)
    assert len(billing.world.slack.workspace.files) == 1
