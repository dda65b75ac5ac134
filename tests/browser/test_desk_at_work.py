"""A connected desk in the browser: what each kind of member can do, see and not see."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from sandbox.slack.harbor import OWNER
from sandbox.slack.seed import ADMIN, EXTERNAL, FINANCE, FULL_MEMBER, GUEST, SALES, VIEWER
from tests.browser.conftest import OpenPage
from tests.browser.deskhand import (
    PATIENCE,
    Demo,
    Member,
    answer_first,
    connected_by_dana,
    map_new,
    running_demo,
)

pytestmark = pytest.mark.browser

SHARED = "C0ACMESHARED"
HARBOR_DESK = "C0HDESK"
ASIDE = "Something only members know"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Connected by Dana, with tickets on and the organization Harbourside."""
    with running_demo(tmp_path_factory.mktemp("desk") / "demo") as running:
        connected_by_dana(running)
        yield running


@pytest.fixture
async def at_page(demo: Demo, open_page: OpenPage):
    """`await at_page(user)` is that member at a page of their own; forms left open are closed afterwards."""
    seated: list[Member] = []

    async def sit_down(user: str = ADMIN, place: str = "C0SERVICE", **look: object) -> Member:
        seated.append(Member(await open_page(demo.address(user, place), **look)))
        return seated[-1]

    yield sit_down
    for member in seated:
        await member.close_everything()


async def test_a_full_member_maps_reviews_and_raises_a_ticket(at_page):
    marcus = await at_page(FULL_MEMBER)
    await marcus.command("/autotask map", expecting="Organizations")
    await map_new(marcus, "Marcus's own client", "falconer")
    await marcus.press("Start a review")
    form = await marcus.shown("Start a review")
    await expect(form.get_by_label("Organization")).to_have_value("Marcus's own client")
    await marcus.press("Start")
    await answer_first(marcus)
    await marcus.press("Raise a ticket", first=True)
    await marcus.shown("Raise a ticket")
    await marcus.fill(Summary=ASIDE)
    await marcus.press("Create ticket")
    await marcus.reads("Saved.")
    await marcus.press("Done")
    await marcus.shown("Identity and access")
    await marcus.dialog.get_by_role("button", name="Close").click()
    card = marcus.page.get_by_role("article").filter(has_text=re.compile(rf"T\d{{8}}\.\d{{4}} · {ASIDE}"))
    await expect(card).to_be_visible(timeout=PATIENCE)
    await expect(card).to_contain_text("Marcus's own client")


async def test_what_a_full_member_may_not_do_is_asked_for_approved_and_then_works(at_page):
    priya, dana = await at_page(FINANCE), await at_page(ADMIN)
    for command, words in (
        ("/autotask settings", "Only Admins change these"),
        ("/autotask connect", "You may not connect Autotask"),
        ("/autotask access", "You may not change people's roles"),
    ):
        refused = await priya.command(command, expecting=words)
        await expect(refused.get_by_role("button", name="Request access")).to_be_visible()
    await priya.press("Request access")
    await priya.sees("The Admins were asked to let you change people's roles")
    await dana.page.get_by_role("link", name=re.compile("^Deskhand")).click()
    await dana.page.get_by_role("tab", name="Messages").click()
    await dana.press("Approve…")
    await dana.shown("Give access")
    await dana.press("Give access")
    await dana.sees("approved as Admin")
    await priya.command("/autotask access", expecting="Marcus")


@pytest.mark.parametrize("user", [VIEWER, GUEST], ids=["viewer", "guest"])
async def test_who_may_not_raise_tickets_is_refused_by_commands_and_by_a_cards_button(at_page, user):
    dana, member = await at_page(), await at_page(user)
    await dana.command("/autotask review harbour")
    await dana.shown("Start a review")
    await dana.press("Start")
    await dana.shown("Review")
    await member.command("/autotask ticket", expecting="You may not")
    await expect(member.answer).not_to_contain_text("Harbourside")
    card = member.message("0 of 26 answered")
    await card.get_by_role("button", name="Add ticket").click()
    refusals = member.page.get_by_role("article").filter(has_text="You may not")
    await expect(refusals).to_have_count(2, timeout=PATIENCE)
    await member.nothing_is_open()


