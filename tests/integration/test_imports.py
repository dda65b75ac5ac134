"""Organizations from a CSV file: through the form, or dropped into the conversation with Deskhand."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.context import Role
from bot.errors import NotAllowed
from sandbox.slack import feed
from sandbox.slack.people import on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, GUEST
from tests.factories import until
from tests.integration.steps import DESK, modal_words, opened_world
from tests.world import World

CLIENTS = """name;company
Acme;Acme Dental
*Ünit* <Söhne>;Ünit & Söhne <GmbH>
Walk-in;
Twice;Nobody & Sons
acme;Contoso Ltd
""".encode()


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        await opened.connected()
        yield opened


def direct(office: World, user: str = FULL_MEMBER) -> str:
    return office.slack.workspace.direct(user, office.slack.workspace.bot.id).id


def files(office: World) -> list:
    """Every file that was shared in a conversation."""
    return [each for each in office.slack.workspace.files.values() if each.shares]


async def organizations(office: World) -> dict[str, str]:
    page = await office.bot.services.organizations.page(office.ctx, limit=100)
    return {each.name: each.company.name if each.company else "" for each in page.organizations}


async def drop(office: World, content: bytes, contains: str, *, name: str = "clients.csv"):
    office.slack.people.upload(FULL_MEMBER, direct(office), name=name, content=content)
    return await office.slack.people.wait_for(FULL_MEMBER, direct(office), contains)


async def until_modal(office: World, text: str) -> str:
    async def said() -> str:
        words = modal_words(office, FULL_MEMBER)
        return words if text in words else ""

    return str(await until(said))


async def test_a_file_dropped_into_the_conversation_is_shown_then_saved_then_known(office):
    people = office.slack.people
    preview = await drop(office, CLIENTS, "Import 3 organizations?")
    words = feed.words_of_message(preview)
    for expected in (
        "3 to create · 0 to update · 0 unchanged · 2 lines cannot be used",
        "*Ünit* <Söhne>",
        ": no company in Autotask has the name Nobody & Sons",
        ": the same name as line 2",
    ):
        assert expected in words
    assert await organizations(office) == {}
    await people.click(FULL_MEMBER, on(preview), "import_start")
    done = await people.wait_for(FULL_MEMBER, direct(office), "3 created, 0 updated, 0 unchanged")
    assert "Their contracts are arriving." in feed.words_of_message(done)
    assert done.ts == preview.ts
    expected = {"Acme": "Acme Dental", "*Ünit* <Söhne>": "Ünit & Söhne <GmbH>", "Walk-in": ""}
    assert await organizations(office) == expected
    await people.click(FULL_MEMBER, on(done), "import_faults")
    bad = await people.until(
        lambda: next((each for each in files(office) if each.name == "clients-bad-lines.csv"), None),
        "the file",
    )
    assert b"5,no company in Autotask has the name Nobody & Sons" in bad.content
    again = await drop(office, CLIENTS, "Nothing new in this file")
    assert "0 to create · 0 to update · 3 unchanged" in feed.words_of_message(again)
    assert "import_start" not in feed.words_of_message(again)


async def test_an_import_is_undone_as_one(office):
    people = office.slack.people
    await office.mapped("Walk-in", "Contoso Ltd")
    preview = await drop(office, b"name,company\nWalk-in,Acme Dental\nNew,\n", "Import 2 organizations?")
    assert "Walk-in: Contoso Ltd → Acme Dental" in feed.words_of(preview.blocks).replace("\ntext\n", "")
    await people.click(FULL_MEMBER, on(preview), "import_start")
    done = await people.wait_for(FULL_MEMBER, direct(office), "1 created, 1 updated")
    assert await organizations(office) == {"Walk-in": "Acme Dental", "New": ""}
    await people.click(FULL_MEMBER, on(done), "map_undo")
    await people.wait_for(FULL_MEMBER, direct(office), "Undone: 2 organizations are as before")
    assert await organizations(office) == {"Walk-in": "Contoso Ltd"}


async def test_a_file_given_to_the_form_is_shown_there_before_anything_is_saved(office):
    people = office.slack.people
    await people.type_command(FULL_MEMBER, DESK, "/autotask map")
    page = await people.wait_for(FULL_MEMBER, DESK, "Import CSV")
    await people.click(FULL_MEMBER, on(page), "import_open")
    await people.wait_for_modal(FULL_MEMBER, "Import organizations")
    people.choose_file(FULL_MEMBER, "file", name="wrong.csv", content=b"foo,bar\n1,2\n")
    assert (await people.submit(FULL_MEMBER)).ok
    words = await until_modal(office, "The first line has to name the columns")
    assert "it says “foo,bar”" in words
    people.choose_file(FULL_MEMBER, "file", name="clients.csv", content=CLIENTS)
    assert (await people.submit(FULL_MEMBER)).ok
    await until_modal(office, "New (3)")
    assert await organizations(office) == {}
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, direct(office), "3 created, 0 updated, 0 unchanged")
    assert len(await organizations(office)) == 3


async def test_an_import_that_was_cancelled_cannot_be_started_any_more(office):
    people = office.slack.people
    preview = await drop(office, b"name\nAcme\n", "Import 1 organization?")
    await people.click(FULL_MEMBER, on(preview), "import_cancel")
    await people.wait_for(FULL_MEMBER, direct(office), "is not imported. Nothing was saved")
    again = await drop(office, b"name\nBeta\n", "Import 1 organization?", name="beta.csv")
    await people.click(FULL_MEMBER, on(again), "import_start")
    await people.wait_for(FULL_MEMBER, direct(office), "beta.csv is imported")
    assert await organizations(office) == {"Beta": ""}


async def test_what_is_no_list_of_organizations_is_told_so_in_the_conversation(office):
    people = office.slack.people
    await drop(office, b"%PDF", "reads CSV files", name="invoice.pdf")
    await drop(office, b"foo;bar\n1;2\n", "it says “foo;bar”", name="other.csv")
    people.say(FULL_MEMBER, direct(office), "hello")
    await people.wait_for(FULL_MEMBER, direct(office), "I listen to")
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.people.set_role(FULL_MEMBER, Role.VIEWER, ADMIN, office.bot.tools.clock.now())
    await drop(office, b"name\nAcme\n", "needs the right to map", name="mine.csv")
    assert await organizations(office) == {}


async def test_a_guest_gets_no_answer_at_all(office):
    people, guest = office.slack.people, direct(office, GUEST)
    before = len(people.messages(GUEST, guest))
    people.upload(GUEST, guest, name="clients.csv", content=CLIENTS)
    await drop(office, b"name\nAcme\n", "Import 1 organization?")
    assert len(people.messages(GUEST, guest)) == before + 1


async def test_a_file_that_names_every_client_is_not_for_who_sees_some_of_them(office):
    preview = await office.bot.services.imports.read(
        office.ctx, CLIENTS, file_name="clients.csv", request_key="one"
    )
    person = replace(office.ctx.person, role=Role.FULL_MEMBER, organizations=frozenset({1}))
    limited = replace(office.ctx, person=person)
    for act in (office.bot.services.imports.preview, office.bot.services.imports.cancel):
        with pytest.raises(NotAllowed):
            await act(limited, preview.read.id)
