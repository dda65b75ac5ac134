"""Deskhand's demo as a process of its own, and members who use it at the page."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

from sandbox.slack.seed import ADMIN
from tests.browser.conftest import FLAGS, OpenPage, chromium_path

ROOT = Path(__file__).parents[2]
DESK = "C0SERVICE"
PATIENCE = 20_000
"""Milliseconds a member waits for the bot on a busy machine."""
MISALIGNED = "Misaligned"
CREDENTIALS = {
    "username": "Username (key)",
    "secret": "Password (secret)",
    "tracking_id": "API tracking identifier",
}


@dataclass(frozen=True)
class Demo:
    """Where the demo listens, and the values that connect its Autotask."""

    page: str
    autotask: str
    bot: str
    username: str
    secret: str
    tracking_id: str

    def address(self, user: str = ADMIN, place: str = DESK) -> str:
        return f"{self.page}#/{user}/{place}"


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """`make demo` on free ports, with its own folder; it must stop as asked."""
    command = [sys.executable, "-m", "sandbox", "demo", "--port", "0", "--folder", str(folder)]
    with (
        (folder.parent / f"{folder.name}.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, Path(log.name).read_text()
            yield _read(line)
        finally:
            process.terminate()
            code = process.wait(20)
    assert code == 0


def _read(line: bytes) -> Demo:
    said = json.loads(line)
    given, health = said["autotask"]["credentials"], said["bot"]["health_url"]
    return Demo(
        said["page"],
        said["autotask"]["url"],
        health.removesuffix("readyz"),
        given["username"],
        given["secret"],
        given["tracking_id"],
    )


class Member:
    """Somebody at the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def dialog(self) -> Locator:
        """The modal on top."""
        return self.page.get_by_role("dialog").last

    @property
    def answer(self) -> Locator:
        """The latest message."""
        return self.page.get_by_role("article").last

    def message(self, words: str) -> Locator:
        return self.page.get_by_role("article").filter(has_text=words).last

    async def command(self, text: str, *, expecting: str = "") -> Locator:
        """Types a command; gives the message that says what is expected."""
        box = self.page.get_by_role("textbox", name=re.compile("^Message "))
        await box.fill(text)
        await box.press("Enter")
        if expecting:
            await self.sees(expecting)
        return self.message(expecting) if expecting else self.answer

    async def sees(self, words: str) -> None:
        await expect(self.message(words)).to_be_visible(timeout=PATIENCE)

    async def shown(self, title: str) -> Locator:
        """The modal on top once it has this title."""
        heading = self.dialog.get_by_role("heading", name=title, exact=True)
        await expect(heading).to_be_visible(timeout=PATIENCE)
        return self.dialog

    async def reads(self, words: str) -> None:
        """In the modal on top."""
        await expect(self.dialog).to_contain_text(words, timeout=PATIENCE)

    async def press(self, name: str, *, first: bool = False) -> None:
        """The latest button of that name: in the modal on top, if there is one."""
        found = self.page.get_by_role("button", name=name, exact=True)
        await (found.first if first else found.last).click()

    async def fill(self, **values: str) -> None:
        """Words of labels are joined by underscores: ``fill(Summary="…")``."""
        for label, value in values.items():
            await self.dialog.get_by_label(label.replace("_", " ")).fill(value)

    async def choose(self, label: str, typed: str) -> str:
        """Types into a type-ahead and takes its first answer that contains the text."""
        await self.dialog.get_by_label(label).click()
        await self.page.keyboard.type(typed)
        option = self.page.get_by_role("option").filter(has_text=re.compile(typed, re.IGNORECASE)).first
        chosen = (await option.inner_text()).splitlines()[0]
        await option.click()
        return chosen

    async def close_everything(self) -> None:
        """A form stays open for its member on every page, as in Slack."""
        open_forms = self.page.get_by_role("dialog")
        for _ in range(6):
            if not await open_forms.count():
                return
            await self.page.keyboard.press("Escape")
            await self.page.wait_for_function("() => true")
        await self.nothing_is_open()

    async def nothing_is_open(self) -> None:
        await expect(self.page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)


async def claim(dana: Member) -> None:
    await dana.command("/autotask", expecting="no Admin yet")
    await dana.press("Become the first Admin")
    await dana.sees("You are Deskhand's first Admin")


async def open_credentials(dana: Member) -> Locator:
    await dana.command("/autotask connect", expecting="Step 1 of 3")
    await dana.press("Enter the three values")
    return await dana.shown("Connect Autotask")


async def enter(
    dana: Member, demo: Demo, *, username: str = "", secret: str = "", tracking_id: str = ""
) -> None:
    """Into the form with the three values: the right ones, but for those given."""
    form = dana.dialog
    await form.get_by_label("Username (key)").fill(username or demo.username)
    await form.get_by_label("Password (secret)").fill(secret or demo.secret)
    await form.get_by_label("API tracking identifier").fill(tracking_id or demo.tracking_id)
    await dana.press("Check")


async def choose_defaults(dana: Member, *, tickets: str = "On: create tickets in Autotask") -> None:
    """The form after the credentials were accepted, to its end."""
    await dana.reads("Logged in")
    await dana.choose("Queue for new tickets", "client")
    await dana.dialog.get_by_label(tickets).check()
    await dana.press("Connect")
    await dana.reads("Autotask is connected")
    await dana.press("Done")
    await dana.nothing_is_open()


async def map_new(member: Member, name: str, company: str) -> str:
    """From the list of organizations; gives the company's whole name."""
    await member.press("New organization")
    await member.shown("New organization")
    await member.fill(Organization=name)
    chosen = await member.choose("Autotask company", company)
    await member.press("Save")
    await member.sees(f"{name} is mapped to {chosen}")
    return chosen


async def answer_first(member: Member, status: str = MISALIGNED) -> Locator:
    """Opens the review's first category and answers its first question."""
    await member.press("Answer", first=True)
    category = await member.shown("Identity and access")
    await category.get_by_role("combobox").first.click()
    await member.page.get_by_role("option", name=status, exact=True).click()
    await expect(category).to_contain_text("1 of 4", timeout=PATIENCE)
    return category


def connected_by_dana(demo: Demo) -> None:
    """Claimed, connected, tickets on, and the organization Harbourside mapped.

    In a thread with a loop of its own: a module's fixture outlives the loops of its tests.
    """
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, _set_up(demo)).result()


async def _set_up(demo: Demo) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS])
        dana = Member(await OpenPage(browser)(demo.address()))
        await claim(dana)
        await open_credentials(dana)
        await enter(dana, demo)
        await choose_defaults(dana)
        await dana.command("/autotask map", expecting="No organizations yet")
        await map_new(dana, "Harbourside", "acme")
        await browser.close()
