"""The whole way, played by members of the workspace: connect, map, review, raise a ticket, read the digest."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Role
from bot.services.reviews import ReviewForm
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.factories import until
from tests.world import World, sandboxes, settings_for
from tests.world import admin_of as admin_ctx

DESK = "C0SERVICE"


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    """Everything runs, jobs included; Dana is Admin, nothing is connected."""
    from bot.app import running

    async with sandboxes() as (autotask, slack):
        settings = settings_for(autotask, slack, database_url, tmp_path)
        async with running(settings) as bot:
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
    assert (await office.slack.people.submit(ADMIN, {"queue": await choose_queue(office)})).ok
    await office.slack.people.wait_for(ADMIN, DESK, "Autotask is connected")
    await office.slack.people.close(ADMIN, everything=True)


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


async def test_from_nothing_to_a_ticket_in_autotask(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    card = await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [ticket] = office.tickets_in_autotask()
    assert str(ticket["ticketNumber"]) in feed.words_of_message(card)
    assert "multi-factor" in str(ticket["title"])
    assert ticket["queueID"] == 5
    assert "Raised from Slack by" in str(ticket["description"])
    assert "Only visible" not in feed.words_of_message(card)


async def test_the_daily_digest_says_what_was_connected_mapped_and_raised(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    await raise_ticket(office)
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    await people.type_command(ADMIN, DESK, "/autotask digest")
    digest = feed.words_of_message(await people.wait_for(ADMIN, DESK, "Daily digest"))
    [ticket] = office.tickets_in_autotask()
    for expected in ("Autotask connected", "Unit", str(ticket["ticketNumber"]), "Reviews started"):
        assert expected in digest


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "nobody@sandbox.example", "user"),
        ("secret", "not-the-secret", "secret"),
        ("tracking_id", "WRONGTRACKINGID000000000001", "tracking"),
        ("tracking_id", "has spaces in it", "no spaces"),
        ("tracking_id", "me@example.com", "username"),
        ("secret", "short", "too short"),
    ],
)
async def test_a_wrong_credential_is_told_under_its_own_field(office, field, value, words):
    await open_connect_form(office)
    answer = await submit_credentials(office, **{field: value})
    errors = answer.errors
    assert list(errors) == [field]
    assert words in errors[field].lower()


async def test_a_slow_autotask_does_not_time_the_modal_out(office):
    office.autotask.control.plan(Fault("slow", "*", "*", delay_ms=2600))
    await open_connect_form(office)
    answer = await submit_credentials(office)
    assert answer.ok
    assert "Checking" in modal_words(office, ADMIN)
    await until_modal_says(office, "Logged in")


async def test_who_closed_the_modal_gets_the_late_answer_as_a_message(office):
    people = office.slack.people
    office.autotask.control.plan(Fault("slow", "*", "*", delay_ms=2600))
    await open_connect_form(office)
    await submit_credentials(office)
    await people.close(ADMIN, everything=True)
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    message = await people.wait_for(ADMIN, direct.id, "accepted the credentials")
    await people.click(ADMIN, on(message), "connect_resume")
    await until_modal_says(office, "Logged in")


async def test_a_full_member_may_not_connect(office):
    people = office.slack.people
    await people.type_command(FULL_MEMBER, DESK, "/autotask connect")
    await people.wait_for(FULL_MEMBER, DESK, "You may not connect Autotask")


async def test_verify_names_the_missing_right_and_where_to_tick_it(office):
    people = office.slack.people
    await connect(office)
    office.autotask.control.revoke("Contracts", ("query",))
    await people.type_command(ADMIN, DESK, "/autotask verify")
    found = feed.words_of_message(await people.wait_for(ADMIN, DESK, "permission missing"))
    assert "Contracts: query" in found
    assert "Security Levels" in found
    office.autotask.control.grant("Contracts", ("query",))
    card = await people.wait_for(ADMIN, DESK, "Re-check")
    await people.click(ADMIN, on(card), "verify_run")
    await people.wait_for(ADMIN, DESK, "All permissions are in place")


async def test_an_unmapped_organization_says_so_and_offers_the_map(office):
    people = office.slack.people
    await connect(office)
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.organizations.add("Nowhere Inc", "U1", office.bot.tools.clock.now())
    await people.type_command(FULL_MEMBER, DESK, "/autotask review nowhere")
    await people.wait_for_modal(FULL_MEMBER, "Start a review")
    await people.submit(FULL_MEMBER)
    await people.wait_for_modal(FULL_MEMBER, "Review")
    await open_first_category(office)
    view = people.modal(FULL_MEMBER)
    row = next(block for block in view.body["blocks"] if block["type"] == "actions")
    await people.click(FULL_MEMBER, inside(view), "ticket_open", block_id=row["block_id"])
    await until_modal_says(office, "Nowhere Inc", FULL_MEMBER)


async def test_a_refusal_by_autotask_is_told_with_its_reason_and_a_retry_works(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    office.autotask.control.plan(
        Fault("fail", "Tickets", "POST", skip=1, status=500, body='{"errors":["The contract is <closed>."]}')
    )
    await raise_ticket(office)
    message = await people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    assert "The contract is &lt;closed&gt;." in str(message.blocks)
    await people.click(FULL_MEMBER, on(message), "ticket_retry")
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1


async def test_a_second_person_with_the_same_form_is_told_not_doubled(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    card = await people.wait_for(FULL_MEMBER, DESK, "Answer questions")
    await open_first_category(office)
    await people.click(ADMIN, on(card), "review_open")
    await people.wait_for_modal(ADMIN, "Review")
    await open_first_category(office, ADMIN)
    view = people.modal(ADMIN)
    row = next(block for block in view.body["blocks"] if block["type"] == "actions")
    await people.click(ADMIN, inside(view), "ticket_open", block_id=row["block_id"])
    await people.wait_for_modal(ADMIN, "Raise a ticket")
    assert (await raise_ticket(office)).ok
    second = await people.submit(ADMIN)
    assert "Somebody has just raised a ticket" in str(second.errors)
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1


async def test_a_viewer_sees_reviews_but_cannot_answer(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await office.bot.services.access.set_role(office.ctx, VIEWER, Role.VIEWER)
    await people.type_command(VIEWER, DESK, "/autotask reviews all")
    page = await people.wait_for(VIEWER, DESK, "IT alignment review")
    await people.click(VIEWER, on(page), "review_open")
    await people.wait_for_modal(VIEWER, "Review")
    await open_first_category(office, VIEWER)
    view = people.modal(VIEWER)
    question = next(block for block in view.body["blocks"] if block.get("accessory"))
    aligned = question["accessory"]["options"][0]
    where = inside(view), question["accessory"]["action_id"]
    await people.choose(VIEWER, *where, {"selected_option": aligned}, block_id=question["block_id"])
    await until_modal_says(office, "You may not run reviews", VIEWER)


async def test_answers_of_two_people_in_one_category_both_count(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    card = await people.wait_for(FULL_MEMBER, DESK, "Answer questions")
    await open_first_category(office)
    await people.click(ADMIN, on(card), "review_open")
    await people.wait_for_modal(ADMIN, "Review")
    await open_first_category(office, ADMIN)
    for user, number in ((FULL_MEMBER, 0), (ADMIN, 1)):
        view = people.modal(user)
        questions = [block for block in view.body["blocks"] if block.get("accessory")]
        select = questions[number]["accessory"]
        await people.choose(
            user,
            inside(view),
            select["action_id"],
            {"selected_option": select["options"][1]},
            block_id=questions[number]["block_id"],
        )
        await until_modal_says(office, f"{number + 1} of 4", user)
    await people.wait_for(FULL_MEMBER, DESK, "2 of 26 answered")


async def test_a_secret_revoked_later_pauses_the_connection_and_tells_the_admin_once(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    user = office.autotask.control.user()
    user.secret = "changed in Autotask"
    await raise_ticket(office)
    await people.wait_for(FULL_MEMBER, DESK, "Not created in Autotask")
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    await people.wait_for(ADMIN, direct.id, "refuses Deskhand's login")
    told = [m for m in people.messages(ADMIN, direct.id) if "refuses" in feed.words_of_message(m)]
    assert len(told) == 1
    assert not user.locked
    user.secret = office.autotask.credentials.secret
    await open_connect_form_again(office)
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    await people.submit(ADMIN, {"queue": await choose_queue(office)})
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    assert len(office.tickets_in_autotask()) == 1


async def open_connect_form_again(office: World) -> None:
    people = office.slack.people
    direct = office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id)
    message = await people.wait_for(ADMIN, direct.id, "refuses Deskhand's login")
    await people.click(ADMIN, on(message), "connect_open")
    await people.wait_for_modal(ADMIN, "Connect Autotask")


async def test_a_card_whose_ts_was_lost_in_a_crash_is_found_again_by_refresh(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await open_first_category(office)
    await raise_ticket(office)
    card = await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")
    [row] = office.tickets_in_autotask()
    key = "ticket:1"
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert (await uow.messages.get(key)).ts == card.ts
    office.slack.workspace.channel(DESK).messages[card.ts].text = "Creating the ticket…"
    await lose_ts(office, key)
    await people.click(FULL_MEMBER, on(card), "ticket_refresh")
    await people.wait_for(FULL_MEMBER, DESK, f"{row['ticketNumber']} created")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert (await uow.messages.get(key)).ts == card.ts


async def lose_ts(office: World, key: str) -> None:
    """As a process leaves it that is killed between Slack's answer and its note of it."""
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.messages.mark(key, "posting", ts="")


