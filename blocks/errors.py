"""Words for people, for every error: what is wrong, what to do, its number, and a button where one helps.

Found by the class's own ancestry: a new error without words of its own speaks with its family's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from blocks import kit
from blocks.access_requests import ask_button
from blocks.kit import Block, Element, Message, View
from bot import errors
from bot.domain.context import Right
from bot.errors import BotError


@dataclass(frozen=True)
class Words:
    """``what`` and ``todo`` are mrkdwn, already escaped; ``field`` is plain text for under a form field."""

    what: str
    todo: str = ""
    buttons: tuple[Element, ...] = ()
    icon: str = ":warning:"


_CREDENTIAL_FIELDS = {
    "username": "Autotask does not know this username. Copy the API user's key again.",
    "secret": "Autotask refused the login: the secret is wrong, or the API user is inactive or locked.",
    "tracking_id": "Autotask does not accept this tracking identifier. Copy it again from the API user's page.",
    "": "Autotask refused the login. Check all three values, and that the API user is active and not locked.",
}

CONNECT = kit.button("Connect Autotask", "run:connect", style="primary")
VERIFY = kit.button("Verify permissions", "run:verify")
MAP = kit.button("Map organizations", "run:map")
SETTINGS = kit.button("Settings", "run:settings")

Error = TypeVar("Error", bound=BotError)
Speak: TypeAlias = Callable[[BotError], Words]


def message(problem: BotError) -> Message:
    """The reply to the person whose request met the error."""
    words = words_for(problem)
    blocks: list[Block] = [kit.section(_sentence(words))]
    if words.buttons:
        blocks.append(kit.actions(*words.buttons))
    blocks.append(kit.context(f"{problem.code} · `/autotask help {problem.code}` says more"))
    return Message(f"{words.icon} {words.what}", tuple(blocks))


def field_text(problem: BotError) -> str:
    """The same as plain text, for under a form field."""
    if isinstance(problem, errors.InvalidInput):
        return problem.reason
    if isinstance(problem, errors.CredentialsRejected):
        return _CREDENTIAL_FIELDS.get(problem.field, _CREDENTIAL_FIELDS[""])
    words = words_for(problem)
    return _plain(f"{words.what} {words.todo}".strip())


def modal(shown: Message, *, title: str = "That did not work") -> View:
    """The error on top of the form, so that nothing typed is lost."""
    return kit.modal(title, shown.blocks, close="Back")


def broke(reference: str) -> Message:
    """Words for a mistake of ours; the log knows the rest under ``reference``."""
    text = f":boom: Something broke on our side. Reference *{reference}*."
    todo = "Nothing you did. Try once more; if it stays, give your admin the reference: the log has the rest."
    return Message(
        text, (kit.section(f"{text}\n{todo}"), kit.context("AT-500 · `/autotask help AT-500` says more"))
    )


def words_for(problem: BotError) -> Words:
    """The words of the nearest class in the error's ancestry."""
    speak = next(_WORDS[kind] for kind in type(problem).__mro__ if kind in _WORDS)
    return speak(problem)


def _sentence(words: Words) -> str:
    return f"{words.icon} {words.what}\n{words.todo}".rstrip()


