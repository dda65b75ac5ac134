"""Mapping as members do it: suggestions, one press for all that are sure, and the way back."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.context import Ctx, Person, Role
from bot.domain.organizations import Company
from bot.errors import AlreadyDone, NotAllowed
from bot.services.organizations import MappingForm
from sandbox.slack import feed
from sandbox.slack.people import inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from tests.factories import FrozenClock, until
from tests.integration.steps import DESK, modal_words, opened_world
from tests.world import World, world

EVIL = "*Ünit* & <Söhne> _GmbH_"


@pytest.fixture
async def office(database_url, tmp_path) -> AsyncIterator[World]:
    async with opened_world(database_url, tmp_path) as opened:
        await opened.connected()
        yield opened


async def have(office: World, *names: str) -> dict[str, int]:
    """Organizations that nobody has mapped."""
    async with office.bot.database.unit(office.tenant.id) as uow:
        return {
            name: (await uow.organizations.add(name, "U1", office.bot.tools.clock.now())).id for name in names
        }


async def companies_of(office: World) -> dict[str, str]:
    """Company by organization, archived ones left out; "" for what is not mapped."""
    page = await office.bot.services.organizations.page(office.ctx, limit=100)
    return {each.name: each.company.name if each.company else "" for each in page.organizations}


async def shown(office: World, line: str, contains: str, user: str = FULL_MEMBER):
    await office.slack.people.type_command(user, DESK, line)
    return await office.slack.people.wait_for(user, DESK, contains)


def row_of(message, organization_id: int) -> str:
    """The block in which an organization's buttons are."""
    for block in message.blocks:
        if block["type"] == "actions" and block["block_id"] == f"map_row:{organization_id}":
            return block["block_id"]
    raise AssertionError(organization_id)


async def use_menu(office: World, message, verb: str, organization_id: int, user: str = FULL_MEMBER):
    """Chooses from the ⋯ menu, wherever in the row it is."""
    for block in message.blocks:
        for element in [block.get("accessory") or {}, *block.get("elements", [])]:
            options = element.get("options", []) if element.get("type") == "overflow" else []
            chosen = [each for each in options if each["value"].startswith(f"{verb}|{organization_id}|")]
            if chosen:
                return await office.slack.people.choose(
                    user, on(message), "map_more", {"selected_option": chosen[0]}, block_id=block["block_id"]
                )
    raise AssertionError(verb)


async def option_of(office: World, query: str, name: str, action: str = "map_company") -> dict:
    people = office.slack.people
    found = await people.suggest(FULL_MEMBER, inside(people.modal(FULL_MEMBER)), action, query)
    return next(option for option in found.options if option["text"]["text"] == name)


async def test_a_suggestion_is_accepted_in_the_list_and_taken_back_there(office):
    people = office.slack.people
    ids = await have(office, "Acme Dental Inc")
    page = await shown(office, "/autotask map", "98 %")
    assert "the same name but for the legal form" in feed.words_of_message(page)
    row = row_of(page, ids["Acme Dental Inc"])
    await people.click(FULL_MEMBER, on(page), "map_accept", block_id=row)
    page = await people.wait_for(FULL_MEMBER, DESK, "Acme Dental Inc is mapped to Acme Dental in Autotask")
    assert await companies_of(office) == {"Acme Dental Inc": "Acme Dental"}
    assert len([each for each in people.messages(FULL_MEMBER, DESK) if each.ephemeral_to]) == 1
    await people.click(FULL_MEMBER, on(page), "map_undo")
    await people.wait_for(FULL_MEMBER, DESK, "Undone: Acme Dental Inc is as before")
    assert await companies_of(office) == {"Acme Dental Inc": ""}


async def test_an_undo_is_refused_when_somebody_has_changed_it_since(office):
    people = office.slack.people
    ids = await have(office, "Acme Dental Inc")
    page = await shown(office, "/autotask map", "98 %")
    row = row_of(page, ids["Acme Dental Inc"])
    await people.click(FULL_MEMBER, on(page), "map_accept", block_id=row)
    page = await people.wait_for(FULL_MEMBER, DESK, "is mapped to")
    [twin, _] = await office.bot.services.organizations.search_companies(office.ctx, "contoso")
    await office.bot.services.organizations.save(
        office.ctx, organization_id=ids["Acme Dental Inc"], name="", company_id=twin.autotask_id
    )
    await people.click(FULL_MEMBER, on(page), "map_undo")
    await people.wait_for(
        FULL_MEMBER, DESK, "Nothing was undone. Acme Dental Inc: it was changed again since"
    )
    assert await companies_of(office) == {"Acme Dental Inc": twin.name}


