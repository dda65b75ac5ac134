"""Connecting Autotask: the card, wrong values of each kind, a slow answer, the choices, and changing them later."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.app import running
from bot.domain.credentials import CredentialsForm
from bot.domain.switches import Capability, Mode
from bot.services.connections import ChosenDefaults
from sandbox.autotask.faults import Fault
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import until
from tests.integration.steps import (
    DESK,
    choose_queue,
    connect,
    modal_words,
    open_connect_form,
    opened_world,
    submit_credentials,
    tickets_on,
    until_modal_says,
)
from tests.world import World, admin_of, sandboxes, settings_for


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        yield opened


def direct(office: World) -> str:
    return office.slack.workspace.direct(ADMIN, office.slack.workspace.bot.id).id


def refused_logins(office: World) -> int:
    return sum(entry.status == 401 for entry in office.autotask.control.log())


async def test_the_card_goes_from_the_security_level_to_the_user_and_says_what_to_copy(office):
    people = office.slack.people
    await people.type_command(ADMIN, DESK, "/autotask connect")
    card = await people.wait_for(ADMIN, DESK, "Step 1 of 3")
    first = feed.words_of_message(card)
    for words in ("Security Levels", "API User (system)", "Copy", "Contracts: Edit", "Tickets: Add"):
        assert words in first
    await people.click(ADMIN, on(card), "connect_step:done")
    second = feed.words_of_message(await people.wait_for(ADMIN, DESK, "Step 2 of 3"))
    for words in (
        "Autotask Bot",
        "Generate Secret",
        "cannot be shown again",
        "Custom (Internal Integration)",
    ):
        assert words in second
    assert "ignore that mail" in second
    assert "Step 1 of 3" not in "".join(map(feed.words_of_message, people.messages(ADMIN, DESK)))


async def test_who_may_not_connect_learns_whom_to_ask_and_can_request_it(office):
    people = office.slack.people
    await people.type_command(FULL_MEMBER, DESK, "/autotask connect")
    message = await people.wait_for(FULL_MEMBER, DESK, "You may not connect Autotask")
    assert f"<@{ADMIN}>" in str(message.blocks)
    [button] = message.blocks[1]["elements"]
    assert (button["action_id"], button["value"]) == ("access_request", "connect")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("username", "S4ndbox#Secret~42", "looks like the secret"),
        ("tracking_id", "S4ndbox#Secret~42", "Is it the secret?"),
        ("secret", "someone@example.com", "e-mail address"),
        ("tracking_id", "DESKHAND SANDBOX 0000000000001", "no spaces"),
    ],
)
async def test_a_value_in_the_wrong_field_is_told_there_and_nothing_is_sent(office, field, typed, words):
    await open_connect_form(office)
    office.autotask.control.clear_log()
    answer = await submit_credentials(office, **{field: typed})
    assert list(answer.errors) == [field]
    assert words in answer.errors[field]
    assert office.autotask.control.log() == []


async def test_blanks_around_the_values_do_no_harm(office):
    given = office.autotask.credentials
    await open_connect_form(office)
    await submit_credentials(
        office,
        username=f" {given.username} ",
        secret=f"{given.secret}\t",
        tracking_id=f" {given.tracking_id}",
    )
    await until_modal_says(office, "Logged in")


async def test_after_three_refusals_nothing_is_sent_any_more_and_the_user_is_not_locked(office):
    await open_connect_form(office)
    told = [
        (await submit_credentials(office, secret=f"wrong-secret-{number}")).errors["secret"]
        for number in range(4)
    ]
    assert "2 more tries" in told[0]
    assert "One more try" in told[1]
    assert "30 minutes" in told[2]
    assert "30 minutes" in told[3]
    assert refused_logins(office) == 3
    assert not office.autotask.control.user().locked


async def test_a_login_that_works_forgets_the_refusals_before_it(office):
    await open_connect_form(office)
    await submit_credentials(office, secret="wrong-secret-1")
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    async with office.bot.database.unit(office.tenant.id) as uow:
        assert await uow.proofs.tries_left(office.autotask.credentials.username) == 3


async def test_an_inactive_user_is_told_in_the_one_sentence_that_fits_all_three(office):
    office.autotask.control.user().locked = True
    await open_connect_form(office)
    answer = await submit_credentials(office)
    assert "the secret is wrong, or the API user is inactive or locked" in answer.errors["secret"]


async def test_a_missing_right_is_told_with_its_place_and_what_was_typed_stays(office):
    office.autotask.control.revoke("Companies", ("query",))
    await open_connect_form(office)
    answer = await submit_credentials(office)
    assert answer.response_action == "push"
    await until_modal_says(office, "Security Levels")
    assert "Company" in modal_words(office, ADMIN)
    await office.slack.people.close(ADMIN)
    office.autotask.control.grant("Companies", ("query",))
    assert (await office.slack.people.submit(ADMIN)).response_action == "update"


async def test_a_slow_answer_is_one_message_edited_in_place_to_its_very_end(office):
    people = office.slack.people
    office.autotask.control.plan(Fault("slow", "ThresholdInformation", "GET", delay_ms=7500))
    await open_connect_form(office)
    await submit_credentials(office)
    assert "Checking" in modal_words(office, ADMIN)
    waiting = await people.wait_for(ADMIN, direct(office), "Checking with Autotask")
    assert " s" in feed.words_of_message(waiting)
    await until_modal_says(office, "Logged in")
    accepted = await people.wait_for(ADMIN, direct(office), "accepted the credentials")
    assert accepted.ts == waiting.ts
    chosen = {"queue": await choose_queue(office), "tickets": tickets_on(office)}
    assert (await people.submit(ADMIN, chosen)).ok
    connected = await people.wait_for(ADMIN, direct(office), "Autotask is connected")
    assert connected.ts == waiting.ts
    about_it = [
        m for m in people.messages(ADMIN, direct(office)) if "companies" not in feed.words_of_message(m)
    ]
    assert [message.ts for message in about_it] == [waiting.ts]


async def test_the_queues_nobody_works_come_last_and_say_so(office):
    people = office.slack.people
    await open_connect_form(office)
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    found = await people.suggest(ADMIN, inside(people.modal(ADMIN)), "connect_queue", "")
    labels = [option["text"]["text"] for option in found.options]
    assert labels[-1] == "Post Sale"
    assert "No resource" in found.options[-1]["description"]["text"]
    assert not any("description" in option for option in found.options[:-1])


async def test_without_the_right_to_read_memberships_queues_are_offered_all_the_same(office):
    office.autotask.control.revoke("ResourceRoles", ("query",))
    people = office.slack.people
    await open_connect_form(office)
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    found = await people.suggest(ADMIN, inside(people.modal(ADMIN)), "connect_queue", "")
    assert len(found.options) == 6
    assert not any("description" in option for option in found.options)


async def test_a_first_connection_creates_nothing_until_somebody_says_so(office):
    people = office.slack.people
    await open_connect_form(office)
    await submit_credentials(office)
    await until_modal_says(office, "Logged in")
    await people.submit(ADMIN, {"queue": await choose_queue(office)})
    message = await people.wait_for(ADMIN, DESK, "Autotask is connected")
    said = feed.words_of_message(message)
    assert "No ticket is created in Autotask yet" in said
    assert "first company sync starts now" in said
    assert "run:settings" in str(message.blocks)
    switches = await office.bot.services.connections.switches(office.ctx)
    assert switches.mode(Capability.TICKETS) is Mode.READ_ONLY


async def test_an_update_keeps_choices_and_switches_and_the_old_login_until_the_new_one_is_proven(office):
    people = office.slack.people
    await connect(office)
    before = await office.bot.services.connections.status(office.ctx)
    office.autotask.database.add_user(resource_id=29_682_886, username="second@sandbox.example")
    second = office.autotask.control.user("second@sandbox.example")
    await people.type_command(ADMIN, DESK, "/autotask connect")
    card = await people.wait_for(ADMIN, DESK, "Update credentials")
    await people.click(ADMIN, on(card), "connect_open")
    await people.wait_for_modal(ADMIN, "Connect Autotask")
    await submit_credentials(office, username=second.username, secret="wrong-secret-1")
    assert await office.bot.services.connections.status(office.ctx) == before
    await submit_credentials(office, username=second.username, secret=second.secret)
    await until_modal_says(office, "Logged in")
    element = next(b["element"] for b in people.modal(ADMIN).body["blocks"] if b.get("block_id") == "queue")
    assert element["initial_option"]["text"]["text"] == "Client Portal"
    assert (await people.submit(ADMIN)).ok

    async def changed() -> bool:
        now = await office.bot.services.connections.status(office.ctx)
        return now.username == second.username and now.defaults == before.defaults

    await until(changed)
    assert (await office.bot.services.connections.switches(office.ctx)).mode(Capability.TICKETS) is Mode.ON


async def test_credentials_of_another_database_are_refused_while_one_is_connected(office):
    await connect(office)
    control = office.autotask.control
    control.change(replace(control.sandbox.settings, ci=41_000))
    people = office.slack.people
    await people.type_command(ADMIN, DESK, "/autotask connect")
    card = await people.wait_for(ADMIN, DESK, "Update credentials")
    await people.click(ADMIN, on(card), "connect_open")
    await people.wait_for_modal(ADMIN, "Connect Autotask")
    answer = await submit_credentials(office)
    assert "another Autotask database" in answer.errors["username"]


async def test_a_refusal_that_a_person_met_pauses_the_connection_and_is_told_once(office):
    people = office.slack.people
    await connect(office)
    office.autotask.control.user().secret = "changed in Autotask"
    for _ in range(2):
        await people.type_command(ADMIN, DESK, "/autotask verify")
        await people.wait_for(ADMIN, DESK, "Autotask refused the login")
    await people.wait_for(ADMIN, direct(office), "refuses Deskhand's login")
    told = [m for m in people.messages(ADMIN, direct(office)) if "refuses" in feed.words_of_message(m)]
    assert len(told) == 1
    assert refused_logins(office) == 1


async def test_a_late_refusal_of_an_old_login_does_not_stop_the_new_one(office):
    await connect(office)
    old = await office.bot.clients(office.tenant.id)
    await office.bot.services.connections.finish(
        office.ctx, await proven_draft(office), await same_choices(office)
    )
    office.autotask.control.fail_next(1, status=401, entity="EntityInformation")
    with pytest.raises(Exception, match="AT-202"):
        await old.entity_access()
    now = await office.bot.services.connections.status(office.ctx)
    assert now.state.value == "active"


async def proven_draft(office: World) -> str:
    given, proofs = office.autotask.credentials, office.bot.services.proofs
    form = CredentialsForm(given.username, SecretStr(given.secret), SecretStr(given.tracking_id))
    draft_id = await proofs.save_draft(office.ctx, form)
    await proofs.prove(office.ctx, draft_id)
    return draft_id


async def same_choices(office: World):
    kept = (await office.bot.services.connections.status(office.ctx)).defaults
    values = (kept.queue, kept.status_new, kept.status_updated, kept.status_closed, kept.priority)
    return ChosenDefaults(*(str(each.value) for each in values))


async def test_a_login_managed_by_environment_leads_straight_to_the_choices(database_url, tmp_path):
    async with sandboxes() as (autotask, slack):
        given = autotask.credentials
        managed = {
            "autotask_username": given.username,
            "autotask_secret": SecretStr(given.secret),
            "autotask_tracking_id": SecretStr(given.tracking_id),
        }
        async with running(settings_for(autotask, slack, database_url, tmp_path, **managed)) as bot:
            await slack.wait_connected()
            office = World(autotask, slack, bot, await admin_of(bot, slack))
            people = slack.people
            await people.type_command(ADMIN, DESK, "/autotask connect")
            card = await people.wait_for(ADMIN, DESK, "managed by environment")
            await people.click(ADMIN, on(card), "connect_open")
            await until_modal_says(office, "Logged in")
            assert (await people.submit(ADMIN, {"queue": await choose_queue(office)})).ok
            await until_modal_says(office, "Autotask is connected")
            assert (await bot.services.connections.status(office.ctx)).username == given.username
