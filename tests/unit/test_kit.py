import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import kit
from blocks.form import Form
from bot.errors import InvalidInput
from sandbox.slack.blockkit.validate import validate


def test_nothing_from_outside_can_mention_or_link():
    assert kit.escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_control_characters_disappear_and_line_ends_become_plain():
    assert kit.clean("a\x00b\r\nc\rd\te") == "ab\nc\nd\te"


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("a longer sentence", 10, "a longer…"),
        ("see <https://example.com|this> now", 20, "see…"),
        ("one &amp; two", 7, "one…"),
    ],
)
def test_text_is_cut_with_an_ellipsis_and_never_inside_markup(text: str, limit: int, cut: str):
    assert kit.truncate(text, limit) == cut


def test_a_code_block_that_is_cut_is_closed():
    cut = kit.truncate(kit.preformatted("x" * 100), 40)
    assert cut.endswith("…```")
    assert len(cut) <= 40


@given(st.text(), st.integers(min_value=8, max_value=300))
def test_a_cut_text_keeps_its_limit_and_leaves_nothing_open(text: str, limit: int):
    cut = kit.truncate(kit.escape(text), limit)
    assert len(cut) <= limit
    assert "<" not in cut
    tail = cut.rpartition("&")[2] if "&" in cut else ";"
    assert ";" in tail


@given(st.text())
def test_a_link_label_cannot_end_the_link_early(label: str):
    shown = kit.link("https://example.com/a|b>c", label)
    assert shown.count("|") == 1
    assert shown.index(">") == len(shown) - 1


def test_a_star_in_a_name_does_not_end_its_bold():
    assert kit.bold("A*B").count("*") == 2


def test_a_date_shows_in_the_viewers_zone_with_a_fallback():
    moment = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert kit.date(moment) == "<!date^1795248000^{date_short_pretty} {time}|2026-11-21 08:00 UTC>"


@pytest.mark.parametrize(("number", "said"), [(0, "0 tickets"), (1, "1 ticket"), (1204, "1,204 tickets")])
def test_a_count_is_said_in_words(number: int, said: str):
    assert kit.count(number, "ticket") == said


def test_a_header_is_plain_text_within_its_limit():
    block = kit.header("x" * 200)
    assert len(block["text"]["text"]) == 150  # type: ignore[index, arg-type, call-overload]
    assert block["text"]["type"] == "plain_text"  # type: ignore[index, call-overload]


def test_parts_that_were_not_given_are_left_out():
    assert set(kit.button("Go", "go")) == {"type", "text", "action_id"}
    assert set(kit.section("Hello")) == {"type", "text"}


def test_a_chosen_option_is_the_very_option():
    options = [kit.option("One", "1"), kit.option("Two", "2")]
    assert kit.static_select("pick", options, chosen="2")["initial_option"] == options[1]
    assert "initial_option" not in kit.static_select("pick", options, chosen="3")


def test_at_most_a_hundred_options_and_ten_fields_are_sent():
    assert len(kit.multi_static_select("pick", [kit.option("x", "y")] * 150)["options"]) == 100  # type: ignore[arg-type]
    assert len(kit.fields([("a", "b")] * 12)["fields"]) == 10  # type: ignore[arg-type]


def test_an_empty_field_is_a_dash_because_slack_refuses_empty_text():
    assert "\N{EN DASH}" in json.dumps(kit.fields([("Due", "")]), ensure_ascii=False)


def test_a_modal_carries_its_context():
    view = kit.modal("New ticket", [kit.section("x")], submit="Create", metadata={"review": 3})
    assert json.loads(str(view["private_metadata"])) == {"review": 3}
    assert view["submit"]["text"] == "Create"  # type: ignore[index, call-overload]


def test_a_modal_title_fits():
    title = kit.modal("A title that is far too long for Slack", [])["title"]
    assert len(title["text"]) == 24  # type: ignore[index, arg-type, call-overload]


@pytest.mark.parametrize(
    ("total", "asked", "number", "label"),
    [
        (0, 0, 0, "none"),
        (25, 0, 0, "1 to 10 of 25"),
        (25, 2, 2, "21 to 25 of 25"),
        (25, 9, 2, "21 to 25 of 25"),
        (25, -1, 0, "1 to 10 of 25"),
    ],
)
def test_a_page_that_does_not_exist_is_the_nearest_that_does(total: int, asked: int, number: int, label: str):
    found = kit.page(total, asked)
    assert (found.number, found.label) == (number, label)


def test_page_buttons_go_only_where_there_is_a_page():
    first, middle, last = (kit.page_buttons(kit.page(25, number), "list") for number in (0, 1, 2))
    assert [button["value"] for button in first] == ["1|"]
    assert [button["value"] for button in middle] == ["0|", "2|"]
    assert [button["value"] for button in last] == ["1|"]


class TestForm:
    def test_a_field_is_read_by_its_block_whatever_its_suffix(self):
        form = Form({"queue:2": {"pick": {"type": "static_select", "selected_option": {"value": "8"}}}})
        assert form.choice("queue") == "8"
        assert form.number("queue") == 8

    def test_blanks_are_no_answer(self):
        form = Form({"name": {"value": {"type": "plain_text_input", "value": "   "}}})
        with pytest.raises(InvalidInput) as refused:
            form.required_text("name")
        assert refused.value.field == "name"

    def test_nothing_chosen_is_named(self):
        form = Form({"queue": {"pick": {"type": "static_select", "selected_option": None}}})
        with pytest.raises(InvalidInput):
            form.required_choice("queue")

    def test_a_word_is_no_number(self):
        with pytest.raises(InvalidInput):
            Form({"n": {"v": {"value": "three"}}}).number("n")

    def test_ticked_boxes_are_read_together(self):
        ticked = {"selected_options": [{"value": "a"}, {"value": "b"}]}
        assert Form({"x": {"y": ticked}}).choices("x") == ("a", "b")


def test_more_options_than_slack_takes_come_in_groups_and_none_is_lost():
    options = [kit.option(f"Choice {each}", str(each)) for each in range(250)]
    select = kit.static_select("value", options, chosen="249")
    block = kit.input_block("field", "Field", select)
    assert validate(kit.modal("T", (block,), submit="Go"), "modal") == []
    assert sum(len(group["options"]) for group in select["option_groups"]) == 250
    assert select["initial_option"]["value"] == "249"


def test_a_form_with_nothing_to_choose_from_still_opens():
    block = kit.input_block("field", "Field", kit.static_select("value", []))
    assert validate(kit.modal("T", (block,), submit="Go"), "modal") == []
