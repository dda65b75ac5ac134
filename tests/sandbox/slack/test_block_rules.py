"""Rules of Block Kit that are no lengths: what goes where, what excludes what, how it is said."""

import pytest

from sandbox.slack.blockkit import validate
from tests.sandbox.slack.test_block_limits import (
    actions,
    button,
    card,
    container,
    data_table,
    entry,
    found,
    modal,
    option,
    options,
    plain,
    plot,
    raw,
    rich,
    rich_section,
    section,
    table,
    task,
    with_accessory,
)


def problems_of(*blocks):
    return found(validate({"blocks": list(blocks)}, "message"))


def test_a_problem_reads_as_slack_words_it():
    problems = validate({"blocks": [section(text=plain(3001))]}, "message")
    assert [str(p) for p in problems] == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_a_bare_list_of_blocks_is_a_message():
    assert validate([section()], "message") == []
    assert found(validate([{"type": "nonsense"}], "message")) == {("unsupported_type", "/blocks/0/type")}


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "nonsense"}, ("unsupported_type", "/blocks/0/type")),
        ({"text": plain(1)}, ("missing_field", "/blocks/0")),
        ({"type": "section"}, ("missing_field", "/blocks/0")),
        ({"type": "header", "text": plain(1, "mrkdwn")}, ("unsupported_type", "/blocks/0/text/type")),
        ({"type": "header", "text": "Hi"}, ("not_an_object", "/blocks/0/text")),
        (section(text=plain(0)), ("too_short", "/blocks/0/text/text")),
        (section(text={"type": "mrkdwn", "text": "x", "emoji": True}), ("unknown_field", "/blocks/0/text")),
        (section(colour="red"), ("unknown_field", "/blocks/0")),
        (section(accessory=None), ("not_an_object", "/blocks/0/accessory")),
        (with_accessory("plain_text_input"), ("unsupported_type", "/blocks/0/accessory/type")),
        (with_accessory("datetimepicker"), ("unsupported_type", "/blocks/0/accessory/type")),
        (with_accessory("static_select"), ("missing_field", "/blocks/0/accessory")),
        (with_accessory("overflow", options=[]), ("too_few_items", "/blocks/0/accessory/options")),
        (
            with_accessory("static_select", options=options(2), initial_option=option(7)),
            ("invalid_initial_option", "/blocks/0/accessory/initial_option"),
        ),
        (
            with_accessory("static_select", options=options(1), option_groups=[]),
            ("conflicting_fields", "/blocks/0/accessory"),
        ),
        (
            with_accessory("static_select", options=[option(url="https://x.example")]),
            ("unknown_field", "/blocks/0/accessory/options/0"),
        ),
        (with_accessory("datepicker", initial_date="1/2/26"), ("invalid_format", "/blocks/0/accessory/initial_date")),
        (actions(), ("too_few_items", "/blocks/0/elements")),
        (actions(button(style="blue")), ("invalid_enum_value", "/blocks/0/elements/0/style")),
        (actions(button(text=plain(3, "mrkdwn"))), ("unsupported_type", "/blocks/0/elements/0/text/type")),
        (actions(button(), button()), ("duplicate_action_id", "/blocks/0/elements/1/action_id")),
        ({"type": "image", "alt_text": "a"}, ("missing_field", "/blocks/0")),
        (
            {"type": "image", "alt_text": "a", "slack_file": {"id": "nope"}},
            ("invalid_format", "/blocks/0/slack_file/id"),
        ),
        (entry("plain_text_input", type="password"), ("unsupported_type", "/blocks/0/element/type")),
        ({**entry("number_input")}, ("unsupported_surface", "/blocks/0/element/type")),
        (table(0), ("too_few_items", "/blocks/0/rows")),
        ({"type": "table", "rows": [[raw(0)]]}, ("too_short", "/blocks/0/rows/0/0/text")),
        (data_table(1), ("too_few_items", "/blocks/0/rows")),
        ({**data_table(2), "rows": [[raw()], [raw(), raw()]]}, ("ragged_rows", "/blocks/0/rows/1")),
        ({**data_table(2), "rows": [[rich()], [raw()]]}, ("unsupported_type", "/blocks/0/rows/0/0/type")),
        (data_table(2, row_header_column_index=1), ("too_large", "/blocks/0/row_header_column_index")),
        (card(icon={"type": "image", "image_url": "u", "alt_text": "a"}, slack_icon={"type": "icon", "name": "bot"}),
         ("conflicting_fields", "/blocks/0")),
        (card(slack_icon={"type": "icon", "name": "unicorn"}), ("invalid_enum_value", "/blocks/0/slack_icon/name")),
        (card(title="bare"), ("not_an_object", "/blocks/0/title")),
        ({"type": "card", "subtitle": plain(1)}, ("missing_field", "/blocks/0")),
        (container(default_collapsed=True), ("conflicting_fields", "/blocks/0/default_collapsed")),
        (
            container(is_collapsible=True, has_header_divider=True),
            ("conflicting_fields", "/blocks/0/has_header_divider"),
        ),
        (container(child_blocks=[container()]), ("unsupported_type", "/blocks/0/child_blocks/0/type")),
        (container(child_blocks=[entry("plain_text_input")]), ("unsupported_type", "/blocks/0/child_blocks/0/type")),
        ({"type": "plan", "title": plain(3)}, ("not_a_string", "/blocks/0/title")),
        ({"type": "plan", "title": "p", "tasks": [task(1), task(1)]}, ("duplicate_task_id", "/blocks/0/tasks/1/task_id")),
        (task(status="pending"), ("invalid_enum_value", "/blocks/0/status")),
        (rich({"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}),
         ("too_short", "/blocks/0/elements/0/elements/0/text")),
        (rich({"type": "rich_text_list", "style": "dashes", "elements": [rich_section()]}),
         ("invalid_enum_value", "/blocks/0/elements/0/style")),
        ({"type": "header", "text": plain(1), "level": 0}, ("too_small", "/blocks/0/level")),
    ],
)  # fmt: skip
def test_a_broken_rule_is_found_where_it_is_broken(block, problem):
    assert problem in problems_of(block)


