"""Rules across the fields of one object."""

from collections.abc import Iterator, Sequence

from sandbox.slack.blockkit.problem import Problem
from sandbox.slack.blockkit.rules import Cross
from sandbox.slack.shapes import JsonObject, as_list, as_object, as_objects, as_text


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def exactly_one(*names: str) -> Cross:
    """One of the fields must be there, and only one."""

    def check(value: JsonObject, at: str) -> Iterator[Problem]:
        given = [name for name in names if name in value]
        if not given:
            yield Problem("missing_field", f"must define either {_listed(names)}", at)
        elif len(given) > 1:
            yield Problem("conflicting_fields", f"must define only one of {_listed(names)}", at)

    return check


def at_least_one(*names: str) -> Cross:
    """One or more of the fields must be there."""

    def check(value: JsonObject, at: str) -> Iterator[Problem]:
        if not any(name in value for name in names):
            yield Problem("missing_field", f"must define either {_listed(names)}", at)

    return check


def not_both(first: str, second: str) -> Cross:
    """Two fields that exclude each other."""

    def check(value: JsonObject, at: str) -> Iterator[Problem]:
        if first in value and second in value:
            yield Problem("conflicting_fields", f"must define only one of {_listed((first, second))}", at)

    return check


def only_if_true(name: str, condition: str) -> Cross:
    """A field that may be true only while another one is true."""

    def check(value: JsonObject, at: str) -> Iterator[Problem]:
        if value.get(name) is True and value.get(condition) is not True:
            yield Problem("conflicting_fields", f"`{name}` requires `{condition}`", f"{at}/{name}")

    return check


def never_both_true(name: str, other: str) -> Cross:
    """A field that may not be true together with another."""

    def check(value: JsonObject, at: str) -> Iterator[Problem]:
        if value.get(name) is True and value.get(other) is True:
            yield Problem("conflicting_fields", f"`{name}` cannot be used with `{other}`", f"{at}/{name}")

    return check


def no_dispatch_with_files(value: JsonObject, at: str) -> Iterator[Problem]:
    """An input with a file_input cannot dispatch actions."""
    if value.get("dispatch_action") is True and as_object(value.get("element")).get("type") == "file_input":
        yield Problem(
            "conflicting_fields",
            "`dispatch_action` is not supported with file_input",
            f"{at}/dispatch_action",
        )


def initial_among_options(value: JsonObject, at: str) -> Iterator[Problem]:
    """What is chosen at first must be one of the options, as an equal object."""
    offered = [*as_list(value.get("options"))]
    for group in as_objects(value.get("option_groups")):
        offered += as_list(group.get("options"))
    single = [(f"{at}/initial_option", value["initial_option"])] if "initial_option" in value else []
    several = as_list(value.get("initial_options"))
    listed = [(f"{at}/initial_options/{i}", option) for i, option in enumerate(several)]
    for pointer, option in [*single, *listed]:
        if offered and option not in offered:
            yield Problem("invalid_initial_option", "must be one of the provided options", pointer)


def equal_rows(value: JsonObject, at: str) -> Iterator[Problem]:
    """Every row of a data_table has as many cells as its header; header cells are not rich_text."""
    rows = as_list(value.get("rows"))
    header = as_list(rows[0]) if rows else []
    for index, row in enumerate(rows):
        if isinstance(row, list) and len(row) != len(header):
            yield Problem("ragged_rows", "all rows must have the same number of cells", f"{at}/rows/{index}")
    for index, cell in enumerate(as_objects(header)):
        if cell.get("type") == "rich_text":
            yield Problem("unsupported_type", "unsupported type: rich_text", f"{at}/rows/0/{index}/type")


def header_column_exists(value: JsonObject, at: str) -> Iterator[Problem]:
    """row_header_column_index names a column of the table."""
    index, rows = value.get("row_header_column_index"), as_list(value.get("rows"))
    if isinstance(index, int) and rows and index >= len(as_list(rows[0])):
        yield Problem("too_large", "must name an existing column", f"{at}/row_header_column_index")


def series_fit_categories(value: JsonObject, at: str) -> Iterator[Problem]:
    """Series have names of their own, and each gives exactly every category."""
    categories = as_list(as_object(value.get("axis_config")).get("categories"))
    seen: set[str] = set()
    for index, series in enumerate(as_objects(value.get("series"))):
        name = as_text(series.get("name"))
        if name in seen:
            yield Problem("duplicate_name", "series names must be unique", f"{at}/series/{index}/name")
        seen.add(name)
        labels = [point.get("label") for point in as_objects(series.get("data"))]
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            yield Problem(
                "categories_mismatch",
                "data must have one value for every category",
                f"{at}/series/{index}/data",
            )


def unique_task_ids(value: JsonObject, at: str) -> Iterator[Problem]:
    """Tasks of a plan have ids of their own."""
    seen: set[str] = set()
    for index, task in enumerate(as_objects(value.get("tasks"))):
        task_id = as_text(task.get("task_id"))
        if task_id in seen:
            yield Problem("duplicate_task_id", "task_id must be unique", f"{at}/tasks/{index}/task_id")
        seen.add(task_id)


def submit_with_inputs(value: JsonObject, at: str) -> Iterator[Problem]:
    """A modal with an input block needs a submit text."""
    has_input = any(block.get("type") == "input" for block in as_objects(value.get("blocks")))
    if has_input and "submit" not in value:
        yield Problem("missing_field", "missing required field: submit", at)
