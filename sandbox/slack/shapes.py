"""JSON as it arrives from outside: narrow it once, at the place of use."""

from collections.abc import Iterator

JsonObject = dict[str, object]


def as_object(value: object) -> JsonObject:
    """Give the value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """Give the value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def as_objects(value: object) -> list[JsonObject]:
    """Give the objects of a JSON array; other members are left out."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def as_text(value: object, default: str = "") -> str:
    """Give a string; numbers become text, everything else the default."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def as_flag(value: object) -> bool:
    """Read a boolean as Slack's clients send it: JSON true, `1`, `true`."""
    return value if isinstance(value, bool) else as_text(value).lower() in {"1", "true"}


def strings_within(value: object) -> Iterator[str]:
    """Every string value inside a JSON value, keys excluded, in document order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings_within(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings_within(member)


def present(fields: JsonObject) -> JsonObject:
    """Drop the members that are None: Slack leaves absent fields out."""
    return {name: value for name, value in fields.items() if value is not None}
