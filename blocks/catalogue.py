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
    Entry("AT-205", "Switched off or read-only", "An Admin keeps this part of Deskhand off, or lets it read and not write. A new connection starts read-only. Tickets and notes that were queued before are kept, and go on by themselves once it is on.", "An Admin turns it on with `settings`."),
    Entry("AT-300", "Time can fix it", "A service we need does not answer.", "Try again in a minute."),
    Entry("AT-301", "Autotask is not answering", "The request timed out or was cut off. What you submitted is saved and retried, and so are syncs; a record is looked up before it is sent again, so nothing is made twice.", "Nothing, unless it lasts. `tickets` shows what is still waiting, `status` how syncs stand."),
    Entry("AT-302", "Autotask takes no more requests", "The hourly limit that all integrations share, or Deskhand's own ceiling below it, is reached.", "Wait; saved work goes on by itself. The ceiling is BOT_AUTOTASK_HOURLY_CEILING."),
    Entry("AT-303", "Slack did not take it", "Slack was slow, refused for the moment, or the form was opened too late after the click (Slack allows 3 seconds).", "Press the button once more."),
    Entry("AT-304", "Deskhand's own database does not answer", "PostgreSQL is starting, stopped, out of reach, or has no connection left. What was saved before is kept, and work that is queued goes on by itself.", "Try again in a minute. If it stays, whoever runs Deskhand looks at `bot doctor` and at PostgreSQL; each bot opens up to 26 connections."),
    Entry("AT-400", "Autotask said no", "Autotask understood the request and refused it.", "Read its reasons, change it, send it again."),
    Entry("AT-401", "Autotask refused a record", "A rule of your Autotask database is not met, such as a required field or a value that is no longer active. Its own reasons are in the message.", "Change what they name, then press Retry."),
    Entry("AT-500", "Something broke on our side", "A mistake in Deskhand. The log has the details under the reference in the message.", "Try once more; then give your admin the reference."),
    Entry("AT-601", "Time without a contract", "A time entry of a mapped company names no contract, or one that is not taken in. Nothing can be billed from it.", "Pick a contract in the list of `time`, or choose it on the entry in Autotask; the next time sync takes it."),
    Entry("AT-602", "Time after the contract's end", "A time entry lies after the last day of its contract.", "Extend the contract in Autotask, or move the entry to the contract that followed."),
    Entry("AT-603", "Time that is not approved", "A billable time entry is not approved and posted in Autotask yet. It is counted and listed, and billed once it is.", "In Autotask: Contracts ▸ Approve & Post; the next time sync takes it."),
    Entry("AT-604", "Time without a rate", "No hourly rate holds on the day of a time entry, so it has no amount.", "Enter a rate from that day on with `time`."),
    Entry("AT-605", "An identifier is there twice", "Two contracts or services have the same identifier; which one is meant cannot be told.", "Change one of them in Autotask, then sync contracts. The message names the one you see."),
    Entry("AT-606", "An invoice differs from Autotask", "Amount, due date or another value of an invoice was not the same as in Autotask. Autotask's value holds now.", "Look at old and new in the details; nothing else is to do."),
    Entry("AT-607", "An invoice without a number", "Autotask has not given the invoice a number, so its Autotask id is shown.", "Number invoices in Autotask, or choose *Autotask ID* as the identifier in the settings."),
    Entry("AT-608", "A contract has expired", "The contract's last day is over and Autotask still has it as active.", "Extend it in Autotask, or end it: `sync contracts` with *End expired contracts* lists them first."),
    Entry("AT-609", "No longer in Autotask", "A record that was here is not found in Autotask any more. It is marked, never deleted.", "If it was deleted by mistake, restore it in Autotask: the next sync brings it back. Many at once mean a right that was lost: run `verify`."),
    Entry("AT-610", "Time outside the days", "A time entry lies outside the days that are imported, because it was entered or changed too late.", "If it should count, run `sync time` with the days on which it was worked."),
    Entry("AT-611", "Left out: prefix", "No prefix of the filters matches the contract's name, service name or SKU. It is left out on purpose.", "Nothing. If it should come, change the prefixes with `contracts settings`."),
    Entry("AT-612", "Left out: filter", "A filter keeps this record out on purpose.", "Nothing. If it should come, change the filter with `filters`."),
    Entry("AT-614", "Log lines left out", "One run had more to tell than the log takes; the rest is counted, not listed.", "Nothing is lost: the records themselves are here. The run's counts are complete."),
    Entry("AT-615", "A record was put aside", "A record in Autotask holds something that cannot be read, such as a text where a date belongs or a number that is far too large.", "Look at the fields that the line names in Autotask and mend the record; what was known of it before is kept, and the other records are not touched by it."),
    Entry("AT-620", "A sync keeps failing", "A sync failed again and will be paused if that goes on. Both limits are in the message.", "Read the reason and mend it; then press Retry."),
    Entry("AT-621", "A sync is paused", "A sync failed so often that it was paused: nothing of its kind is read until somebody resumes it.", "Mend what the message names, then press Resume."),
    Entry("AT-622", "A big change is held back", "A run would change so much at once that it waits for a person's word.", "Look at what would change; approve it or leave it."),
    Entry("AT-623", "A schedule did not ring", "Something that should have run at its time did not. Deskhand catches up once as soon as it runs.", "Nothing, if it has run since. If not, look whether a worker runs: `bot doctor`."),
    Entry("AT-624", "The API requests are nearly used up", "All integrations together have used most of the 10,000 requests that Autotask allows per hour. Background work rests; what people ask for still goes through.", "Find out which other integration asks so much; Deskhand goes on by itself when there is room."),
    Entry("AT-625", "A customer could not be created", "A contract belongs to a company for which no organization could be created, so the contract waits.", "Map the company with `map`, then sync contracts."),
    Entry("AT-626", "No PDF of an invoice", "Autotask gave no PDF for the invoice, or it is larger than Slack takes.", "Open the invoice in Autotask and print it there."),
    Entry("AT-627", "A ticket was not created", "A ticket that somebody raised is not in Autotask; what was typed is kept.", "Open it with `tickets`, read the reason, press Retry."),
)  # fmt: skip


def short(code: str) -> str:
    """Number and title, where a whole sentence has no room: ``AT-203 A permission is missing in Autotask``."""
    found = entry(code)
    return f"{code} {found.title}" if found else code


def entry(code: str) -> Entry | None:
    """The entry of ``at-201``, ``AT201`` or ``201``."""
    digits = "".join(char for char in code if char.isdigit())
    return next((each for each in CATALOGUE if each.code == f"AT-{digits}"), None)