async def test_everything_sure_is_mapped_in_one_press_after_a_look_and_undone_in_one(office):
    people = office.slack.people
    await have(office, "Acme Dental", "Unit und Sohne", "Contoso", "Zenith")
    page = await shown(office, "/autotask map", "Accept all")
    await people.click(FULL_MEMBER, on(page), "map_bulk")
    await until_modal(office, "Will be mapped (2)")
    words = modal_words(office, FULL_MEMBER)
    assert "Need your eye (1)" in words
    assert "Contoso Ltd fits as well as Contoso Limited" in words
    assert "1 have no suggestion" in words
    assert (await people.submit(FULL_MEMBER)).ok
    page = await people.wait_for(FULL_MEMBER, DESK, "2 organizations mapped to what was suggested")
    mapped = {"Acme Dental": "Acme Dental", "Unit und Sohne": "Ünit & Söhne <GmbH>"}
    assert await companies_of(office) == {"Contoso": "", "Zenith": "", **mapped}
    await people.click(FULL_MEMBER, on(page), "map_undo")
    await people.wait_for(FULL_MEMBER, DESK, "Undone: 2 organizations are as before")
    assert set((await companies_of(office)).values()) == {""}


async def until_modal(office: World, text: str, user: str = FULL_MEMBER) -> None:
    async def said() -> bool:
        return text in modal_words(office, user)

    await until(said)


async def test_what_has_changed_since_the_look_is_shown_again_instead_of_done(office):
    people = office.slack.people
    ids = await have(office, "Acme Dental", "Unit und Sohne")
    page = await shown(office, "/autotask map", "Accept all")
    await people.click(FULL_MEMBER, on(page), "map_bulk")
    await until_modal(office, "Will be mapped (2)")
    await office.bot.services.organizations.archive(office.ctx, ids["Acme Dental"])
    assert (await people.submit(FULL_MEMBER)).ok
    await until_modal(office, "Something changed meanwhile")
    assert "Will be mapped (1)" in modal_words(office, FULL_MEMBER)
    assert await companies_of(office) == {"Unit und Sohne": ""}
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, DESK, "1 organization mapped")


async def test_the_form_is_filled_with_the_suggestion_and_its_score(office):
    people = office.slack.people
    ids = await have(office, "Acme Dentl")
    page = await shown(office, "/autotask map", "Acme Dentl")
    await people.click(FULL_MEMBER, on(page), "map_change", block_id=row_of(page, ids["Acme Dentl"]))
    modal = await people.wait_for_modal(FULL_MEMBER, "Map organization")
    assert "Suggested: Acme Dental, 9" in feed.words_of(modal.body)
    found = await people.suggest(FULL_MEMBER, inside(modal), "map_company", "")
    assert "% alike" in found.options[0]["description"]["text"]
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, DESK, "Acme Dentl is mapped to Acme Dental")


async def test_a_company_that_another_organization_has_is_asked_about_once(office):
    people = office.slack.people
    await office.mapped("First", "Acme Dental")
    ids = await have(office, "Second")
    page = await shown(office, "/autotask map", "Second")
    await people.click(FULL_MEMBER, on(page), "map_change", block_id=row_of(page, ids["Second"]))
    await people.wait_for_modal(FULL_MEMBER, "Map organization")
    company = await option_of(office, "acme", "Acme Dental")
    assert (await people.submit(FULL_MEMBER, {"company": company})).ok
    await until_modal(office, "is mapped to First already")
    assert (await companies_of(office))["Second"] == ""
    assert (await people.submit(FULL_MEMBER)).ok
    await people.wait_for(FULL_MEMBER, DESK, "Second is mapped to Acme Dental")