async def test_members_of_a_group_see_the_organizations_of_their_group_alone(at_page):
    dana, sofia = await at_page(), await at_page(SALES)
    await dana.command("/autotask map", expecting="Organizations")
    await map_new(dana, "Only Sofia's", "summerfield")
    await dana.command("/autotask groups", expecting="No organization groups yet")
    await dana.press("New organization group")
    await dana.shown("New organization group")
    await dana.fill(Name="Sofia's clients")
    await dana.choose("Organizations", "only")
    await dana.page.keyboard.press("Tab")
    await dana.choose("People", "sofia")
    await dana.page.keyboard.press("Tab")
    await dana.press("Create")
    await dana.shown("Organization group")
    seen = await sofia.command("/autotask map", expecting="Only Sofia's")
    await expect(seen).not_to_contain_text("Harbourside")
    told = await sofia.command("/autotask map harbour", expecting="harbour")
    await expect(told).not_to_contain_text("Harbourside")


async def test_another_workspace_installs_uses_and_removes_the_app_and_sees_nothing_of_ours(
    demo, at_page, open_page
):
    install = await open_page(f"{demo.bot}slack/install")
    await install.get_by_role("button", name="Add to Slack").click()
    await install.locator("select#member").select_option(OWNER)
    await install.get_by_role("button", name="Allow").click()
    await expect(install.get_by_role("heading", name="Deskhand is in Harbor IT")).to_be_visible()
    hannah = await at_page(OWNER, HARBOR_DESK)
    await hannah.command("/autotask", expecting="no Admin yet")
    await hannah.press("Become the first Admin")
    await hannah.sees("You are Deskhand's first Admin")
    seen = await hannah.command("/autotask map", expecting="organization")
    await expect(seen).not_to_contain_text("Harbourside")
    await hannah.page.get_by_role("link", name=re.compile("^Deskhand")).click()
    await hannah.page.get_by_role("tab", name="About").click()
    await hannah.press("Uninstall")
    await hannah.page.get_by_role("alertdialog").get_by_role("button", name="Uninstall").click()
    await expect(hannah.page.get_by_role("link", name=re.compile("^Deskhand"))).to_have_count(0)


async def test_a_guest_sees_nothing_of_the_desk_at_home(at_page):
    greta = await at_page(GUEST, "app/home")
    home = greta.page.get_by_role("tabpanel")
    await expect(home).to_contain_text("is for members of Northwind IT", timeout=PATIENCE)
    await expect(home).not_to_contain_text(re.compile("Autotask|Harbourside"))
    await expect(home.get_by_role("button")).to_have_count(0)


async def test_somebody_of_another_company_is_refused_in_the_shared_channel(at_page):
    evelyn = await at_page(EXTERNAL, SHARED)
    answer = await evelyn.command("/autotask tickets", expecting="/autotask")
    await expect(answer).not_to_contain_text(re.compile("Harbourside|T\\d{8}"))
    await evelyn.nothing_is_open()


async def test_an_unmapped_organization_is_set_up_from_a_half_filled_form_that_keeps_everything(at_page):
    dana = await at_page()
    await dana.command("/autotask map", expecting="Organizations")
    await dana.press("New organization")
    await dana.shown("New organization")
    await dana.fill(Organization="Nowhere yet")
    await dana.press("Save")
    await dana.sees("Nowhere yet is created; it is not mapped yet")
    await dana.command("/autotask review nowhere")
    form = await dana.shown("Start a review")
    await dana.fill(Title="Half typed")
    await form.get_by_label("Mail and cloud services").uncheck()
    await dana.press("Set up PSA organization")
    await dana.shown("Map organization")
    await dana.choose("Autotask company", "alpine")
    await dana.press("Save")
    form = await dana.shown("Start a review")
    await expect(form.get_by_label("Create Ticket in Autotask")).to_be_visible(timeout=PATIENCE)
    await expect(form.get_by_label("Title")).to_have_value("Half typed")
    await expect(form.get_by_label("Organization")).to_have_value("Nowhere yet")
    await expect(form.get_by_label("Mail and cloud services")).not_to_be_checked()


