"""Uploading in three steps, and files.info, files.delete."""

from sandbox.slack import feed, outgoing, storage
from sandbox.slack.errors import ApiError, refused_arguments
from sandbox.slack.filetypes import mimetype
from sandbox.slack.fileview import file_object
from sandbox.slack.hub import Hub
from sandbox.slack.model import Channel, StoredFile
from sandbox.slack.shapes import JsonObject, as_objects, as_text, present
from sandbox.slack.webapi.access import writable
from sandbox.slack.webapi.call import Call

MAX_CHANNELS = 100
LARGEST, LARGEST_SNIPPET = 1_000_000_000, 1_000_000  # bytes
LONGEST_ALT = 1000


async def reserve(call: Call) -> JsonObject:
    """Step 1: an id and an address for the bytes."""
    length = call.args.integer("length", 0)
    if length <= 0:
        raise ApiError("missing_argument")
    name = call.args.text("filename")
    _refuse_oversize(call, length)
    stored = StoredFile(
        id=call.ws.ids.new("F"),
        name=name,
        title=name,
        user=call.ws.bot.id,
        created=int(call.ws.clock.now()),
        length=length,
        alt_txt=call.args.text("alt_txt"),
    )
    call.ws.files[stored.id] = stored
    return {"upload_url": f"{call.hub.base_url}/files/upload/{stored.id}", "file_id": stored.id}


def _refuse_oversize(call: Call, length: int) -> None:
    if length > LARGEST:
        raise ApiError("file_upload_size_restricted")
    if call.args.text("snippet_type") and length > LARGEST_SNIPPET:
        raise ApiError("snippet_too_large")
    if len(call.args.text("alt_txt")) > LONGEST_ALT:
        raise ApiError("alt_txt_too_large")


async def complete(call: Call) -> JsonObject:
    """Step 3: name the files and share them; they are processed in the background."""
    wanted = as_objects(call.args.structure("files"))
    stored = [_uploaded(call, as_text(item.get("id"))) for item in wanted]
    targets = call.args.listing("channels") or call.args.listing("channel_id")
    if len(targets) > MAX_CHANNELS:
        raise ApiError("channels_limit_exceeded")
    channels = [writable(call, target) for target in targets]
    thread_ts = _thread(call, channels)
    said = outgoing.content(call.hub, _comment(call), needs_words=False)
    for file, item in zip(stored, wanted, strict=True):
        file.title, file.complete = as_text(item.get("title")) or file.name, True
    call.hub.later(_process(call.hub, stored, channels, said=said, thread_ts=thread_ts))
    return {"files": [{"id": file.id, "title": file.title} for file in stored]}


async def info(call: Call) -> JsonObject:
    stored = _known(call, call.args.text("file"))
    return {"file": file_object(call.ws, stored), "comments": [], "paging": {"count": 0, "pages": 1}}


async def delete(call: Call) -> JsonObject:
    stored = _known(call, call.args.text("file"))
    if stored.user != call.ws.bot.id:
        raise ApiError("cant_delete_file")
    stored.deleted, stored.content = True, b""
    for channel in call.ws.channels.values():
        for message in [m for m in channel.messages.values() if stored.id in m.files]:
            message.files.remove(stored.id)
            feed.publish(call.hub, message, "message_changed")
    return {}


def _thread(call: Call, channels: list[Channel]) -> str | None:
    """The parent named by thread_ts: a message of the one channel that the files go to."""
    ts = call.args.text("thread_ts")
    if not ts:
        return None
    parent = channels[0].messages.get(ts) if len(channels) == 1 else None
    if parent is None or parent.is_reply:
        raise refused_arguments(["must be a message of the one channel [json-pointer:/thread_ts]"])
    return ts


def _comment(call: Call) -> JsonObject:
    """With initial_comment the blocks are ignored."""
    comment = call.args.text("initial_comment")
    return present({"text": comment or None, "blocks": None if comment else call.args.values.get("blocks")})


async def _process(
    hub: Hub, files: list[StoredFile], channels: list[Channel], *, said: feed.Content, thread_ts: str | None
) -> None:
    await hub.workspace.clock.sleep(hub.settings.file_processing_seconds)
    for stored in files:
        stored.mimetype = mimetype(stored.name)
    hub.broker.touch()
    for channel in channels:
        content = feed.Content(said.text, said.blocks, files=tuple(stored.id for stored in files))
        message = feed.post(hub, feed.Place(channel, hub.workspace.bot.id, thread_ts=thread_ts), content)
        for stored in files:
            feed.share(hub, stored, message)


def _uploaded(call: Call, file_id: str) -> StoredFile:
    stored = _known(call, file_id)
    if len(stored.content) != stored.length:
        raise ApiError("file_update_failed")
    return stored


def _known(call: Call, file_id: str) -> StoredFile:
    stored = call.ws.files.get(file_id)
    if stored is None or not storage.app_sees(call.ws, stored):
        raise ApiError("file_not_found")
    if stored.deleted:
        raise ApiError("file_deleted")
    return stored