async def test_an_organization_that_is_archived_under_the_open_form_is_told_there_and_nothing_is_lost(office):
    people = office.slack.people
    ids = await have(office, EVIL)
    page = await shown(office, "/autotask map", EVIL)
    await people.click(FULL_MEMBER, on(page), "map_change", block_id=row_of(page, ids[EVIL]))
    await people.wait_for_modal(FULL_MEMBER, "Map organization")
    company = await option_of(office, "acme", "Acme Dental")
    await office.bot.services.organizations.archive(office.ctx, ids[EVIL])
    answer = await people.submit(FULL_MEMBER, {"company": company})
    assert f"{EVIL} was archived while the form was open" in answer.errors["company"]
    await office.bot.services.organizations.restore(office.ctx, ids[EVIL])
    assert (await people.submit(FULL_MEMBER, {"company": company})).ok
    await people.wait_for(FULL_MEMBER, DESK, f"{EVIL} is mapped to Acme Dental")


async def test_several_companies_become_organizations_at_once(office):
    people = office.slack.people
    page = await shown(office, "/autotask map", "No organizations yet")
    await people.click(FULL_MEMBER, on(page), "map_create")
    await people.wait_for_modal(FULL_MEMBER, "From Autotask")
    chosen = [
        await option_of(office, text, name, "map_companies")
        for text, name in (("unit", "Ünit & Söhne <GmbH>"), ("contoso li", "Contoso Limited"))
    ]
    assert (await people.submit(FULL_MEMBER, {"companies": chosen})).ok
    page = await people.wait_for(
        FULL_MEMBER, DESK, "2 organizations created and mapped. Their contracts are arriving."
    )
    names = ("Ünit & Söhne <GmbH>", "Contoso Limited")
    assert await companies_of(office) == {name: name for name in names}
    await people.click(FULL_MEMBER, on(page), "map_undo")
    await people.wait_for(FULL_MEMBER, DESK, "What had been created is archived")
    assert await companies_of(office) == {}


async def test_companies_that_others_mapped_under_the_open_form_are_left_out_and_the_reason_told(office):
    people = office.slack.people
    page = await shown(office, "/autotask map", "No organizations yet")
    await people.click(FULL_MEMBER, on(page), "map_create")
    await people.wait_for_modal(FULL_MEMBER, "From Autotask")
    chosen = [await option_of(office, "contoso li", "Contoso Limited", "map_companies")]
    await office.mapped("Quicker", "Contoso Limited")
    assert (await people.submit(FULL_MEMBER, {"companies": chosen})).ok
    await people.wait_for(FULL_MEMBER, DESK, "Contoso Limited: left out, it is mapped to Quicker already.")
    assert await companies_of(office) == {"Quicker": "Contoso Limited"}


async def test_a_name_opens_its_card_where_it_is_renamed_archived_and_brought_back(office):
    people = office.slack.people
    organization = await office.mapped(EVIL)
    card = await shown(office, "/autotask map soehne", "Autotask company")
    assert EVIL in feed.words_of(card.blocks)
    await use_menu(office, card, "rename", organization.id)
    await people.wait_for_modal(FULL_MEMBER, "Rename organization")
    assert (await people.submit(FULL_MEMBER, {"name": "Plain"})).ok
    card = await people.wait_for(FULL_MEMBER, DESK, "It is called Plain now")
    await use_menu(office, card, "archive", organization.id)
    await people.wait_for_modal(FULL_MEMBER, "Archive organization")
    assert (await people.submit(FULL_MEMBER)).ok
    card = await people.wait_for(FULL_MEMBER, DESK, "Plain is archived")
    assert await companies_of(office) == {}
    await use_menu(office, card, "restore", organization.id)
    await people.wait_for(FULL_MEMBER, DESK, "Plain is back")
    assert await companies_of(office) == {"Plain": "Acme Dental"}


async def test_a_name_that_is_no_organization_yet_is_made_from_its_company(office):
    people = office.slack.people
    answer = await shown(office, "/autotask map acme", "These companies in Autotask do")
    await people.click(FULL_MEMBER, on(answer), "map_create_one")
    await people.wait_for(FULL_MEMBER, DESK, "Acme Dental created and mapped")
    assert await companies_of(office) == {"Acme Dental": "Acme Dental"}


