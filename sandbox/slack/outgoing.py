"""What the app wants to show, checked and put into stored form: messages and views."""

import json
from collections.abc import Iterator

from sandbox.slack.blockkit import Problem, Surface, validate
from sandbox.slack.blockkit.echo import stored
from sandbox.slack.errors import ApiError, refused_arguments
from sandbox.slack.feed import Content
from sandbox.slack.hub import Hub
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text

# Problems that Slack answers with a code of their own instead of invalid_blocks / invalid_arguments
OWN_CODES = (
    "view_too_large",
    "msg_blocks_too_long",
    "only_one_table_allowed",
    "too_many_attachments",
    "markdown_text_conflict",
    "metadata_too_large",
    "invalid_metadata_format",
)


def parsed(value: object, code: str) -> object:
    """Form clients send structures as JSON text; raises ApiError `code` when it does not parse."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except json.JSONDecodeError:
        raise ApiError(code) from None


def content(hub: Hub, body: JsonObject, *, needs_words: bool = True) -> Content:
    """A message's content; raises ApiError (`no_text`, `invalid_blocks`, …) as Slack does."""
    fields = _message_fields(body)
    refuse([*validate(fields, "message"), *unseen_files(hub, fields, "")], "invalid_blocks")
    text = as_text(fields.get("text")) or as_text(fields.get("markdown_text"))
    if needs_words and not (text or fields.get("blocks") or fields.get("attachments")):
        raise ApiError("no_text")
    new_id = hub.workspace.ids.short
    blocks, attachments = fields.get("blocks"), fields.get("attachments")
    return Content(
        text=text[:40_000],
        blocks=stored(blocks, new_id) if blocks is not None else None,
        attachments=_stored_attachments(hub, attachments) if attachments is not None else None,
        metadata=as_object(fields["metadata"]) if fields.get("metadata") else None,
    )


def _message_fields(body: JsonObject) -> JsonObject:
    fields: JsonObject = {name: body[name] for name in ("text", "markdown_text") if body.get(name)}
    for name, code in (
        ("blocks", "invalid_blocks_format"),
        ("attachments", "invalid_attachments"),
        ("metadata", "invalid_metadata_format"),
    ):
        value = parsed(body.get(name), code)
        if value is None:
            continue
        if not isinstance(value, dict if name == "metadata" else list):
            raise ApiError(code)
        fields[name] = value
    return fields


def _stored_attachments(hub: Hub, attachments: object) -> list[JsonObject]:
    kept = []
    for number, attachment in enumerate(as_objects(attachments), start=1):
        copy: JsonObject = {"id": number, "fallback": "[no preview available]", **attachment}
        if "blocks" in attachment:
            copy["blocks"] = stored(attachment["blocks"], hub.workspace.ids.short)
        kept.append(copy)
    return kept


def view_body(hub: Hub, value: object, surface: Surface) -> JsonObject:
    """A view's content; raises ApiError `invalid_arguments` with pointers, or `view_too_large`."""
    view = parsed(value, "invalid_arguments")
    if not isinstance(view, dict):
        raise refused_arguments(["missing required field: view"])
    refuse([*validate(view, surface), *unseen_files(hub, view, "/view")], "invalid_arguments")
    return {**view, "blocks": stored(view.get("blocks"), hub.workspace.ids.short)}


def unseen_files(hub: Hub, node: object, at: str) -> Iterator[Problem]:
    """Images by slack_file id that Slack cannot draw: unknown, deleted, or not processed yet."""
    for name, member in _members(node):
        file_id = as_text(as_object(member).get("id")) if name == "slack_file" else ""
        stored = hub.workspace.files.get(file_id)
        if file_id and (stored is None or stored.deleted or not stored.mimetype):
            yield Problem("invalid_slack_file", "invalid slack file", f"{at}/{name}")
        yield from unseen_files(hub, member, f"{at}/{name}")


def _members(node: object) -> list[tuple[object, object]]:
    if isinstance(node, dict):
        return list(node.items())
    return list(enumerate(as_list(node)))


def refuse(problems: list[Problem], default: str) -> None:
    """Raise the ApiError that Slack answers for these problems; nothing when there are none."""
    if not problems:
        return
    code = next((problem.code for problem in problems if problem.code in OWN_CODES), default)
    error = refused_arguments([str(problem) for problem in problems], code=code)
    if code != "invalid_arguments":
        error.extra["errors"] = [str(problem) for problem in problems]
    raise error
