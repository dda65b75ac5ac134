"""Limits that count over a whole payload: ids, tables, charts, markdown, focus, metadata."""

import json
from collections.abc import Iterator

from sandbox.slack.blockkit import spec
from sandbox.slack.blockkit.problem import Problem
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text, strings_within

Placed = tuple[str, JsonObject]
NESTED = ("child_blocks", "tasks")


def message_totals(payload: JsonObject) -> Iterator[Problem]:
    """Problems of a message as a whole."""
    placed = list(_blocks_of_message(payload))
    yield from _duplicate_ids(placed)
    yield from _too_many(placed, ("table", "data_table"), spec.TABLES_PER_MESSAGE, "only_one_table_allowed")
    yield from _too_many(placed, ("data_visualization",), spec.CHARTS_PER_MESSAGE, "too_many_charts")
    yield from _table_sizes(placed)
    yield from _markdown(placed)
    yield from _message_text(payload)
    characters = sum(map(len, strings_within([block for _, block in placed])))
    if characters > spec.MESSAGE_BLOCKS_CHARACTERS:
        yield Problem("msg_blocks_too_long", "the blocks hold too many characters", "/blocks")


def view_totals(view: JsonObject) -> Iterator[Problem]:
    """Problems of a view as a whole."""
    placed = list(_placed(view.get("blocks"), "/view/blocks"))
    yield from _duplicate_ids(placed)
    yield from _too_many(placed, ("table", "data_table"), spec.TABLES_PER_MESSAGE, "only_one_table_allowed")
    yield from _table_sizes(placed)
    yield from _focus(placed)


def _blocks_of_message(payload: JsonObject) -> Iterator[Placed]:
    yield from _placed(payload.get("blocks"), "/blocks")
    for index, attachment in enumerate(as_objects(payload.get("attachments"))):
        yield from _placed(attachment.get("blocks"), f"/attachments/{index}/blocks")


def _placed(blocks: object, at: str) -> Iterator[Placed]:
    """Every block with its pointer, those inside containers, carousels and plans included."""
    for index, block in enumerate(as_list(blocks)):
        if not isinstance(block, dict):
            continue
        here = f"{at}/{index}"
        yield here, block
        inner = (*NESTED, "elements") if block.get("type") == "carousel" else NESTED
        for name in inner:
            yield from _placed(block.get(name), f"{here}/{name}")


def _duplicate_ids(placed: list[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, block in placed:
        block_id = as_text(block.get("block_id"))
        if block_id and block_id in seen:
            yield Problem("duplicate_block_id", f"block_id already exists: {block_id}", f"{at}/block_id")
        seen.add(block_id)
        yield from _duplicate_actions(at, block)


def _duplicate_actions(at: str, block: JsonObject) -> Iterator[Problem]:
    seen: set[str] = set()
    for pointer, element in _own_elements(at, block):
        action_id = as_text(element.get("action_id"))
        if action_id and action_id in seen:
            yield Problem(
                "duplicate_action_id", f"action_id already exists: {action_id}", f"{pointer}/action_id"
            )
        seen.add(action_id)


def _own_elements(at: str, block: JsonObject) -> Iterator[Placed]:
    for name in ("elements", "actions"):
        if block.get("type") == "carousel":
            continue
        for index, element in enumerate(as_list(block.get(name))):
            yield f"{at}/{name}/{index}", as_object(element)
    for name in ("element", "accessory"):
        if name in block:
            yield f"{at}/{name}", as_object(block[name])


def _too_many(placed: list[Placed], kinds: tuple[str, ...], most: int, code: str) -> Iterator[Problem]:
    found = [at for at, block in placed if block.get("type") in kinds]
    for at in found[most:]:
        yield Problem(code, f"no more than {most} of {', '.join(kinds)} allowed", at)


def _table_sizes(placed: list[Placed]) -> Iterator[Problem]:
    limits = {"table": spec.TABLE_CHARACTERS, "data_table": spec.DATA_TABLE_CHARACTERS}
    for at, block in placed:
        most = limits.get(as_text(block.get("type")))
        if most is not None and _cell_characters(block.get("rows")) > most:
            yield Problem(
                "table_too_long", f"must be less than {most + 1} characters in all cells", f"{at}/rows"
            )


def _cell_characters(node: object) -> int:
    if isinstance(node, dict):
        own = node.get("text")
        inner = sum(_cell_characters(child) for name, child in node.items() if name != "text")
        return inner + (len(own) if isinstance(own, str) else 0)
    return sum(_cell_characters(child) for child in as_list(node))


def _markdown(placed: list[Placed]) -> Iterator[Problem]:
    texts = [(at, as_text(block.get("text"))) for at, block in placed if block.get("type") == "markdown"]
    if sum(len(text) for _, text in texts) > spec.MARKDOWN_CHARACTERS and len(texts) > 1:
        yield Problem(
            "markdown_too_long",
            f"must be less than {spec.MARKDOWN_CHARACTERS + 1} characters in all",
            texts[-1][0],
        )


def _focus(placed: list[Placed]) -> Iterator[Problem]:
    focused = [
        pointer
        for at, block in placed
        for pointer, element in _own_elements(at, block)
        if element.get("focus_on_load") is True
    ]
    for pointer in focused[spec.FOCUSED_INPUTS :]:
        yield Problem(
            "too_many_focused", "only one element can be focused on load", f"{pointer}/focus_on_load"
        )


def _message_text(payload: JsonObject) -> Iterator[Problem]:
    markdown = payload.get("markdown_text")
    if markdown and (payload.get("text") or payload.get("blocks")):
        yield Problem("markdown_text_conflict", "cannot be combined with text or blocks", "/markdown_text")
    if isinstance(markdown, str) and len(markdown) > spec.MARKDOWN_TEXT:
        yield Problem("too_long", f"must be less than {spec.MARKDOWN_TEXT + 1} characters", "/markdown_text")
    metadata = payload.get("metadata")
    if metadata is not None:
        yield from _metadata(as_object(metadata))


def _metadata(metadata: JsonObject) -> Iterator[Problem]:
    if not as_text(metadata.get("event_type")) or not isinstance(metadata.get("event_payload"), dict):
        yield Problem("invalid_metadata_format", "needs event_type and event_payload", "/metadata")
    elif len(json.dumps(metadata, ensure_ascii=False)) > spec.METADATA_CHARACTERS:
        yield Problem(
            "metadata_too_large", f"must be less than {spec.METADATA_CHARACTERS + 1} characters", "/metadata"
        )