async def test_the_list_is_filtered_searched_and_paged_in_place(office):
    people = office.slack.people
    await office.mapped("Mapped One")
    await have(office, *(f"Client {number:02}" for number in range(1, 15)))
    page = await shown(office, "/autotask map", "1 to 10 of 15")
    assert len([block for block in page.blocks if block["type"] == "rich_text"]) == 10
    await people.click(FULL_MEMBER, on(page), "map_page:next")
    page = await people.wait_for(FULL_MEMBER, DESK, "11 to 15 of 15")
    block = next(each for each in page.blocks if each.get("block_id", "").startswith("map_ways"))
    unmapped = next(each for each in block["elements"][0]["options"] if each["text"]["text"] == "Not mapped")
    await people.choose(
        FULL_MEMBER, on(page), "map_show", {"selected_option": unmapped}, block_id=block["block_id"]
    )
    page = await people.wait_for(FULL_MEMBER, DESK, "1 to 10 of 14 · Not mapped")
    await people.click(FULL_MEMBER, on(page), "map_search")
    await people.wait_for_modal(FULL_MEMBER, "Search organizations")
    assert (await people.submit(FULL_MEMBER, {"text": "client 1"})).ok
    await people.wait_for(FULL_MEMBER, DESK, "1 to 5 of 5 · Not mapped · containing “client 1”")
    assert len([each for each in people.messages(FULL_MEMBER, DESK) if each.ephemeral_to]) == 1


async def test_a_company_that_became_inactive_or_went_away_is_marked_and_can_be_replaced(office):
    people = office.slack.people
    organization = await office.mapped("Client", "Acme Dental")
    async with office.bot.database.unit(office.tenant.id) as uow:
        company = Company(organization.company.autotask_id, "Acme Dental", is_active=False)
        await uow.companies.upsert([company], office.bot.tools.clock.now())
    await shown(office, "/autotask map", "1 with a company inactive or gone")
    page = await shown(office, "/autotask map", " is inactive in Autotask: map it to another")
    await people.click(FULL_MEMBER, on(page), "map_change", block_id=row_of(page, organization.id))
    await people.wait_for_modal(FULL_MEMBER, "Map organization")
    company = await option_of(office, "contoso ltd", "Contoso Ltd")
    assert (await people.submit(FULL_MEMBER, {"company": company})).ok
    await people.wait_for(FULL_MEMBER, DESK, "Client is mapped to Contoso Ltd")


async def test_reading_the_companies_again_says_who_is_mapped_to_one_that_is_inactive_by_now(office):
    people = office.slack.people
    organization = await office.mapped("Client", "Acme Dental")
    row = office.autotask.database.row("Companies", organization.company.autotask_id)
    office.autotask.database.update("Companies", row["id"], {"isActive": False})
    page = await shown(office, "/autotask map", "Client")
    await people.click(FULL_MEMBER, on(page), "map_refresh")
    direct = office.slack.workspace.direct(FULL_MEMBER, office.slack.workspace.bot.id).id
    said = await people.wait_for(
        FULL_MEMBER, direct, "1 organization is mapped to a company that is inactive or gone"
    )
    button = next(each["accessory"] for each in said.blocks if "accessory" in each)
    block = next(each["block_id"] for each in said.blocks if "accessory" in each)
    assert button["value"] == "0|trouble|"
    await people.click(FULL_MEMBER, on(said), "map_list", block_id=block)
    await people.wait_for(FULL_MEMBER, direct, "1 to 1 of 1 · Company inactive or gone")


async def test_who_may_only_read_sees_the_card_without_its_buttons_and_an_old_button_refuses(office):
    people = office.slack.people
    ids = await have(office, "Acme Dental Inc")
    page = await shown(office, "/autotask map", "98 %")
    async with office.bot.database.unit(office.tenant.id) as uow:
        await uow.people.set_role(FULL_MEMBER, Role.VIEWER, ADMIN, office.bot.tools.clock.now())
    await people.click(FULL_MEMBER, on(page), "map_accept", block_id=row_of(page, ids["Acme Dental Inc"]))
    await people.wait_for(FULL_MEMBER, DESK, "You may not map organizations")
    await people.type_command(FULL_MEMBER, DESK, "/autotask map acme dental inc")
    await people.wait_for(FULL_MEMBER, DESK, "none yet")
    page = people.messages(FULL_MEMBER, DESK)[-1]
    buttons = {element.get("action_id") for block in page.blocks for element in block.get("elements", [])}
    assert not buttons & {"map_change", "review_new"}
    assert await companies_of(office) == {"Acme Dental Inc": ""}


