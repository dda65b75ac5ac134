"""Every error number in words; ``docs/errors.md`` is the same table for reading at leisure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Entry:
    """``meaning`` and ``todo`` are mrkdwn that is also plain Markdown."""

    code: str
    title: str
    meaning: str
    todo: str


CATALOGUE: Final = (
    Entry("AT-000", "Something did not work", "An error without a number of its own.", "Try again in a moment."),
    Entry("AT-100", "You can fix it", "The request cannot be done as it was made.", "Check what you entered."),
    Entry("AT-101", "A value cannot be used", "A field or word has a value that does not fit; the message says which and why.", "Change that value and send it again."),
    Entry("AT-102", "Not found", "Nothing of this name or number exists, or your role or groups do not show it to you.", "Check the spelling, or open the list and choose from it."),
    Entry("AT-103", "Not allowed", "Your role lacks the right. Rights are checked when you act, so a button from yesterday may be refused today.", "Ask an Admin; `who` lists them."),
    Entry("AT-104", "Already done", "Somebody did it before you; nothing was changed by your request.", "Look at what stands now."),
    Entry("AT-200", "An Admin can fix it", "Deskhand is not set up for this yet.", "Ask an Admin; `who` lists them."),
    Entry("AT-201", "Autotask is not connected", "No Autotask credentials are saved for this workspace.", "An Admin runs `connect`: three values from Autotask, about two minutes."),
    Entry("AT-202", "Autotask refused the login", "Username, secret or tracking identifier is wrong, or the API user is inactive or locked: Autotask does not tell these apart. While they are entered, Deskhand stops for half an hour after three refusals of a username, so that the user is not locked out; later the first refusal pauses the connection, and nothing is sent until an Admin acts.", "An Admin enters all three anew with `connect`. In Autotask the API user must be active and of security level API User (system) or a copy of it."),
    Entry("AT-203", "A permission is missing in Autotask", "The API user's security level does not allow what was asked.", "In Autotask: Admin ▸ Organization Settings & Users ▸ Resources/Users (HR) ▸ Security Levels; allow what the message names; then run `verify`."),
    Entry("AT-204", "A choice is missing", "Something Deskhand needs was never chosen, such as an organization's company or the queue for new tickets.", "Choose it: `map` for companies, `connect` for queue and statuses."),
    Entry("AT-205", "Switched off or read-only", "An Admin keeps this part of Deskhand off, or lets it read and not write. A new connection starts read-only.", "An Admin turns it on with `settings`."),
    Entry("AT-300", "Time can fix it", "A service we need does not answer.", "Try again in a minute."),
    Entry("AT-301", "Autotask is not answering", "The request timed out or was cut off. What you submitted is saved and retried; a record is looked up before it is sent again, so nothing is made twice.", "Nothing. `tickets` shows what is still waiting."),
    Entry("AT-302", "Autotask takes no more requests", "The hourly limit that all integrations share, or Deskhand's own ceiling below it, is reached.", "Wait; saved work goes on by itself. The ceiling is BOT_AUTOTASK_HOURLY_CEILING."),
    Entry("AT-303", "Slack did not take it", "Slack was slow, refused for the moment, or the form was opened too late after the click (Slack allows 3 seconds).", "Press the button once more."),
    Entry("AT-400", "Autotask said no", "Autotask understood the request and refused it.", "Read its reasons, change it, send it again."),
    Entry("AT-401", "Autotask refused a record", "A rule of your Autotask database is not met, such as a required field or a value that is no longer active. Its own reasons are in the message.", "Change what they name, then press Retry."),
    Entry("AT-500", "Something broke on our side", "A mistake in Deskhand. The log has the details under the reference in the message.", "Try once more; then give your admin the reference."),
)  # fmt: skip


def entry(code: str) -> Entry | None:
    """The entry of ``at-201``, ``AT201`` or ``201``."""
    digits = "".join(char for char in code if char.isdigit())
    return next((each for each in CATALOGUE if each.code == f"AT-{digits}"), None)
