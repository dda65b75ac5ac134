"""What members do on the way from nothing to a ticket, as steps for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import running
from bot.domain.switches import Capability, Mode
from sandbox.slack import feed
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import HASTY, UNPACED, until
from tests.world import World, sandboxes, settings_for
from tests.world import admin_of as admin_ctx

DESK = "C0SERVICE"


@asynccontextmanager
async def opened_world(database_url: str, folder: Path) -> AsyncIterator[World]:
    """Everything runs, jobs included; Dana is Admin, nothing is connected."""
    async with (
        sandboxes() as (autotask, slack),
        running(settings_for(autotask, slack, database_url, folder), pace=UNPACED, pauses=HASTY) as bot,
    ):
        await slack.wait_connected()
        yield World(autotask, slack, bot, await admin_ctx(bot, slack))


def modal_words(office: World, user: str) -> str:
    view = office.slack.people.modal(user)
    return feed.words_of(view.body) if view else ""


async def open_connect_form(office: World, user: str = ADMIN) -> None:
    people = office.slack.people
    await people.type_command(user, DESK, "/autotask connect")
    card = await people.wait_for(user, DESK, "Enter the three values")
    await people.click(user, on(card), "connect_open")
    await people.wait_for_modal(user, "Connect Autotask")


async def submit_credentials(office: World, **changes: str) -> Outcome:
    given = office.autotask.credentials
    values = {"username": given.username, "secret": given.secret, "tracking_id": given.tracking_id}
    return await office.slack.people.submit(ADMIN, {**values, **changes})


async def choose_queue(office: World, user: str = ADMIN, label: str = "Client Portal") -> dict:
    people = office.slack.people
    modal = people.modal(user)
    found = await people.suggest(user, inside(modal), "connect_queue", label[:4])
    return next(option for option in found.options if option["text"]["text"] == label)


async def connect(office: World) -> None:
    await open_connect_form(office)
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    chosen = {"queue": await choose_queue(office), "tickets": tickets_on(office)}
    assert (await office.slack.people.submit(ADMIN, chosen)).ok
    await until_modal_says(office, "Autotask is connected")
    await office.slack.people.close(ADMIN, everything=True)


def tickets_on(office: World, user: str = ADMIN) -> dict:
    """The second radio of the form's switch."""
    blocks = office.slack.people.modal(user).body["blocks"]
    radio = next(block["element"] for block in blocks if block.get("block_id") == "tickets")
    return next(option for option in radio["options"] if option["value"] == Mode.ON.value)


async def switch_tickets(office: World, mode: Mode) -> None:
    """As the settings do it."""
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.switches.set(Capability.TICKETS, mode, by=ADMIN, at=office.bot.tools.clock.now())


async def until_modal_says(office: World, text: str, user: str = ADMIN) -> None:
    async def said() -> bool:
        return text in modal_words(office, user)

    await until(said)


async def map_acme(office: World, user: str = FULL_MEMBER) -> None:
    people = office.slack.people

    async def mirrored() -> bool:
        async with office.bot.database.unit(office.tenant.id) as uow:
            return await uow.companies.count() >= 4

    await until(mirrored)
    await people.type_command(user, DESK, "/autotask map")
    page = await people.wait_for(user, DESK, "New organization")
    await people.click(user, on(page), "map_new")
    modal = await people.wait_for_modal(user, "New organization")
    found = await people.suggest(user, inside(modal), "map_company", "unit")
    option = found.options[0]
    assert option["text"]["text"] == "Ünit & Söhne <GmbH>"
    assert (await people.submit(user, {"name": "Unit", "company": option})).ok
    await people.wait_for(user, DESK, "is mapped to")


async def start_review(office: World, user: str = FULL_MEMBER) -> None:
    people = office.slack.people
    await people.type_command(user, DESK, "/autotask review unit")
    await people.wait_for_modal(user, "Start a review")
    assert (await people.submit(user)).ok
    await people.wait_for_modal(user, "Review")


async def open_first_category(office: World, user: str = FULL_MEMBER) -> None:
    people = office.slack.people
    view = people.modal(user)
    button = next(block["accessory"] for block in view.body["blocks"] if "accessory" in block)
    await people.click(user, inside(view), button["action_id"], block_id=block_of(view, button))
    await people.wait_for_modal(user, "Identity and access")


def block_of(view, element) -> str:
    for block in view.body["blocks"]:
        if block.get("accessory") is element or element in block.get("elements", []):
            return block["block_id"]
    raise AssertionError(element)


async def raise_ticket(office: World, user: str = FULL_MEMBER, **changes) -> Outcome:
    people = office.slack.people
    view = people.modal(user)
    row = next(
        block
        for block in view.body["blocks"]
        if block["type"] == "actions" and block["elements"][0]["action_id"] == "ticket_open"
    )
    await people.click(user, inside(view), "ticket_open", block_id=row["block_id"])
    await people.wait_for_modal(user, "Raise a ticket")
    return await people.submit(user, changes)


async def open_connect_form_again(office: World) -> None:
    people = office.slack.people
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    message = await people.wait_for(ADMIN, direct.id, "refuses Deskhand's login")
    await people.click(ADMIN, on(message), "connect_open")
    await people.wait_for_modal(ADMIN, "Connect Autotask")


async def lose_ts(office: World, key: str) -> None:
    """As a process leaves it that is killed between Slack's answer and its note of it."""
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.messages.mark(key, "posting", ts="")


def block_with(view, action_id: str) -> str:
    return next(
        block["block_id"]
        for block in view.body["blocks"]
        if any(element.get("action_id") == action_id for element in block.get("elements", []))
    )
