"""The way to an API user in Autotask, one step a card: what to click, what to copy, what to tick."""

from collections.abc import Sequence

from blocks import kit
from bot.domain.checks import ADMIN, ticks

STEP = "connect_step"
OPEN = "connect_open"
WEB = "connect_web"
REQUEST_ACCESS = "access_request"
READY = "Enter the three values"
PAGE_PATH = "/slack/connect"

_LEVEL_CLICKS = f"""\
:white_large_square: *1.* *{ADMIN} ▸ Resources/Users (HR) ▸ Security Levels*
:white_large_square: *2.* Open the ▾ menu beside *API User (system)* and choose *Copy*
:white_large_square: *3.* Name it `Deskhand`
:white_large_square: *4.* Leave ticked what is listed below; the rest may go
:white_large_square: *5.* *Save & Close*\
"""
_LEVELS = """\
*Which level?* `API User (system)` is complete. With `API User (system) Can't Read Costs` margins are off and the rest \
works. A copy as above gives Deskhand only what it needs.\
"""
_USER_CLICKS = f"""\
:white_large_square: *1.* *{ADMIN} ▸ Resources/Users (HR) ▸ Resources/Users*: *New ▸ New API User*
:white_large_square: *2.* First name `Slack` · Last name `Autotask Bot` · E-mail `deskhand@example.com` (any address; it \
need not be a real inbox) · *Security Level* as chosen · *Primary Internal Location*: yours
:white_large_square: *3.* *Generate Key* and *Generate Secret*, and copy both
:white_large_square: *4.* *API Tracking Identifier*: *Custom (Internal Integration)*, named `Deskhand`; copy the identifier
:white_large_square: *5.* *Save & Close*\
"""
_SHOWN_ONCE = (
    ":warning: *The secret cannot be shown again after you save.* Keep it until you have entered it here."
)
_MAIL = "Saving the user mails its login to the address above: you can ignore that mail."
_KEPT = "The secret is stored encrypted and never shown again, in Slack or in any log."


def step(number: int, *, page: bool = False) -> kit.Message:
    """The card of a step, 1 or 2; ``page`` offers the web page for the secret."""
    return _user_step(page=page) if number >= 2 else _level_step(page=page)


def _level_step(*, page: bool) -> kit.Message:
    needed = "\n".join(f"*{section}:* {' · '.join(found)}" for section, found in ticks().items())
    return kit.Message(
        "Connect Autotask",
        (
            kit.header("Connect Autotask"),
            kit.section(
                "*Step 1 of 3 (optional): a security level of its own.* With the built-in level `API User (system)` "
                "you can skip this."
            ),
            kit.section(_LEVEL_CLICKS),
            kit.section(f"*What Deskhand needs, and nothing more:*\n{needed}"),
            kit.context(
                "Other ▸ “Can create WebHooks” makes changes arrive at once; Impersonation shows who acted."
            ),
            kit.actions(
                kit.button("☑ The level is saved", f"{STEP}:done", value="2", style="primary"),
                kit.button("Skip: use API User (system)", f"{STEP}:skip", value="2"),
                *_enter(page=page),
            ),
            kit.context("Step 2: an API user, about two minutes. Step 3: enter its three values here."),
        ),
    )


def _user_step(*, page: bool) -> kit.Message:
    return kit.Message(
        "Connect Autotask: the API user",
        (
            kit.header("Connect Autotask"),
            kit.section("*Step 2 of 3: an API user.* It is free and cannot log in to Autotask's pages."),
            kit.section(_USER_CLICKS),
            kit.section(_LEVELS),
            kit.section(_SHOWN_ONCE),
            kit.actions(*_enter(page=page, style="primary"), kit.button("◀ Back", f"{STEP}:back", value="1")),
            kit.context(f"{_MAIL} {_KEPT}"),
        ),
    )


def _enter(*, page: bool, style: kit.Style = "") -> tuple[kit.Element, ...]:
    typed = kit.button(READY, OPEN, style=style)
    return (typed, kit.button("Enter the secret on a web page", WEB)) if page else (typed,)


def managed() -> kit.Message:
    """The environment gives the login: nothing to create and nothing to type."""
    return kit.Message(
        "Connect Autotask",
        (
            kit.header("Connect Autotask"),
            kit.section(
                ":gear: *The login is managed by environment*: whoever runs this server set username, secret and "
                "tracking identifier there. Only queue and statuses are left to choose."
            ),
            kit.actions(kit.button("Choose queue and statuses", OPEN, style="primary")),
        ),
    )


def ask_an_admin(admins: Sequence[str]) -> kit.Message:
    """For everybody else: who connects, and the way to ask (product CV20)."""
    who = (
        ", ".join(map(kit.mention, admins))
        or "an owner or admin of this workspace, who becomes the first Admin"
    )
    text = f":lock: You may not connect Autotask. Ask an Admin: {who}."
    request = kit.button("Request access", REQUEST_ACCESS, value="connect")
    return kit.Message(
        "You may not connect Autotask: ask an Admin", (kit.section(text), kit.actions(request))
    )


def page_link(url: str) -> kit.Message:
    """The way to the web page; for the person alone, because whoever has the address may use it once."""
    text = ":closed_lock_with_key: *Your page for the secret.* It works once and for ten minutes. Do not pass it on."
    opened = kit.link_button("Open the page", url, action_id="link:connect", style="primary")
    return kit.Message("Your page for the secret", (kit.section(text), kit.actions(opened)))