def test_two_blocks_cannot_share_a_block_id_not_even_across_attachments():
    first, second = section(block_id="b"), section(block_id="b")
    assert problems_of(first, second) == {("duplicate_block_id", "/blocks/1/block_id")}
    apart = validate({"blocks": [first], "attachments": [{"blocks": [second]}]}, "message")
    assert found(apart) == {("duplicate_block_id", "/attachments/0/blocks/0/block_id")}


def test_the_same_action_id_in_two_blocks_is_fine():
    assert problems_of(actions(button()), actions(button())) == set()


def test_a_pie_slice_is_greater_than_zero():
    chart = {"type": "pie", "segments": [{"label": "a", "value": 0}]}
    block = {"type": "data_visualization", "title": "t", "chart": chart}
    assert problems_of(block) == {("too_small", "/blocks/0/chart/segments/0/value")}


def test_every_series_gives_every_category():
    block = plot(2, 3)
    block["chart"]["series"][1]["data"].pop()
    block["chart"]["series"][1]["name"] = block["chart"]["series"][0]["name"]
    assert problems_of(block) == {
        ("categories_mismatch", "/blocks/0/chart/series/1/data"),
        ("duplicate_name", "/blocks/0/chart/series/1/name"),
    }


def test_a_modal_with_an_input_needs_a_submit_text():
    view = modal(entry("plain_text_input"))
    del view["submit"]
    assert [str(p) for p in validate(view, "modal")] == [
        "missing required field: submit [json-pointer:/view]"
    ]


def test_a_view_is_held_against_the_surface_it_names():
    assert found(validate({"type": "home", "blocks": [section()]}, "modal")) == {
        ("unsupported_type", "/view/type")
    }
    assert found(validate({"type": "modal"}, "modal")) == {("missing_field", "/view")}
    assert found(validate(modal(id="V1"), "modal")) == {("unknown_field", "/view")}
    assert found(validate({"type": "home", "blocks": []}, "home")) == {("too_few_items", "/view/blocks")}


def test_a_file_input_dispatches_nothing():
    view = modal({**entry("file_input"), "dispatch_action": True})
    assert found(validate(view, "modal")) == {("conflicting_fields", "/view/blocks/0/dispatch_action")}


def test_markdown_text_stands_alone():
    assert validate({"markdown_text": "# Hi"}, "message") == []
    both = validate({"markdown_text": "# Hi", "text": "Hi"}, "message")
    assert found(both) == {("markdown_text_conflict", "/markdown_text")}


def test_metadata_needs_a_type_and_a_small_payload():
    assert validate({"metadata": {"event_type": "t", "event_payload": {"id": 1}}}, "message") == []
    assert found(validate({"metadata": {"event_type": "t"}}, "message")) == {
        ("invalid_metadata_format", "/metadata")
    }
    large = {"event_type": "t", "event_payload": {"text": "x" * 9000}}
    assert found(validate({"metadata": large}, "message")) == {("metadata_too_large", "/metadata")}
