"""The workspace page, driven as a person would, with a Bolt app behind it over Socket Mode."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.blockkit.spec import BLOCKS, ELEMENTS
from sandbox.slack.seed import ADMIN, EXTERNAL, FULL_MEMBER
from sandbox.slack.server import serve
from sandbox.slack.settings import SlackSettings
from tests.browser.desk_app import build_desk_app

pytestmark = pytest.mark.browser

DESK = "C0SERVICE"


@pytest.fixture
async def slack():
    async with serve(settings=SlackSettings(ack_seconds=1.0)) as running:
        yield running


@pytest.fixture
async def client(slack):
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
async def desk(slack, client):
    """The workspace with the desk app connected."""
    handler = AsyncSocketModeHandler(build_desk_app(client), slack.app_token)
    await handler.connect_async()
    await slack.wait_connected()
    yield slack
    await handler.close_async()


def address(slack, user=FULL_MEMBER, place=DESK):
    return f"{slack.url}#/{user}/{place}"


def composer(page, name="#service-desk"):
    return page.get_by_role("textbox", name=f"Message {name}")


async def run_command(page, text):
    await composer(page).fill(text)
    await composer(page).press("Enter")


async def test_a_command_leads_through_a_form_with_type_ahead_to_a_card_with_a_button(desk, open_page):
    page = await open_page(address(desk))
    await run_command(page, "/autotask")
    answer = page.get_by_role("article").filter(has_text="Nothing is open for you.")
    await expect(answer).to_contain_text("Only visible to you")

    await answer.get_by_role("button", name="Start").click()
    form = page.get_by_role("dialog", name="New ticket")
    await form.get_by_role("button", name="Create").click()
    await expect(form.get_by_text("Please complete this required field.")).to_have_count(2)
    await expect(form.get_by_role("combobox", name="Company")).to_be_focused()

    await form.get_by_role("combobox", name="Company").press_sequentially("harb")
    offered = page.get_by_role("option")
    await expect(offered).to_have_text(["Harbor Dental Group", "Harbor Freight Partners"])
    await offered.first.click()
    await form.get_by_label("Summary").fill("UPS")
    await form.get_by_role("button", name="Create").click()
    await expect(form.get_by_text("Say a little more")).to_be_visible()
    await expect(form.get_by_label("Summary")).to_be_focused()
    await expect(form.get_by_role("combobox", name="Company")).to_have_value("Harbor Dental Group")

    await form.get_by_label("Summary").fill("UPS battery failed")
    await expect(form.get_by_text("Say a little more")).to_have_count(0)
    await form.get_by_role("button", name="Create").click()
    await expect(form).to_have_count(0)
    card = page.get_by_role("article").filter(has_text="Harbor Dental Group: UPS battery failed")
    await card.get_by_role("button", name="Complete").click()
    done = page.get_by_role("article").filter(has_text="Completed by @Marcus Oyelaran")
    await expect(done).to_contain_text("(edited)")
    await expect(done.get_by_role("button", name="Complete")).to_have_count(0)


async def test_the_whole_way_works_from_the_keyboard(desk, open_page):
    page = await open_page(address(desk))
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("/aut")
    await expect(page.get_by_role("option", name="/autotask")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Tab")
    await expect(composer(page)).to_have_value("/autotask ")
    await page.keyboard.press("Enter")
    start = page.get_by_role("button", name="Start")
    await expect(start).to_be_visible()
    await start.focus()
    await page.keyboard.press("Enter")

    form = page.get_by_role("dialog", name="New ticket")
    await expect(form.get_by_role("combobox", name="Company")).to_be_focused()
    await page.keyboard.type("kes")
    await expect(page.get_by_role("option", name="Kestrel Logistics")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Scanner offline")
    await page.keyboard.press("Enter")
    await expect(form).to_have_count(0)
    await expect(page.get_by_text("Kestrel Logistics: Scanner offline")).to_be_visible()


async def test_escape_closes_a_list_first_and_the_form_next_and_tab_stays_inside(desk, open_page):
    page = await open_page(address(desk))
    await run_command(page, "/autotask")
    await page.get_by_role("button", name="Start").click()
    form = page.get_by_role("dialog", name="New ticket")
    await form.get_by_role("combobox", name="Kind").click()
    await expect(page.get_by_role("option", name="Incident")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option", name="Incident")).to_have_count(0)
    await expect(form).to_be_visible()

    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await form.evaluate("dialog => dialog.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    assert desk.people.modal(FULL_MEMBER) is None


async def test_what_is_typed_survives_an_update_of_the_form(desk, open_page):
    page = await open_page(address(desk))
    await run_command(page, "/autotask")
    await page.get_by_role("button", name="Start").click()
    form = page.get_by_role("dialog", name="New ticket")
    await form.get_by_label("Summary").fill("Move the firewall")
    await form.get_by_role("combobox", name="Kind").click()
    await page.get_by_role("option", name="Change").click()
    await expect(form.get_by_label("Reason for the change")).to_be_visible()
    await expect(form.get_by_label("Summary")).to_have_value("Move the firewall")
    await expect(form.get_by_role("combobox", name="Kind")).to_have_value("Change")


async def test_another_member_does_not_see_an_ephemeral_message(desk, open_page):
    page = await open_page(address(desk))
    await run_command(page, "/autotask")
    await expect(page.get_by_text("Nothing is open for you.")).to_be_visible()
    await page.get_by_role("button", name=re.compile("Switch member")).click()
    await page.get_by_role("option", name=re.compile("Dana Whitfield")).click()
    await expect(page.get_by_role("button", name=re.compile("Playing as Dana Whitfield"))).to_be_visible()
    desk.people.say(ADMIN, DESK, "Dana was here")
    await expect(page.get_by_text("Dana was here")).to_be_visible()
    await expect(page.get_by_text("Nothing is open for you.")).to_have_count(0)


async def test_a_member_of_another_company_sees_only_the_shared_channel(desk, open_page):
    page = await open_page(address(desk, user=EXTERNAL, place=DESK))
    channels = page.get_by_role("region", name="Channels").get_by_role("link")
    await expect(channels).to_have_text(["acme-shared"])
    await expect(composer(page, "#acme-shared")).to_be_visible()


async def test_a_deactivated_member_cannot_be_played(desk, open_page):
    page = await open_page(address(desk))
    await page.get_by_role("button", name=re.compile("Switch member")).click()
    former = page.get_by_role("option", name=re.compile("Lewis Grant"))
    await expect(former).to_have_attribute("aria-disabled", "true")
    await former.click(force=True)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=re.compile("Playing as Marcus"))).to_be_visible()


async def test_the_theme_follows_the_system_until_one_is_chosen(desk, open_page):
    page = await open_page(address(desk), dark=True)
    await expect(composer(page)).to_be_visible()
    background = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(background)
    await page.get_by_role("button", name="Switch to light theme").click()
    light = await page.evaluate(background)
    assert (dark, light) == ("rgb(23, 27, 27)", "rgb(255, 255, 255)")
    await page.reload()
    await expect(page.get_by_role("button", name="Switch to dark theme")).to_be_visible()
    assert await page.evaluate(background) == light


async def test_text_is_shown_as_text_and_unescaped_exactly_once(desk, client, open_page):
    page = await open_page(address(desk))
    await client.chat_postMessage(
        channel=DESK,
        text="&lt;img src=x onerror=alert(1)&gt; &amp;amp; *bold* <https://a.example/?b=1&amp;c=2|the link>",
    )
    await expect(
        page.get_by_text("<img src=x onerror=alert(1)> &amp; bold the link", exact=True)
    ).to_be_visible()
    await expect(page.get_by_role("link", name="the link")).to_have_attribute(
        "href", "https://a.example/?b=1&c=2"
    )
    await composer(page).fill("<b>1 < 2</b> & @Deskhand")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    said = await desk.people.wait_for(FULL_MEMBER, DESK, "1 &lt; 2")
    assert said.text == "&lt;b&gt;1 &lt; 2&lt;/b&gt; &amp; <@U0DESKHAND>"
    await expect(page.get_by_text("<b>1 < 2</b> & @Deskhand", exact=True)).to_be_visible()


async def test_a_link_that_is_no_web_address_is_not_a_link(desk, client, open_page):
    page = await open_page(address(desk))
    link = {"type": "link", "url": "javascript:alert(1)", "text": "press me"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
    await client.chat_postMessage(channel=DESK, text="x", blocks=[rich])
    await expect(page.get_by_text("press me")).to_be_visible()
    await expect(page.get_by_role("link", name="press me")).to_have_count(0)


async def test_an_app_that_does_not_answer_is_named_where_the_command_was_typed(desk, open_page):
    page = await open_page(address(desk))
    await run_command(page, "/autotask never")
    notice = page.get_by_role("article").filter(has_text="operation_timeout")
    await expect(notice).to_contain_text("/autotask failed with the error")


async def test_a_command_in_a_thread_is_refused_and_a_reply_is_counted(desk, open_page):
    page = await open_page(address(desk))
    await composer(page).fill("Who is on call?")
    await page.keyboard.press("Enter")
    message = page.get_by_role("article").filter(has_text="Who is on call?")
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    reply = thread.get_by_role("textbox", name="Reply")
    await expect(reply).to_be_focused()
    await reply.fill("/autotask")
    await reply.press("Enter")
    await expect(thread.get_by_text("/autotask is not supported in threads. Sorry!")).to_be_visible()
    await reply.fill("I am")
    await reply.press("Enter")
    await expect(page.get_by_role("button", name="1 reply")).to_be_visible()


async def test_every_block_and_element_that_slack_accepts_can_be_drawn(desk, open_page):
    page = await open_page(address(desk))
    drawn_by_their_block = {"plain_text", "mrkdwn", "url"}
    elements = [name for name in ELEMENTS if name not in drawn_by_their_block]
    drawn = await page.evaluate(
        """async ([blocks, elements]) => {
            const { drawsBlock } = await import('/js/blocks/index.js');
            const { drawsElement } = await import('/js/blocks/elements.js');
            return [blocks.filter(drawsBlock), elements.filter(drawsElement)];
        }""",
        [list(BLOCKS), elements],
    )
    assert drawn == [list(BLOCKS), elements]


async def test_a_data_table_is_sorted_filtered_and_paged_without_asking_the_app(desk, client, open_page):
    def words(*cells):
        return [{"type": "raw_text", "text": cell} for cell in cells]

    companies = [
        ("Bluepine", 30),
        ("Acme", 200),
        ("Contoso", 4),
        ("Dunder", 15),
        ("Emberly", 9),
        ("Fabrikam", 1),
    ]
    rows = [
        [*words(name), {"type": "raw_number", "value": seats, "text": str(seats)}]
        for name, seats in companies
    ]
    table = {"type": "data_table", "caption": "Seats", "rows": [words("Company", "Seats"), *rows]}
    await client.chat_postMessage(channel=DESK, text="Seats", blocks=[table])
    page = await open_page(address(desk))
    first_column = page.get_by_role("table", name="Seats").get_by_role("rowheader")
    await expect(first_column).to_have_text(["Bluepine", "Acme", "Contoso", "Dunder", "Emberly"])
    await page.get_by_role("button", name="Next page").click()
    await expect(first_column).to_have_text(["Fabrikam"])
    await page.get_by_role("button", name="Seats").click()
    await page.get_by_role("button", name="Previous page").click()
    await expect(first_column).to_have_text(["Fabrikam", "Contoso", "Emberly", "Dunder", "Bluepine"])
    await page.get_by_role("searchbox", name="Filter Seats").fill("con")
    await expect(first_column).to_have_text(["Contoso"])
    assert not [d for d in desk.journal.wire()["deliveries"] if d["kind"] == "interactive"]


async def test_home_is_drawn_when_it_is_published_and_opens_a_form(desk, open_page):
    page = await open_page(address(desk, place="app/home"))
    await expect(page.get_by_text("Good morning")).to_be_visible()
    await page.get_by_role("button", name="New ticket").click()
    await expect(page.get_by_role("dialog", name="New ticket")).to_be_visible()


async def test_unread_messages_are_counted_until_the_channel_is_opened(desk, open_page):
    page = await open_page(address(desk))
    await expect(composer(page)).to_be_visible()
    desk.people.say(ADMIN, "C0ACCOUNTS", f"<@{FULL_MEMBER}> have a look")
    await page.get_by_role("link", name="account-management, 1 unread").click()
    await expect(page.get_by_role("log").get_by_text("have a look")).to_be_visible()
    await expect(page.get_by_role("link", name="account-management", exact=True)).to_be_visible()


async def test_a_form_fills_a_phone_and_nothing_is_wider_than_the_screen(desk, open_page):
    page = await open_page(address(desk), width=360, height=740)
    await run_command(page, "/autotask")
    await page.get_by_role("button", name="Start").click()
    form = page.get_by_role("dialog", name="New ticket")
    await expect(form).to_be_visible()
    assert await form.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    await form.get_by_role("button", name="Close").click()
    await expect(form).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await page.get_by_role("button", name="Back to conversations").click()
    await page.get_by_role("link", name="general").click()
    await expect(composer(page, "#general")).to_be_visible()


async def test_nothing_is_asked_of_any_other_machine(desk, client, page):
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    picture = {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "A chart"}
    await client.chat_postMessage(channel=DESK, text="x", blocks=[picture])
    await page.goto(address(desk))
    await expect(page.get_by_role("img", name="A chart")).to_be_visible()
    assert set(asked) == {urlsplit(desk.url).netloc}


async def test_a_lost_connection_is_told_and_what_was_missed_appears_afterwards(open_page):
    async with serve() as first:
        workspace, port = first.workspace, urlsplit(first.url).port
        page = await open_page(address(first))
        await expect(composer(page)).to_be_visible()
        await expect(page.get_by_text("Deskhand is starting")).to_be_visible()
    await expect(page.get_by_text("The connection to the workspace was lost")).to_be_visible()
    async with serve(port=port, workspace=workspace) as second:
        second.people.say(ADMIN, DESK, "Said meanwhile")
        await expect(page.get_by_text("Said meanwhile")).to_be_visible(timeout=15_000)
        await expect(page.get_by_text("The connection to the workspace was lost")).to_have_count(0)
