"""The workspace page: switching workspaces, installing and removing the app, files in forms and messages."""

from urllib.parse import urlencode

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.seed import ADMIN, FULL_MEMBER
from sandbox.slack.server import serve

pytestmark = pytest.mark.browser

DESK = "C0SERVICE"
CSV = b'name,price\n"Contoso, Ltd",12.50\n'
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Import"},
    "submit": {"type": "plain_text", "text": "Check"},
    "blocks": [
        {
            "type": "input",
            "block_id": "file",
            "label": {"type": "plain_text", "text": "Prices"},
            "element": {"type": "file_input", "action_id": "pick", "filetypes": ["csv"], "max_files": 1},
        }
    ],
}
LITERAL = "<b> & *not bold*  _x_ :smile:\nsecond line"
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": LITERAL},
                {"type": "text", "text": "loud", "style": {"bold": True, "italic": True, "strike": True}},
                {"type": "link", "url": "https://example.com/?a=1&b=2", "text": "a <link>"},
                {"type": "user", "user_id": FULL_MEMBER},
                {"type": "usergroup", "usergroup_id": "S0FINANCE"},
                {"type": "channel", "channel_id": DESK},
                {"type": "broadcast", "range": "here"},
                {"type": "emoji", "name": "tada"},
                {"type": "date", "timestamp": 1767225600, "format": "{date_num}", "fallback": "f"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "offset": 2,
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "third"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a  <b>\n  c"}]},
    ],
}
DROP = """(node) => {
    const data = new DataTransfer();
    data.items.add(new File(['a,b'], 'dropped.csv', { type: 'text/csv' }));
    node.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
async def slack():
    async with serve() as running:
        yield running


@pytest.fixture
async def client(slack):
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


def address(slack, user=ADMIN, place=DESK):
    return f"{slack.url}#/{user}/{place}"


async def test_another_workspace_has_other_people_and_the_app_comes_with_consent(slack, open_page):
    page = await open_page(address(slack))
    await page.get_by_role("button", name="Switch workspace").click()
    await page.get_by_role("menuitem", name="Harbor IT").click()
    await expect(page.get_by_role("button", name="Playing as Hannah Pryce")).to_be_visible()
    await expect(page.get_by_role("link", name="Deskhand")).to_have_count(0)
    await expect(page.get_by_role("link", name="books")).to_be_visible()

    asked = {"client_id": slack.client_id, "scope": "commands", "redirect_uri": slack.url, "state": "s"}
    consent = await page.context.new_page()
    await consent.goto(f"{slack.authorize_url}?{urlencode(asked)}")
    await consent.get_by_label("Workspace, and who allows it").select_option(label="Hannah Pryce, Harbor IT")
    await consent.get_by_role("button", name="Allow").click()
    await consent.wait_for_url("**/?code=*")
    await AsyncWebClient(base_url=slack.api_url).oauth_v2_access(
        client_id=slack.client_id,
        client_secret=slack.client_secret,
        code=consent.url.split("code=")[1].split("&")[0],
        redirect_uri=slack.url,
    )
    await expect(page.get_by_role("link", name="Deskhand")).to_be_visible()

    await page.get_by_role("link", name="Deskhand").click()
    await page.get_by_role("tab", name="About").click()
    await page.get_by_role("button", name="Uninstall").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Uninstall").click()
    await expect(page.get_by_role("link", name="Deskhand")).to_have_count(0)
    await expect(page.get_by_role("button", name="Playing as Hannah Pryce")).to_be_visible()


async def test_a_file_is_chosen_or_dropped_shown_with_its_size_and_removed(slack, client, open_page):
    page = await open_page(address(slack))
    await expect(page.get_by_role("textbox", name="Message #service-desk")).to_be_visible()
    await client.views_open(trigger_id=slack.hub.grants.trigger(ADMIN), view=FORM)
    form = page.get_by_role("dialog", name="Import")
    wrong = {"name": "prices.exe", "mimeType": "x/y", "buffer": b"x"}
    right = {"name": "prices.csv", "mimeType": "text/csv", "buffer": CSV}
    await form.get_by_label("Prices").set_input_files(wrong)
    await expect(form.get_by_text("prices.exe is not of type csv")).to_be_visible()
    await form.get_by_label("Prices").set_input_files(right)
    await expect(form.get_by_role("listitem")).to_contain_text(["prices.csv32 B"])
    await form.get_by_role("button", name="Remove prices.csv").click()
    await expect(form.get_by_role("listitem")).to_have_count(0)
    await form.locator(".file-field").evaluate(DROP)
    await expect(form.get_by_role("listitem")).to_contain_text(["dropped.csv3 B"])


async def test_files_in_messages_are_previewed_and_dropping_one_shares_it(slack, open_page):
    slack.people.upload(FULL_MEMBER, DESK, name="prices.csv", content=CSV)
    slack.people.upload(FULL_MEMBER, DESK, name="plan.json", content=b'{"a": "<b>"}')
    page = await open_page(address(slack))
    await page.get_by_role("button", name="Preview").first.click()
    await expect(page.get_by_role("dialog").get_by_role("cell", name="Contoso, Ltd")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Preview").last.click()
    await expect(page.get_by_role("dialog")).to_contain_text('{"a": "<b>"}')
    await page.keyboard.press("Escape")
    await page.locator(".composer-box").evaluate(DROP)
    await expect(page.get_by_role("article").filter(has_text="dropped.csv")).to_be_visible()


async def test_the_pages_files_are_asked_for_anew_each_time(slack, open_page):
    page = await open_page(address(slack))
    for path in ("js/main.js", "css/base.css", ""):
        answer = await page.request.get(f"{slack.url}{path}")
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")


async def test_a_permalink_leads_to_its_thread_on_the_page(slack, client, open_page):
    parent = (await client.chat_postMessage(channel=DESK, text="Parent"))["ts"]
    reply = (await client.chat_postMessage(channel=DESK, text="The reply", thread_ts=parent))["ts"]
    permalink = (await client.chat_getPermalink(channel=DESK, message_ts=reply))["permalink"]
    await client.chat_postMessage(channel="C0ACCOUNTS", text=f"<{permalink}|Look here>")
    page = await open_page(address(slack, place="C0ACCOUNTS"))
    await page.get_by_role("link", name="Look here").click()
    await expect(page.get_by_text("The reply")).to_be_visible()
    await page.goto(f"{slack.url}app_redirect?app=A0DESKHAND&team=T0HARBOR1")
    await expect(page.get_by_role("button", name="Playing as Hannah Pryce")).to_be_visible()


async def looks_right(place):
    """Every kind of element inside the place, letter by letter."""
    section = place.locator(".rt-section").first
    words = await section.inner_text()
    assert words.startswith("<b> & *not bold*  _x_ :smile:\nsecond line")
    await expect(place.locator("b i s, s i b")).to_have_text("loud")
    link = place.get_by_role("link", name="a <link>")
    await expect(link).to_have_attribute("href", "https://example.com/?a=1&b=2")
    for mention in ("@Marcus Oyelaran", "@finance", "#service-desk", "@here"):
        await expect(section.get_by_text(mention, exact=True)).to_be_visible()
    assert "2025-12-31" in words
    await expect(place.locator("ol")).to_have_attribute("start", "3")
    await expect(place.locator("blockquote")).to_have_text("quoted")
    assert await place.locator("pre").inner_text() == "a  <b>\n  c"


async def test_rich_text_is_shown_letter_by_letter_in_messages_forms_and_home(slack, client, open_page):
    await client.chat_postMessage(channel=DESK, text="x", blocks=[RICH])
    await client.views_publish(user_id=ADMIN, view={"type": "home", "blocks": [RICH]})
    page = await open_page(address(slack))
    await looks_right(page.get_by_role("article"))
    await client.views_open(
        trigger_id=slack.hub.grants.trigger(ADMIN), view=FORM | {"blocks": [RICH, *FORM["blocks"]]}
    )
    await looks_right(page.get_by_role("dialog", name="Import"))
    await page.keyboard.press("Escape")
    await page.goto(address(slack, place="app/home"))
    await looks_right(page.get_by_role("tabpanel", name="Home"))


async def test_a_renamed_member_is_renamed_on_an_open_page_without_losing_a_form(slack, client, open_page):
    page = await open_page(address(slack))
    await expect(page.get_by_role("button", name="Playing as Dana Whitfield")).to_be_visible()
    await client.views_open(trigger_id=slack.hub.grants.trigger(ADMIN), view=FORM)
    slack.people.change_member(ADMIN, {"real_name": "Dana & <Co>"})
    await expect(page.locator(".switcher strong")).to_have_text("Dana & <Co>")
    await expect(page.get_by_role("dialog", name="Import")).to_be_visible()
