"""Organizations from a CSV file: given to a form, or dropped into the conversation with Deskhand."""

from blocks import imports as blocks
from blocks import kit
from blocks import organizations as places
from bot.domain.context import Right, Role
from bot.domain.imports import LARGEST, faults_file
from bot.domain.numbers import whole
from bot.services.imports import Preview
from bot.workflows.import_organizations import message_key
from handlers.command import Feature, Listener
from handlers.context import Request
from handlers.organization_places import came_from
from handlers.payload import Body, as_number, dig, text_at

_ENDINGS = (".csv", ".tsv")


async def open_form(request: Request) -> None:
    request.ctx.require(Right.MAP_ORGANIZATIONS)
    request.ctx.require_whole_sight()
    await request.open_or_push(blocks.form(came_from(request, request.action_value)))


async def read(request: Request) -> None:
    """The form makes way for what the file would do; what is wrong with it brings the form back."""
    file_id = blocks.read_form(request.values)
    metadata = dict(request.metadata)
    if not file_id:
        await request.ack_errors({"file": "Choose a file."})
        return
    await request.ack_update(blocks.reading())
    given = await request.tools.files.download(request.ctx.tenant, file_id)
    found = await request.services.imports.look(
        request.ctx, given.content, file_name=given.name, request_key=f"file:{file_id}"
    )
    if isinstance(found, str):
        await request.update(blocks.form(metadata, f"{given.name}: {found}"))
        return
    view = blocks.preview_modal(
        found.read, found.counts, created=found.created, moved=found.moved, metadata=metadata
    )
    await request.update(view)


async def confirm(request: Request) -> None:
    await request.services.imports.start(request.ctx, as_number(text_at(request.metadata, "import")))
    await request.ack_update(blocks.started())


async def start(request: Request) -> None:
    """The message that asked becomes the one that reports."""
    found = await request.services.imports.preview(request.ctx, request.action_number)
    key = message_key(found.read)
    if request.message_ts:
        await request.tools.notifier.adopt(request.ctx.tenant, key, request.channel_id, request.message_ts)
    await request.services.imports.start(request.ctx, found.read.id)


async def cancel(request: Request) -> None:
    found = await request.services.imports.cancel(request.ctx, request.action_number)
    await request.respond(blocks.cancelled(found), replace=True)


async def send_faults(request: Request) -> None:
    """The bad lines as a file, in the person's conversation with us."""
    found = await request.services.imports.preview(request.ctx, request.action_number)
    name = f"{found.read.file_name.rpartition('.')[0] or 'file'}-bad-lines.csv"
    await request.tools.files.upload(
        request.ctx.tenant,
        f"bad-lines:{found.read.id}:{request.fingerprint}",
        request.user_id,
        name=name,
        content=faults_file(found.read.faults),
    )


async def dropped(request: Request) -> None:
    """A message to Deskhand itself: a file is looked at, words are answered with where to go."""
    event = dig(request.body, "event")
    said = text_at(event, "subtype")
    is_direct = text_at(event, "channel_type") == "im" or text_at(event, "channel").startswith("D")
    if not is_direct or text_at(event, "bot_id") or said not in {"", "file_share"}:
        return
    if request.ctx.person.role is Role.NONE:
        return
    files = dig(event, "files")
    given = [each for each in files if isinstance(each, dict)] if isinstance(files, list) else []
    for file in given:
        await _look_at(request, file)
    if not given:
        await request.post(f"said:{text_at(event, 'ts')}", request.channel_id, _directions(request))


async def _look_at(request: Request, file: Body) -> None:
    name, file_id = text_at(file, "name") or "The file", text_at(file, "id")
    await request.post(f"import-preview:{file_id}", request.channel_id, await _answer(request, name, file))


async def _answer(request: Request, name: str, file: Body) -> kit.Message:
    if not name.lower().endswith(_ENDINGS):
        return blocks.refused(name, "Deskhand reads CSV files (.csv, .tsv) here.")
    if not request.ctx.person.may(Right.MAP_ORGANIZATIONS) or request.ctx.person.organizations is not None:
        return blocks.not_for_you(name)
    if (whole(text_at(file, "size")) or 0) > LARGEST:
        return blocks.refused(name, f"It is larger than {LARGEST // 1_000_000} MB.")
    file_id = text_at(file, "id")
    given = await request.tools.files.download(request.ctx.tenant, file_id)
    found = await request.services.imports.look(
        request.ctx,
        given.content,
        file_name=name,
        request_key=f"file:{file_id}",
        channel_id=request.channel_id,
    )
    return blocks.refused(name, found) if isinstance(found, str) else _shown(found)


def _shown(found: Preview) -> kit.Message:
    return blocks.preview_message(found.read, found.counts, created=found.created, moved=found.moved)


def _directions(request: Request) -> kit.Message:
    command = request.settings.command
    text = f"I listen to `{command}`; `{command} help` lists what I can do. Drop a CSV file here to import organizations."
    return kit.Message(text, (kit.section(text), kit.actions(kit.button("Help", "run:help"))))


FEATURE = Feature(
    listeners=(
        Listener("action", places.IMPORT, open_form),
        Listener("action", blocks.START, start),
        Listener("action", blocks.CANCEL, cancel),
        Listener("action", blocks.FAULTS, send_faults),
        Listener("view", blocks.FORM_CALLBACK, read),
        Listener("view", blocks.CONFIRM_CALLBACK, confirm),
        Listener("event", "message", dropped),
    ),
)
