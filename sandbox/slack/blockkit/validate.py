"""Entry points: hold a message, a view or a list of options against the table."""

import json
from collections.abc import Iterator

from sandbox.slack.blockkit import spec
from sandbox.slack.blockkit.problem import Problem, Surface
from sandbox.slack.blockkit.rules import Rule, Walk
from sandbox.slack.blockkit.totals import message_totals, view_totals
from sandbox.slack.shapes import JsonObject, as_list, as_text


def validate(payload: object, surface: Surface) -> list[Problem]:
    """Everything Slack would refuse about a payload, in document order; empty when it would take it.

    For `message`: an object with any of text, blocks, attachments, metadata, markdown_text (or a bare list of
    blocks); pointers start at `/blocks`. For `modal` and `home`: the view; pointers start at `/view`.
    """
    walk = Walk(surface, spec.KINDS)
    if surface == "message":
        return list(_message(payload, walk))
    return list(_view(payload, walk))


def validate_options(answer: object) -> list[Problem]:
    """Problems of the answer to a block_suggestion: `options` or `option_groups`, 100 each."""
    return list(spec.OPTIONS_ANSWER.check(answer, "", Walk("modal", spec.KINDS)))


def _message(payload: object, walk: Walk) -> Iterator[Problem]:
    if isinstance(payload, list):
        payload = {"blocks": payload}
    if not isinstance(payload, dict):
        yield Problem("not_an_object", "must provide an object", "")
        return
    blocks = payload.get("blocks")
    if blocks is not None and blocks != []:
        yield from spec.MESSAGE_BLOCK_LIST.check(blocks, "/blocks", walk)
    yield from _attachments(payload, walk)
    yield from message_totals(payload)


def _attachments(payload: JsonObject, walk: Walk) -> Iterator[Problem]:
    attachments = as_list(payload.get("attachments"))
    if len(attachments) > spec.ATTACHMENTS:
        yield Problem(
            "too_many_attachments", f"no more than {spec.ATTACHMENTS} items allowed", "/attachments"
        )
    for index, attachment in enumerate(attachments):
        at = f"/attachments/{index}"
        if not isinstance(attachment, dict):
            yield Problem("not_an_object", "must provide an object", at)
        elif "blocks" in attachment:
            yield from spec.MESSAGE_BLOCK_LIST.check(attachment["blocks"], f"{at}/blocks", walk)


def _view(payload: object, walk: Walk) -> Iterator[Problem]:
    if not isinstance(payload, dict):
        yield Problem("not_an_object", "must provide an object", "/view")
        return
    if payload.get("type") != walk.surface:
        given = as_text(payload.get("type"))
        yield Problem("unsupported_type", f"unsupported type: {given}", "/view/type")
        return
    if len(json.dumps(payload, ensure_ascii=False).encode()) > spec.VIEW_BYTES:
        yield Problem("view_too_large", f"must be less than {spec.VIEW_BYTES + 1} bytes", "/view")
    shape: Rule = spec.MODAL_VIEW if walk.surface == "modal" else spec.HOME_VIEW
    yield from shape.check(payload, "/view", walk)
    yield from view_totals(payload)