def _plain(text: str) -> str:
    for mark in ("*", "`"):
        text = text.replace(mark, "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(kind: type[Error], speak: Callable[[Error], Words]) -> tuple[type[BotError], Speak]:
    """One row of the table; the ancestry look-up guarantees that ``speak`` gets its own kind."""

    def checked(problem: BotError) -> Words:
        assert isinstance(problem, kind)
        return speak(problem)

    return kind, checked


def _invalid(problem: errors.InvalidInput) -> Words:
    return Words(kit.escape(problem.reason), "Change it and try again.")


def _not_found(problem: errors.NotFound) -> Words:
    if problem.kind == "channel":
        return Words(
            "Deskhand cannot post in that channel.",
            "Invite it with `/invite @Deskhand`, or choose another channel.",
        )
    ref = f" {kit.bold(problem.ref)}" if problem.ref else ""
    return Words(
        f"There is no {kit.escape(problem.kind)}{ref} here, or you may not see it.",
        "Look it up in the list, or check the spelling.",
        icon=":mag:",
    )


def _not_allowed(problem: errors.NotAllowed) -> Words:
    return Words(
        f"You may not {kit.escape(problem.action)}.",
        "Ask one of Deskhand's Admins (`/autotask who` lists them).",
        tuple(ask_button(right) for right in Right if right.value == problem.action),
        icon=":lock:",
    )


def _already_done(problem: errors.AlreadyDone) -> Words:
    buttons = (kit.link_button("Open it", problem.link, action_id="link:already"),) if problem.link else ()
    return Words(kit.escape(problem.what), "Nothing was changed.", buttons, icon=":information_source:")


def _credentials(problem: errors.CredentialsRejected) -> Words:
    which = f" Look at the *{kit.escape(problem.field)}*." if problem.field else ""
    return Words(
        f"Autotask refused the login: {kit.escape(problem.reason)}.{which}",
        "An Admin enters username, secret and tracking identifier anew. In Autotask the API user must be active, "
        "not locked, and of security level `API User (system)` or a copy of it "
        "(*Admin ▸ Organization Settings & Users ▸ Resources/Users (HR)*). Until then nothing is sent.",
        (CONNECT,),
        icon=":key:",
    )


_RIGHTS: Final = {
    "query": ("read", "View"),
    "create": ("create", "Add"),
    "update": ("change", "Edit"),
    "delete": ("delete", "Delete"),
}
"""What the API calls a right, in a sentence and as the security level's form has it."""


def _permission(problem: errors.PermissionMissing) -> Words:
    entity = kit.escape(problem.entity)
    do, tick = _RIGHTS.get(problem.right, (kit.escape(problem.right), kit.escape(problem.right)))
    return Words(
        f"Autotask does not let Deskhand {do} *{entity}*.",
        f"In Autotask: *Admin ▸ Organization Settings & Users ▸ Resources/Users (HR) ▸ Security Levels*, open the "
        f"API user's level and allow *{entity}: {tick}*. Then press Verify.",
        (VERIFY,),
        icon=":lock:",
    )


def _mapping(problem: errors.MappingMissing) -> Words:
    return Words(f"{kit.escape(problem.what)} is not set yet.", "Choose it, then try again.", (MAP,))


def _switched_off(problem: errors.SwitchedOff) -> Words:
    name = kit.escape(problem.capability.replace("_", " ").capitalize())
    state = "read-only: nothing is written to Autotask" if problem.mode == "read_only" else "switched off"
    return Words(
        f"*{name}* is {state}.",
        "An Admin switches it on in the settings. What you typed is kept where you typed it.",
        (SETTINGS,),
        icon=":lock:",
    )


def _unavailable(problem: errors.AutotaskUnavailable) -> Words:
    todo = (
        "Whether the last step arrived is unknown; Deskhand looks before it tries again, so nothing is made twice."
        if problem.ambiguous
        else "What you submitted is saved and Deskhand keeps trying. For anything else try again in a minute."
    )
    return Words("Autotask is not answering.", todo, icon=":hourglass:")


def _busy(problem: errors.AutotaskBusy) -> Words:
    minutes = max(1, round(problem.retry_after.total_seconds() / 60))
    return Words(
        "Autotask takes no more requests for the moment.",
        f"Saved work goes on by itself. For anything else try again in {kit.count(minutes, 'minute')}.",
        icon=":hourglass:",
    )


def _rejected(problem: errors.AutotaskRejected) -> Words:
    reasons = kit.bullets(kit.escape(reason) for reason in problem.reasons) or "It gave no reason."
    return Words(
        f"Autotask did not accept the {kit.escape(problem.entity).lower()}:\n{reasons}",
        "Change what it names and try again.",
        icon=":no_entry:",
    )


_WORDS: dict[type[BotError], Speak] = dict((
    _words(BotError, lambda _: Words("That did not work.", "Try again in a moment.")),
    _words(errors.UserError, lambda _: Words("That cannot be done this way.", "Check what you entered.")),
    _words(errors.InvalidInput, _invalid),
    _words(errors.NotFound, _not_found),
    _words(errors.NotAllowed, _not_allowed),
    _words(errors.AlreadyDone, _already_done),
    _words(
        errors.SetupError,
        lambda _: Words("Deskhand is not set up for this yet.", "Ask one of its Admins.", icon=":wrench:"),
    ),
    _words(
        errors.NotConnected,
        lambda _: Words(
            "Autotask is not connected yet.", "An Admin connects it once.", (CONNECT,), icon=":electric_plug:"
        ),
    ),
    _words(errors.CredentialsRejected, _credentials),
    _words(errors.PermissionMissing, _permission),
    _words(errors.MappingMissing, _mapping),
    _words(errors.SwitchedOff, _switched_off),
    _words(
        errors.UpstreamError,
        lambda _: Words("A service we need is not answering.", "Try again in a minute.", icon=":hourglass:"),
    ),
    _words(errors.AutotaskUnavailable, _unavailable),
    _words(errors.AutotaskBusy, _busy),
    _words(
        errors.SlackUnavailable,
        lambda _: Words("Slack did not take it in time.", "Try once more.", icon=":hourglass:"),
    ),
    _words(
        errors.DatabaseUnavailable,
        lambda _: Words(
            "Deskhand's own database does not answer.",
            "Try again in a minute. What was saved before is kept.",
            icon=":hourglass:",
        ),
    ),
    _words(
        errors.RejectedError,
        lambda _: Words("Autotask did not accept it.", "Change it and try again.", icon=":no_entry:"),
    ),
    _words(errors.AutotaskRejected, _rejected),
))  # fmt: skip