async def test_from_home_over_the_list_a_ticket_is_still_within_reach(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await people.close(FULL_MEMBER, everything=True)
    people.open_home(FULL_MEMBER)
    home = await people.wait_for_home(FULL_MEMBER, "My reviews")
    await people.click(FULL_MEMBER, inside(home), "run:reviews", block_id=block_with(home, "run:reviews"))
    listing = await people.wait_for_modal(FULL_MEMBER, "Deskhand")
    row = next(block for block in listing.body["blocks"] if block.get("accessory"))
    await people.click(FULL_MEMBER, inside(listing), "review_open", block_id=row["block_id"])
    await people.wait_for_modal(FULL_MEMBER, "Review")
    await open_first_category(office)
    assert (await raise_ticket(office)).ok
    await people.wait_for(FULL_MEMBER, DESK, "View in Autotask")


def block_with(view, action_id: str) -> str:
    return next(
        block["block_id"]
        for block in view.body["blocks"]
        if any(element.get("action_id") == action_id for element in block.get("elements", []))
    )


async def test_the_menu_of_who_has_reviews_but_no_ticket_keeps_its_buttons(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await start_review(office)
    await people.close(FULL_MEMBER, everything=True)
    await people.type_command(FULL_MEMBER, DESK, "/autotask")
    menu = await people.wait_for(FULL_MEMBER, DESK, "Next:")
    rows = [block for block in menu.blocks if block["type"] == "actions"]
    names = [element["action_id"] for row in rows for element in row["elements"]]
    assert len(names) >= 4
    assert len(names) == len(set(names))


async def test_a_review_submitted_twice_is_one_review(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    await people.type_command(FULL_MEMBER, DESK, "/autotask review unit")
    form = await people.wait_for_modal(FULL_MEMBER, "Start a review")
    service = office.bot.services.reviews
    template = (await service.templates(office.ctx))[0]
    given = ReviewForm(1, template.id, "", DESK, request_key=f"view:{form.id}")
    first = await service.create(office.ctx, given)
    assert (await service.create(office.ctx, given)).id == first.id
    assert (await people.submit(FULL_MEMBER)).ok
    _, total = await service.page(office.ctx, mine=False)
    assert total == 1


async def test_a_review_started_where_the_app_is_no_member_is_told_directly(office):
    people = office.slack.people
    await connect(office)
    await map_acme(office)
    private = office.slack.workspace.channel("billing")
    private.members.append(FULL_MEMBER)
    await people.type_command(FULL_MEMBER, private.id, "/autotask review unit")
    await people.wait_for_modal(FULL_MEMBER, "Start a review")
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for_modal(FULL_MEMBER, "Review")
    direct = office.slack.workspace.direct(FULL_MEMBER, office.slack.workspace.bot.id)
    await people.wait_for(FULL_MEMBER, direct.id, "Answer questions")


async def test_a_wrong_secret_at_a_slow_autotask_counts_as_one_refused_login(office):
    office.autotask.control.plan(Fault("slow", "ThresholdInformation", "GET", delay_ms=2600))
    await open_connect_form(office)
    await submit_credentials(office, secret="not-the-secret")
    assert "Checking" in modal_words(office, ADMIN)
    await until_modal_says(office, "refused the login")
    refused = [entry for entry in office.autotask.control.log() if entry.status == 401]
    assert len(refused) == 1
