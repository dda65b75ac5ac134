"""The checks a Slack client makes before it sends a form, and filling one in for a test."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from sandbox.slack.acts.choice import options_of
from sandbox.slack.errors import Refused
from sandbox.slack.filetypes import ending
from sandbox.slack.model import View
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text
from sandbox.slack.viewstate import STATE_FIELDS, Values

Answer = str | int | bool | None | JsonObject | list[str] | list[JsonObject]
MOST_FILES = 10
LARGEST_FILE = 10_000_000  # bytes, for a file_input
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+\.\S+|https?://localhost\S*")


def input_blocks(view: View) -> list[JsonObject]:
    return [block for block in as_objects(view.body.get("blocks")) if block.get("type") == "input"]


def client_errors(view: View) -> dict[str, str]:
    """Texts under the fields that stop the form from being sent, by block_id."""
    errors = {}
    for block in input_blocks(view):
        block_id = as_text(block.get("block_id"))
        element = as_object(block.get("element"))
        entry = as_object(view.values.get(block_id, {}).get(as_text(element.get("action_id"))))
        wrong = _wrong(block, element, entry)
        if wrong:
            errors[block_id] = wrong
    return errors


def _wrong(block: JsonObject, element: JsonObject, entry: JsonObject) -> str | None:
    kind = as_text(element.get("type"))
    entered = entry.get(STATE_FIELDS[kind][0]) if kind in STATE_FIELDS else None
    if entered in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    if kind == "file_input":
        return _files(element, as_objects(entered))
    check = _CHECKS.get(kind)
    return check(element, as_text(entered)) if check else _count(element, entered)


def _count(element: JsonObject, entered: object) -> str | None:
    limit = element.get("max_selected_items")
    too_many = isinstance(limit, int) and len(as_list(entered)) > limit
    return f"Please choose no more than {limit}." if too_many else None


def _files(element: JsonObject, files: list[JsonObject]) -> str | None:
    most = element.get("max_files", MOST_FILES)
    if isinstance(most, int) and len(files) > most:
        return f"Please choose no more than {most} {'file' if most == 1 else 'files'}."
    allowed = [as_text(item).lower().removeprefix(".") for item in as_list(element.get("filetypes"))]
    for file in files:
        name = as_text(file.get("name"))
        if allowed and ending(name) not in allowed:
            return f"{name}: please choose a file of type {', '.join(allowed)}."
        if int(as_text(file.get("size"), "0")) > LARGEST_FILE:
            return f"{name} is larger than 10 MB."
    return None


def _email(_: JsonObject, text: str) -> str | None:
    return None if _EMAIL.fullmatch(text) else "Please enter a valid email address."


def _url(_: JsonObject, text: str) -> str | None:
    return None if _URL.fullmatch(text) else "Please enter a valid URL."


def _length(element: JsonObject, text: str) -> str | None:
    shortest, longest = element.get("min_length"), element.get("max_length")
    if isinstance(shortest, int) and len(text) < shortest:
        return f"Please enter at least {shortest} characters."
    if isinstance(longest, int) and len(text) > longest:
        return f"Please enter no more than {longest} characters."
    return "Please enter no more than 3000 characters." if len(text) > 3000 else None


def _number(element: JsonObject, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    low, high = as_text(element.get("min_value")), as_text(element.get("max_value"))
    if low and number < Decimal(low):
        return f"Please enter a number not below {low}."
    if high and number > Decimal(high):
        return f"Please enter a number not above {high}."
    return None


_CHECKS: Mapping[str, Callable[[JsonObject, str], str | None]] = {
    "plain_text_input": _length,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _url,
}


def filled_in(view: View, answers: Mapping[str, Answer]) -> Values:
    """Form state from plain answers by block_id: text, an option's value or label, a list of them, an id,
    a date, or a whole option object (as an external select needs it). Raises Refused for a block_id
    that the view does not have.
    """
    blocks = {as_text(block.get("block_id")): block for block in as_objects(view.body.get("blocks"))}
    values: Values = {}
    for block_id, answer in answers.items():
        if block_id not in blocks:
            raise Refused("no_such_block", f"the view has no block {block_id!r}: {sorted(blocks)}")
        element = _only_element(blocks[block_id])
        values[block_id] = {as_text(element.get("action_id")): _entry(element, answer)}
    return values


def _only_element(block: JsonObject) -> JsonObject:
    listed = as_objects(block.get("elements"))
    element = block.get("element") or block.get("accessory") or (listed[0] if listed else None)
    if not isinstance(element, dict) or element.get("type") not in STATE_FIELDS:
        raise Refused("no_such_element", f"block {block.get('block_id')!r} takes no answer")
    return element


def _entry(element: JsonObject, answer: Answer) -> JsonObject:
    name = STATE_FIELDS[as_text(element.get("type"))][0]
    if "options" in element or "option_groups" in element:
        return {
            name: [_option(element, a) for a in answer]
            if isinstance(answer, list)
            else _option(element, answer)
        }
    if name == "value" and isinstance(answer, int):
        return {name: str(answer)}
    return {name: answer}


def _option(element: JsonObject, answer: object) -> JsonObject | None:
    if answer is None:
        return None
    wanted = as_object(answer).get("value", answer)
    for option in options_of(element):
        if wanted in (option.get("value"), as_object(option.get("text")).get("text")):
            return option
    raise Refused("no_such_option", f"the menu {element.get('action_id')!r} does not offer {wanted!r}")
