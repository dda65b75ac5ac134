"""Templates as members of the workspace see them: import with a report, preview, versions, export, queues."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Role
from bot.services.templates import ImportForm
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER, VIEWER
from tests.e2e.conftest import empty_database
from tests.factories import until
from tests.integration.steps import DESK, block_with, modal_words, opened_world, until_modal_says
from tests.world import World

GOOD = "category,question,guidance\nBackup,Tested?,Every month\nNetwork,Patched?,\n"
LONG = "Is it so, and how does one know? " * 21


@pytest.fixture(scope="module")
async def shared_office(server, template, tmp_path_factory) -> AsyncIterator[World]:
    async with (
        empty_database(server, template) as url,
        opened_world(url, tmp_path_factory.mktemp("templates")) as opened,
    ):
        await opened.connected()
        await opened.bot.services.access.set_role(opened.ctx, FULL_MEMBER, Role.FULL_MEMBER)
        yield opened


@pytest.fixture
async def office(shared_office) -> AsyncIterator[World]:
    """Tests use templates of their own; nobody has a modal open at first."""
    yield shared_office
    for user in (ADMIN, FULL_MEMBER, VIEWER):
        if shared_office.slack.people.modal(user):
            await shared_office.slack.people.close(user, everything=True)


async def opened_import(office, user=FULL_MEMBER):
    await office.slack.people.type_command(user, DESK, "/autotask templates import")
    return await office.slack.people.wait_for_modal(user, "Import a template")


async def give(office, content, *, name="template.csv", user=FULL_MEMBER, **answers):
    """Chooses a file in the import's form and presses Check."""
    office.slack.people.choose_file(user, "file", name=name, content=content)
    return await office.slack.people.submit(user, answers)


async def opened_template(office, name, user=FULL_MEMBER):
    people = office.slack.people
    before = {message.ts for message in people.messages(user, DESK)}
    await people.type_command(user, DESK, "/autotask templates")

    def look():
        fresh = (each for each in people.messages(user, DESK) if each.ts not in before)
        rows = ((each, block) for each in fresh for block in each.blocks if "accessory" in block)
        return next(((each, row) for each, row in rows if name in str(row.get("text"))), None)

    listing, row = await people.until(look, f"a list with {name}")
    await people.click(user, on(listing), "template_open", block_id=row["block_id"])
    return await people.wait_for_modal(user, "Template")


async def press(office, action_id, user=FULL_MEMBER):
    view = office.slack.people.modal(user)
    return await office.slack.people.click(
        user, inside(view), action_id, block_id=block_with(view, action_id)
    )


async def test_a_file_is_checked_previewed_and_saved_only_then(office):
    people = office.slack.people
    await opened_import(office)
    assert (await give(office, GOOD.encode(), name="client_check.csv")).ok
    preview = await people.wait_for_modal(FULL_MEMBER, "Preview")
    assert "client check" in feed.words_of(preview.body)
    assert "2 questions in 2 categories" in feed.words_of(preview.body)
    assert "client check" not in [each.name for each in await templates(office)]
    assert (await people.submit(FULL_MEMBER)).ok
    await until_saved(office, "client check")
    assert people.modal(FULL_MEMBER) is None


async def test_bad_lines_are_reported_and_the_form_below_keeps_what_was_typed(office):
    people = office.slack.people
    await opened_import(office)
    text = "category,question\nBackup,Tested?\n,Empty?\n"
    assert (await people.submit(FULL_MEMBER, {"text": text, "name": "Mine"})).ok
    report = await people.wait_for_modal(FULL_MEMBER, "Not imported yet")
    assert "Line 3, category: \ntext\nThe category is empty" in feed.words_of(report.body)
    await people.close(FULL_MEMBER)
    form = people.modal(FULL_MEMBER)
    assert form.values["text"]["value"]["value"] == text
    assert form.values["name"]["value"]["value"] == "Mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Categorie,question\nBackup,Tested?\n", "expected “category”"),
        (b"", "empty"),
        (bytes(range(256)) * 9, "not a text file"),
    ],
)
async def test_a_file_that_is_no_template_is_refused_in_words(office, content, words):
    await opened_import(office)
    assert (await give(office, content or b" ")).ok
    await until_modal_says(office, words, FULL_MEMBER)


async def test_a_file_of_two_megabytes_is_refused_under_its_field(office):
    await opened_import(office)
    answer = await give(office, b"category,question\n" + b"x" * 2_000_000)
    assert answer.errors == {"file": "The file is larger than 1 MB."}


async def test_neither_file_nor_text_is_told_under_the_field(office):
    await opened_import(office)
    answer = await office.slack.people.submit(FULL_MEMBER)
    assert "paste the text" in answer.errors["file"]


