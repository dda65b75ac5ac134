"""``/autotask templates``: look, import, export, rename, archive, and the default queue of each category."""

import asyncio
from typing import Final

from blocks import kit
from blocks import template_imports as imports
from blocks import templates as blocks
from bot.domain.context import Right
from bot.domain.numbers import small
from bot.errors import InvalidInput
from bot.services.templates import ImportForm
from handlers.command import Command, Feature, Listener, Verb
from handlers.context import Request
from handlers.payload import as_number, nth, number_at, own, text_at

LARGEST: Final = 1_000_000
"""Bytes of a template's file."""
DOWNLOAD_WITHIN: Final = 2.0
"""Seconds: the form is answered within Slack's three."""


async def show(request: Request) -> None:
    archived = "archived" in {request.text, request.action_value}
    toggled = request.action_id.endswith(":toggle")
    await request.respond(await _listing(request, 0, archived=archived), replace=toggled)


async def turn_list(request: Request) -> None:
    number, _, which = request.action_value.partition("|")
    await request.respond(
        await _listing(request, as_number(number), archived=which == "archived"), replace=True
    )


async def open_template(request: Request) -> None:
    found = await request.services.templates.get(request.ctx, request.action_number)
    await request.open_instead(blocks.template(found))


async def turn_template(request: Request) -> None:
    number, _, template_id = request.action_value.partition("|")
    found = await request.services.templates.get(request.ctx, as_number(template_id))
    await request.update(blocks.template(found, as_number(number)))


async def open_import(request: Request) -> None:
    """From a template's own page (the value is its key) the form already says which one it renews."""
    request.ctx.require(Right.MANAGE_TEMPLATES)
    templates = await request.services.templates.all(request.ctx)
    view = imports.import_form(templates, key=request.action_value, channel_id=request.channel_id)
    await request.open_instead(view)


async def check(request: Request) -> None:
    """The report or the preview lies on top of the form: Back leads to it as it was."""
    typed = imports.read_import_form(request.values)
    content, file_name = typed.text.encode(errors="replace"), ""
    if typed.file_id:
        content, file_name = await _downloaded(request, typed.file_id)
    key = ""
    if typed.key:
        key = (await request.services.templates.get(request.ctx, as_number(typed.key))).key
    found = await request.services.templates.read(
        request.ctx, ImportForm(content, file_name, typed.name, key)
    )
    if found.read.problems:
        await request.ack_push(imports.report(found.read))
        return
    await request.ack_push(
        imports.preview(
            found.read,
            name=found.name,
            draft_id=found.draft_id,
            channel_id=request.channel_id,
            replaces=found.replaces,
            change=found.change,
            open_reviews=found.open_reviews,
        )
    )


async def save(request: Request) -> None:
    saved = await request.services.templates.save(request.ctx, text_at(request.metadata, "draft"))
    await request.ack_clear()
    await request.respond(blocks.saved(saved))


async def export(request: Request) -> None:
    template_id, _, chosen = request.action_value.partition("|")
    found = await request.services.templates.exported(
        request.ctx, as_number(template_id), "yaml" if chosen == "yaml" else "csv"
    )
    await request.tools.files.upload(
        request.ctx.tenant,
        f"template:{request.fingerprint}",
        request.user_id,
        name=found.name,
        content=found.content,
    )
    await request.respond(blocks.sent(found.name))


async def open_rename(request: Request) -> None:
    request.ctx.require(Right.MANAGE_TEMPLATES)
    found = await request.services.templates.get(request.ctx, request.action_number)
    await request.push(blocks.rename_form(found))


async def rename(request: Request) -> None:
    renamed = await request.services.templates.rename(
        request.ctx, as_number(text_at(request.metadata, "template")), request.form.text("name")
    )
    await request.ack()
    if request.below:
        await request.update(blocks.template(renamed), view_id=request.below)


async def archive(request: Request) -> None:
    template_id, _, way = request.action_value.partition("|")
    archived = own({"out": True, "in": False}.get, way)
    changed = await request.services.templates.archive(request.ctx, as_number(template_id), archived=archived)
    await request.update(blocks.template(changed))


async def open_queues(request: Request) -> None:
    request.ctx.require(Right.MANAGE_TEMPLATES)
    found = await request.services.templates.queues(request.ctx, request.action_number)
    await request.push(blocks.queues(found.template, found.chosen))


async def turn_queues(request: Request) -> None:
    number, _, template_id = request.action_value.partition("|")
    found = await request.services.templates.queues(request.ctx, as_number(template_id))
    await request.update(blocks.queues(found.template, found.chosen, as_number(number)))


async def suggest_queues(request: Request) -> None:
    active = await request.services.connections.options(request.ctx, "queueID")
    await request.ack_options(blocks.queue_options(active, request.text))


async def choose_queue(request: Request) -> None:
    """A choice beside a category, saved at once; the block's id says which category it is."""
    template_id = as_number(text_at(request.metadata, "template"))
    number, queue_id = number_at(request.metadata, "page"), own(small, request.action_value or "0")
    template = await request.services.templates.get(request.ctx, template_id)
    category = own(nth(template.categories), request.block_part(0))
    saved = await request.services.templates.set_queue(request.ctx, template_id, category, queue_id or None)
    await request.update(blocks.queues(saved.template, saved.chosen, number))


async def _downloaded(request: Request, file_id: str) -> tuple[bytes, str]:
    files = request.tools.files
    try:
        async with asyncio.timeout(DOWNLOAD_WITHIN):
            given = await files.download(request.ctx.tenant, file_id, at_most=LARGEST)
    except TimeoutError:
        reason = "Slack takes long to hand over the file. Press Check once more, or paste the text."
        raise InvalidInput("file", reason) from None
    return given.content, given.name


async def _listing(request: Request, number: int, *, archived: bool) -> kit.Message:
    found = await request.services.templates.all(request.ctx, archived=archived)
    return blocks.listing(found, number, archived=archived)


FEATURE = Feature(
    commands=(
        Command(
            "templates",
            "Review templates: look, import, export",
            show,
            usage="[archived]",
            aliases=("template",),
            verbs=(Verb("import", "Import a template from CSV or YAML", open_import),),
            label="Review templates",
            details="Lists the questions that reviews walk through. `templates import` takes a CSV file with the columns "
            "`category`, `question`, `guidance`, or a YAML file; reviews under way keep the questions they began with.",
        ),
    ),
    listeners=(
        Listener("action", f"^{blocks.LIST}(:toggle)?$", show),
        Listener("action", f"^{blocks.PAGE}:(back|next)$", turn_list),
        Listener("action", blocks.OPEN, open_template),
        Listener("action", f"^{blocks.TURN}:(back|next)$", turn_template),
        Listener("action", blocks.IMPORT, open_import),
        Listener("action", f"^{blocks.EXPORT}(:csv|:yaml)?$", export),
        Listener("action", blocks.RENAME, open_rename),
        Listener("action", blocks.ARCHIVE, archive),
        Listener("action", blocks.QUEUES, open_queues),
        Listener("action", f"^{blocks.QUEUES_PAGE}:(back|next)$", turn_queues),
        Listener("action", blocks.QUEUE_OPTIONS, choose_queue),
        Listener("options", blocks.QUEUE_OPTIONS, suggest_queues),
        Listener("view", imports.IMPORT_CALLBACK, check),
        Listener("view", imports.PREVIEW_CALLBACK, save),
        Listener("view", blocks.RENAME_CALLBACK, rename),
    ),
)