async def test_a_file_of_organizations_is_shown_with_its_bad_lines_before_anything_is_saved(at_page):
    dana = await at_page()
    await dana.command("/autotask map", expecting="Organizations")
    await dana.press("Import CSV")
    await dana.shown("Import organizations")
    await give_file(dana, "clients.csv", "name;company\nWalk-in;\nTwice;Nobody & Sons\nwalk-in;\n")
    await dana.press("Read the file")
    await dana.reads("1 to create · 0 to update · 0 unchanged · 2 lines cannot be used")
    await dana.reads("Line 3: no company in Autotask has the name Nobody & Sons")
    await dana.press("Import 1")
    await dana.reads("On its way")
    await dana.press("Done")
    await dana.command("/autotask map walk-in", expecting="not mapped")


async def test_a_template_with_a_wrong_header_is_refused_line_by_line(at_page):
    dana = await at_page()
    await dana.command("/autotask templates import")
    await dana.shown("Import a template")
    await give_file(dana, "template.csv", "area,what\nBackup,Tested?\n")
    await dana.press("Check")
    await dana.shown("Not imported yet")
    await dana.reads("Line 1, column 1: The header “area” is not known; expected “category”.")
    await dana.reads("Line 1, column 2: The header “what” is not known")


async def give_file(member: Member, name: str, text: str) -> None:
    given = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    await member.dialog.locator("input[type=file]").set_input_files(given)
    await expect(member.dialog.get_by_role("listitem").filter(has_text=name)).to_be_visible()


async def test_tickets_are_switched_to_read_only_and_undone_and_the_form_says_which(at_page):
    dana = await at_page()
    await dana.command("/autotask settings")
    await dana.shown("Settings")
    await dana.press("Change switches")
    await dana.shown("Switches")
    await dana.dialog.get_by_role("radio", name="Read-only", exact=True).first.check()
    await dana.press("Save")
    await dana.reads("Saved: Tickets.")
    await dana.page.keyboard.press("Escape")
    await dana.nothing_is_open()
    await dana.sees("On → Read-only")
    await dana.command("/autotask review harbour")
    await dana.shown("Start a review")
    await dana.reads("Tickets are read-only for now")
    await dana.page.keyboard.press("Escape")
    await dana.press("Undo")
    await dana.sees("Taken back")
    await dana.command("/autotask review harbour")
    await dana.shown("Start a review")
    await expect(dana.dialog.get_by_label("Create Ticket in Autotask")).to_be_visible()


async def test_a_ticket_is_raised_with_the_keyboard_alone(at_page):
    dana = await at_page()
    await expect(dana.page.get_by_role("textbox", name=re.compile("^Message "))).to_be_focused()
    keyboard = dana.page.keyboard
    await keyboard.type("/autotask ticket")
    await keyboard.press("Escape")
    await keyboard.press("Enter")
    form = await dana.shown("Raise a ticket")
    await expect(form.get_by_label("Summary")).to_be_focused()
    await keyboard.press("Shift+Tab")
    await keyboard.type("harb")
    await expect(dana.page.get_by_role("option", name="Harbourside")).to_be_visible(timeout=PATIENCE)
    await keyboard.press("Enter")
    await dana.reads("For Harbourside")
    await form.get_by_label("Organization").press("Tab")
    await expect(form.get_by_label("Summary")).to_be_focused()
    await keyboard.type("Typed without a mouse")
    await keyboard.press("Control+Enter")
    await dana.reads("Saved.")
    await keyboard.press("Escape")
    await dana.nothing_is_open()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nothing_is_wider_than_a_narrow_phone(at_page, dark: bool):
    dana = await at_page(width=360, height=740, dark=dark)
    for command, title in (
        ("/autotask settings", "Settings"),
        ("/autotask review harbour", "Start a review"),
    ):
        await dana.command(command)
        await dana.shown(title)
        assert await dana.page.evaluate("document.documentElement.scrollWidth") == 360
        await dana.page.keyboard.press("Escape")
        await dana.nothing_is_open()
    for command, words in (
        ("/autotask map", "Organizations"),
        ("/autotask verify", "permissions are in place"),
    ):
        await dana.command(command, expecting=words)
        assert await dana.page.evaluate("document.documentElement.scrollWidth") == 360