async def test_every_change_is_in_the_audit_trail_with_old_and_new(office):
    organizations, mapping = office.bot.services.organizations, office.bot.services.mapping
    first = await office.mapped("Client", "Acme Dental")
    [twin, _] = await organizations.search_companies(office.ctx, "contoso")
    await organizations.save(office.ctx, organization_id=first.id, name="", company_id=twin.autotask_id)
    renamed = await organizations.rename(office.ctx, first.id, "Customer")
    await mapping.undo(office.ctx, renamed.batch_id)
    async with office.bot.database.unit(office.tenant.id) as uow:
        acts = await uow.audit.recent(4)
    said = [(act.action, act.by, act.before, act.after) for act in reversed(acts)]
    by, old, new = office.ctx.person.user_id, "Acme Dental", twin.name
    assert said == [
        ("map organization", by, None, {"name": "Client", "company": old, "through": "create organization"}),
        ("map organization", by, {"name": "Client", "company": old}, {"name": "Client", "company": new}),
        ("rename organization", by, {"name": "Client", "company": new}, {"name": "Customer", "company": new}),
        (
            "rename organization",
            by,
            {"name": "Customer", "company": new},
            {"name": "Client", "company": new, "through": "undo mapping"},
        ),
    ]


async def test_from_the_home_tab_the_list_is_a_modal_that_changes_where_it_is(office):
    people = office.slack.people
    ids = await have(office, "Acme Dental Inc", "Second")
    people.open_home(FULL_MEMBER)
    home = await people.wait_for_home(FULL_MEMBER, "Map organizations")
    await people.click(FULL_MEMBER, inside(home), "run:map")
    await until_modal(office, "98 %")
    view = people.modal(FULL_MEMBER)
    await people.click(FULL_MEMBER, inside(view), "map_accept", block_id=f"map_row:{ids['Acme Dental Inc']}")
    await until_modal(office, "is mapped to Acme Dental")
    view = people.modal(FULL_MEMBER)
    await people.click(FULL_MEMBER, inside(view), "map_change", block_id=f"map_row:{ids['Second']}")
    await people.wait_for_modal(FULL_MEMBER, "Map organization")
    company = await option_of(office, "contoso ltd", "Contoso Ltd")
    assert (await people.submit(FULL_MEMBER, {"company": company})).ok
    await until_modal(office, "Second is mapped to Contoso Ltd")
    assert people.modal(FULL_MEMBER).id == view.id


async def test_after_ten_minutes_nothing_can_be_undone(database_url, tmp_path):
    clock = FrozenClock()
    async with world(database_url, tmp_path, clock=clock) as here:
        service, mapping = here.bot.services.organizations, here.bot.services.mapping
        early = await service.store(here.ctx, MappingForm(name="Early"))
        late = await service.store(here.ctx, MappingForm(name="Late"))
        clock.advance(minutes=10)
        assert (await mapping.undo(here.ctx, early.batch_id)).undone == ("Early",)
        with pytest.raises(AlreadyDone) as twice:
            await mapping.undo(here.ctx, early.batch_id)
        clock.advance(seconds=1)
        with pytest.raises(AlreadyDone) as too_late:
            await mapping.undo(here.ctx, late.batch_id)
        assert "undone already" in twice.value.what
        assert "more than 10 minutes ago" in too_late.value.what


async def test_an_import_stops_when_the_person_no_longer_sees_every_organization(office):
    imports = office.bot.services.imports
    read = await imports.read(office.ctx, b"name\nOne\n", file_name="a.csv", request_key="narrowed")
    limited = Person("U0LIMITED", "Limited", Role.FULL_MEMBER, organizations=frozenset())
    with pytest.raises(NotAllowed):
        await imports.save_chunk(Ctx(office.tenant, limited), read.read.id)