async def test_a_windows_1252_file_with_a_long_question_is_shown_as_it_is(office):
    await opened_import(office)
    text = f"category;question\nGebäude & <Räume>;Für 5 € geprüft? {LONG}\n"
    assert (await give(office, text.encode("cp1252"))).ok
    preview = await office.slack.people.wait_for_modal(FULL_MEMBER, "Preview")
    assert "Gebäude & <Räume>" in feed.words_of(preview.body)
    assert "Windows-1252" in feed.words_of(preview.body)
    await office.slack.people.submit(FULL_MEMBER, {})
    await until_saved(office, "template")
    await opened_template(office, "template")
    assert f"Für 5 € geprüft? {LONG.strip()}" in modal_words(office, FULL_MEMBER)


async def test_importing_again_is_a_new_version_and_the_preview_says_what_changes(office):
    people = office.slack.people
    for text in (GOOD, GOOD.replace("Patched?", "Patched at once?")):
        await opened_import(office)
        await people.submit(FULL_MEMBER, {"text": text, "name": "Twice"})
        preview = await people.wait_for_modal(FULL_MEMBER, "Preview")
        words = feed.words_of(preview.body)
        await people.submit(FULL_MEMBER)
        await until_saved(office, "Twice")
    assert "version 2" in words
    assert "1 new, 1 gone, 1 the same" in words
    assert {each.name: each.version for each in await templates(office)}["Twice"] == 2


async def test_a_template_is_renamed_archived_and_taken_back(office):
    people = office.slack.people
    await imported(office, "To be renamed")
    await opened_template(office, "To be renamed")
    await press(office, "template_rename")
    await people.wait_for_modal(FULL_MEMBER, "Rename template")
    assert (await people.submit(FULL_MEMBER, {"name": "*Our* security"})).ok
    await until_modal_says(office, "*Our* security", FULL_MEMBER)
    await press(office, "template_archive")
    await until_modal_says(office, "not offered for new reviews", FULL_MEMBER)
    assert "*Our* security" not in [each.name for each in await templates(office)]
    await press(office, "template_archive")

    async def is_back() -> bool:
        return "*Our* security" in [each.name for each in await templates(office)]

    await until(is_back)


@pytest.mark.parametrize("ending", ["csv", "yaml"])
async def test_an_export_comes_as_a_file_that_can_be_imported_again(office, ending):
    people = office.slack.people
    await opened_template(office, "IT alignment review")
    await press(office, f"template_export:{ending}")
    await until_modal_says(office, f"it-alignment-review.{ending}", FULL_MEMBER)
    name = f"it-alignment-review.{ending}"
    file = next(each for each in office.slack.workspace.files.values() if each.name == name)
    await people.close(FULL_MEMBER, everything=True)
    await opened_import(office)
    assert (await give(office, file.content, name=file.name)).ok
    await until_modal_says(office, "0 new, 0 gone, 26 the same", FULL_MEMBER)


async def test_a_category_gets_its_default_queue_at_once(office):
    people = office.slack.people
    await opened_template(office, "IT alignment review")
    await press(office, "template_queues")
    view = await people.wait_for_modal(FULL_MEMBER, "Default queues")
    row = next(block for block in view.body["blocks"] if block["block_id"].startswith("queue:1:"))
    found = await people.suggest(
        FULL_MEMBER, inside(view), "template_queue", "client", block_id=row["block_id"]
    )
    queue = found.options[-1]
    await people.choose(
        FULL_MEMBER, inside(view), "template_queue", {"selected_option": queue}, block_id=row["block_id"]
    )
    await until_modal_says(office, queue["text"]["text"], FULL_MEMBER)
    template = next(each for each in await templates(office) if each.key == "it-alignment")
    async with office.bot.database.unit(office.tenant.id) as uow:
        chosen = await uow.templates.default_queue(template.id, template.categories[1])
    assert str(chosen) == queue["value"]


async def test_a_viewer_looks_and_may_not_import(office):
    await office.bot.services.access.set_role(office.ctx, VIEWER, Role.VIEWER)
    await office.slack.people.type_command(VIEWER, DESK, "/autotask templates import")
    await office.slack.people.wait_for(VIEWER, DESK, "You may not change review templates")
    await opened_template(office, "Security review", VIEWER)
    assert "sign in with a method" in modal_words(office, VIEWER)


async def test_the_example_in_the_form_is_a_file_in_the_persons_own_messages(office):
    people = office.slack.people
    form = await opened_import(office, ADMIN)
    block = next(block for block in form.body["blocks"] if block.get("accessory"))
    await people.click(ADMIN, inside(form), "template_export", block_id=block["block_id"])
    await until_modal_says(office, "is in your messages", ADMIN)


async def templates(office):
    return await office.bot.services.templates.all(office.ctx)


async def until_saved(office, name):
    direct = office.slack.workspace.direct(FULL_MEMBER, office.slack.workspace.bot.id)

    def is_told(message):
        words = feed.words_of_message(message)
        return name in words and "is saved" in words

    def look():
        places = (DESK, direct.id)
        every = [each for place in places for each in office.slack.people.messages(FULL_MEMBER, place)]
        return next((each for each in every if is_told(each)), None)

    return await office.slack.people.until(look, f"{name} saved")


async def imported(office, name):
    service = office.bot.services.templates
    read = await service.read(office.ctx, ImportForm(GOOD.encode(), name=name))
    return await service.save(office.ctx, read.draft_id)
