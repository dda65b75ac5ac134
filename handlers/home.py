"""The Home tab, the bare command's menu, and the first Admin's claim."""

from dataclasses import replace

from blocks import home as blocks
from blocks import settings as settings_blocks
from blocks.home import HomeFacts
from blocks.kit import View
from bot.domain.context import Right, Role
from bot.settings import VERSION
from handlers import settings
from handlers.command import Feature, Grammar, Listener, Listening
from handlers.context import Request
from handlers.help import facts
from handlers.payload import text_at


def feature(grammar: Grammar) -> Feature:
    """The listeners of the Home tab, which shows the commands of ``grammar``."""

    async def opened(request: Request) -> None:
        if text_at(request.body, "event", "tab") in {"", "home"}:
            await request.publish_home(await _view(request, grammar))

    async def refresh(request: Request) -> None:
        await request.publish_home(await _view(request, grammar))

    async def claim(request: Request) -> None:
        await request.services.access.claim(request.ctx)
        request.ctx = replace(request.ctx, person=replace(request.ctx.person, role=Role.ADMIN))
        if request.in_home:
            await request.publish_home(await _view(request, grammar))
        else:
            await request.respond(blocks.claimed(), replace=True)

    async def turn_on(request: Request) -> None:
        await settings.turn_on(request)
        await request.publish_home(await _view(request, grammar))

    return Feature(
        listeners=(
            Listener("event", "app_home_opened", opened),
            Listener("action", blocks.REFRESH, refresh),
            Listener("action", blocks.CLAIM, claim),
            Listener("action", settings_blocks.TURN_ON, turn_on),
        )
    )


def menu(grammar: Grammar) -> Listening:
    """The listener of the bare command."""

    async def show(request: Request) -> None:
        await request.respond(blocks.menu(await _facts(request, grammar)))

    return show


async def _view(request: Request, grammar: Grammar) -> View:
    if request.ctx.person.role is Role.NONE or not request.ctx.person.may(Right.READ):
        return blocks.closed(request.ctx.tenant, may_ask=not request.ctx.person.is_outside)
    return blocks.home(await _facts(request, grammar))


async def _facts(request: Request, grammar: Grammar) -> HomeFacts:
    person = request.ctx.person
    return HomeFacts(
        tenant=request.ctx.tenant,
        person=person,
        overview=await request.services.overview.gather(request.ctx),
        commands=tuple(facts(each) for each in grammar.open_to(person)),
        root=request.settings.command,
        version=VERSION,
        status=await request.services.status.cards(request.ctx),
    )
