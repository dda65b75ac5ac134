"""A service desk at work: both sandboxes, the bots, and members who connect, map, review and raise tickets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.db.session import Database
from bot.domain.tickets import Ticket, TicketState
from sandbox.autotask.server import RunningAutotask
from sandbox.slack import feed
from sandbox.slack.acts.outcome import Outcome
from sandbox.slack.model import Message, View
from sandbox.slack.people import HOME, People, inside, on
from sandbox.slack.seed import ADMIN, FULL_MEMBER
from sandbox.slack.server import RunningSlack
from sandbox.slack.shapes import JsonObject
from tests.e2e.processes import Processes, processes
from tests.factories import until
from tests.world import sandboxes

CHANNEL = "C0SERVICE"
"""The service desk's channel, with the app in it."""
PATIENCE = 30.0
"""Seconds a member waits for the app on a busy machine."""
TRIES = 3
TRY_AGAIN = ("Slack did not take it in time", "own database does not answer")
"""What a member is told who may simply try once more."""


@dataclass(frozen=True)
class Desk:
    """The outside world, the replicas, and what the members do."""

    autotask: RunningAutotask
    slack: RunningSlack
    bots: Processes

    @property
    def people(self) -> People:
        return self.slack.people

    # --- what members do ---

    async def set_up(self) -> None:
        """Dana claims, connects and maps; then a review is open before Marcus."""
        await self.claim()
        await self.connect()
        await self.map_acme()
        await self.start_review(FULL_MEMBER)

    async def claim(self) -> None:
        """Opens the Home tab until a bot answers, and takes the first Admin's place."""
        self.people.open_home(ADMIN)
        await self.people.wait_for_home(ADMIN, timeout_s=PATIENCE)
        assert (await self.people.click(ADMIN, HOME, "access:claim")).ok

        async def is_admin() -> bool:
            view = self.people.home(ADMIN)
            return view is not None and element(view, "access:claim") is None

        await until(is_admin, within=PATIENCE)

    async def connect(self) -> None:
        given = self.autotask.credentials
        await self.type(ADMIN, "/autotask connect")
        card = await self.said(ADMIN, "Enter the three values")
        await self.people.click(ADMIN, on(card), "connect_open")
        await self.people.wait_for_modal(ADMIN, "Connect Autotask", timeout_s=PATIENCE)
        answers = {"username": given.username, "secret": given.secret, "tracking_id": given.tracking_id}
        assert (await self.people.submit(ADMIN, answers)).ok
        choices = await self.shows(ADMIN, "Queue for new tickets")
        queues = await self.people.suggest(ADMIN, inside(choices), "connect_queue", "Client")
        radio = next(each["element"] for each in choices.body["blocks"] if each.get("block_id") == "tickets")
        on_ = next(option for option in radio["options"] if option["value"] == "on")
        assert (await self.people.submit(ADMIN, {"queue": queues.options[0], "tickets": on_})).ok
        await self.shows(ADMIN, "Autotask is connected")
        await self.people.close(ADMIN, everything=True)

    async def map_acme(self) -> None:
        """Waits for the companies to arrive, as one does: by trying again."""
        await self.type(ADMIN, "/autotask map")
        page = await self.said(ADMIN, "New organization")
        await self.people.click(ADMIN, on(page), "map_new")
        modal = await self.people.wait_for_modal(ADMIN, "New organization", timeout_s=PATIENCE)

        async def offered() -> list[JsonObject] | None:
            return (await self.people.suggest(ADMIN, inside(modal), "map_company", "Acme")).options

        companies = await until(offered, within=PATIENCE)
        assert (await self.people.submit(ADMIN, {"name": "Acme", "company": companies[0]})).ok
        await self.said(ADMIN, "is mapped to")

    async def start_review(self, user: str) -> None:
        """At its end the first category's questions are on the screen."""
        await self.opened_by(user, "/autotask review acme", "Start a review")
        assert (await self.people.submit(user)).ok
        await self.open_questions(user)

    async def open_review(self, user: str) -> None:
        """Joins the review from its card in the channel."""
        card = await self.said(user, "Answer questions")
        await self.people.click(user, on(card), "review_open")
        await self.open_questions(user)

    async def open_questions(self, user: str) -> None:
        overview = await self.people.wait_for_modal(user, "Review", timeout_s=PATIENCE)
        block_id, _ = await self.offered(user, overview, "review_category")
        await self.people.click(user, inside(overview), "review_category", block_id=block_id)
        await self.shows(user, "each answer is saved")

    async def open_ticket_form(self, user: str, question: int = 0) -> View:
        """Presses "Raise a ticket" under a question of the category on the screen."""
        questions = self.people.modal(user)
        assert questions is not None
        buttons = elements(questions, "ticket_open")
        outcome = await self.people.click(
            user, inside(questions), "ticket_open", block_id=buttons[question][0]
        )
        assert outcome.ok, outcome
        return await self.people.wait_for_modal(user, "Raise a ticket", timeout_s=PATIENCE)

    async def raise_ticket(self, summary: str, *, user: str = FULL_MEMBER, question: int = 0) -> None:
        """Leaves the questions on the screen."""
        await self.open_ticket_form(user, question)
        outcome = await self.people.submit(user, {"summary": summary})
        assert outcome.response_action == "update", outcome
        await self.people.close(user)

    async def type(self, user: str, line: str) -> Outcome:
        outcome = await self.people.type_command(user, CHANNEL, line)
        assert outcome.ok, outcome
        return outcome

    async def opened_by(self, user: str, line: str, title: str) -> View:
        """The modal that a command opens. Whoever is told to try once more does."""
        for _ in range(TRIES):
            before = {message.ts for message in self.people.messages(user, CHANNEL)}
            await self.type(user, line)

            def look(before: set[str] = before) -> View | Message | None:
                view = self.people.modal(user)
                if view is not None and title in feed.words_of(view.body["title"]):
                    return view
                fresh = (m for m in self.people.messages(user, CHANNEL) if m.ts not in before)
                return next((m for m in fresh if any(w in feed.words_of_message(m) for w in TRY_AGAIN)), None)

            found = await self.people.until(
                look, f"{title!r} after {line!r}", timeout_s=PATIENCE, seen_by=user
            )
            if isinstance(found, View):
                return found
        raise AssertionError(f"told {TRIES} times to try {line!r} once more")

    # --- what members see ---

    async def said(self, user: str, words: str, *, within: float = PATIENCE) -> Message:
        return await self.people.wait_for(user, CHANNEL, words, timeout_s=within)

    async def shows(self, user: str, words: str) -> View:
        """The modal on top once it says this."""

        def look() -> View | None:
            view = self.people.modal(user)
            return view if view is not None and words in feed.words_of(view.body) else None

        return await self.people.until(look, f"a modal with {words!r}", timeout_s=PATIENCE)

    async def offered(self, user: str, view: View, action_id: str) -> tuple[str, JsonObject]:
        found = element(view, action_id)
        assert found is not None, f"{user} sees no {action_id} in {feed.words_of(view.body)}"
        return found

    def messages_about(self, summary: str) -> list[str]:
        """What every posted message with these words says, wherever it is."""
        everywhere = (m for c in self.slack.workspace.channels.values() for m in c.messages.values())
        return [words for words in map(feed.words_of_message, everywhere) if summary in words]

    # --- what is left behind ---

    def in_autotask(self) -> list[dict[str, object]]:
        """Every ticket of Autotask that carries one of our references."""
        rows = self.autotask.database.rows("Tickets")
        return [dict(row) for row in rows if str(row.get("externalID") or "").startswith("dh-")]

    async def settled(self, database: Database, *summaries: str, within: float = PATIENCE) -> None:
        """Returns once every saved ticket is created, and these are shown with a way into Autotask."""

        async def shown() -> bool:
            created = all(ticket.state is TicketState.CREATED for ticket in await tickets(database))
            said = ["".join(self.messages_about(summary)) for summary in summaries]
            return created and all("View in Autotask" in words for words in said)

        try:
            await until(shown, within=within)
        except TimeoutError:
            stand = {
                each.summary: (each.state, self.messages_about(each.summary))
                for each in await tickets(database)
            }
            raise AssertionError(f"after {within} s: {stand}") from None

    async def assert_one_of_each(
        self, database: Database, summaries: Sequence[str], *, unseen: Sequence[str] = ()
    ) -> None:
        """For each summary one ticket, created, and one message with its number.

        ``unseen`` are those whose message may be missing or unfinished: Slack never said whether it has it.
        """
        saved = [ticket for ticket in await tickets(database) if ticket.summary in summaries]
        assert sorted(ticket.summary for ticket in saved) == sorted(summaries)
        for ticket in saved:
            summary = ticket.summary
            created = [row for row in self.in_autotask() if summary == row["title"]]
            assert [row["externalID"] for row in created] == [ticket.reference], summary
            assert ticket.state is TicketState.CREATED, summary
            assert ticket.number == created[0]["ticketNumber"], summary
            shown = self.messages_about(summary)
            assert len(shown) <= 1, summary
            assert summary in unseen or ticket.number in shown[0], shown


def elements(view: View, action_id: str) -> list[tuple[str, JsonObject]]:
    """Every element with this action id, with its block's id, from top to bottom."""
    blocks = view.body["blocks"]
    assert isinstance(blocks, list)
    inner = [
        (block["block_id"], each)
        for block in blocks
        for each in (*block.get("elements", ()), block.get("accessory"), block.get("element"))
    ]
    return [(block_id, each) for block_id, each in inner if each and each.get("action_id") == action_id]


def element(view: View, action_id: str) -> tuple[str, JsonObject] | None:
    return next(iter(elements(view, action_id)), None)


async def tickets(database: Database) -> list[Ticket]:
    """Every ticket that was saved, of the one workspace."""
    async with database.directory() as directory:
        [tenant] = await directory.tenants()
    async with database.unit(tenant.id) as uow:
        return await uow.tickets.recent(1000)


@asynccontextmanager
async def opened_desk(folder: Path, **settings: str) -> AsyncIterator[Desk]:
    """Both sandboxes and no bot yet. The environment's settings are given by their names."""
    async with (
        sandboxes() as (autotask, slack),
        processes(autotask, slack, folder, **settings) as bots,
    ):
        yield Desk(autotask, slack, bots)
