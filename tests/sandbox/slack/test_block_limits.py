"""Every limit of the Block Kit table, at the limit and one past it."""

import json

import pytest

from sandbox.slack.blockkit import validate, validate_options
from sandbox.slack.blockkit.spec import ALL_BLOCKS


def plain(length, kind="plain_text"):
    return {"type": kind, "text": "x" * length}


def option(n=0, *, text=3, value=1, **extra):
    return {"text": plain(text), "value": f"{n:0{value}d}", **extra}


def options(count):
    return [option(n) for n in range(count)]


def button(**extra):
    return {"type": "button", "text": plain(3), "action_id": "a", **extra}


def image(**extra):
    return {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a", **extra}


def section(**extra):
    return {"type": "section", "text": plain(1, "mrkdwn"), **extra}


def with_accessory(kind, **extra):
    return section(accessory={"type": kind, "action_id": "a", **extra})


def entry(kind, **extra):
    return {"type": "input", "label": plain(3), "element": {"type": kind, "action_id": "a", **extra}}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def confirm(title=1, text=1, yes=1, no=1):
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no)}


def raw(length=1):
    return {"type": "raw_text", "text": "x" * length}


def table(rows, columns=1, **extra):
    return {"type": "table", "rows": [[raw() for _ in range(columns)] for _ in range(rows)], **extra}


def data_table(rows, columns=1, **extra):
    return {**table(rows, columns), "type": "data_table", "caption": "c", **extra}


def pie(count, label=1):
    segments = [{"label": "x" * label, "value": 1} for _ in range(count)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}


def plot(series=1, categories=1, *, name=1, label=1, axis=1, kind="bar"):
    names = [f"{n:0{label}d}" for n in range(categories)]
    points = [{"label": text, "value": 1} for text in names]
    chart = {
        "type": kind,
        "series": [{"name": f"{n:0{name}d}", "data": list(points)} for n in range(series)],
        "axis_config": {"categories": names, "x_label": "x" * axis, "y_label": "y" * axis},
    }
    return {"type": "data_visualization", "title": "t", "chart": chart}


def card(**extra):
    return {"type": "card", "title": plain(1), **extra}


def container(**extra):
    return {"type": "container", "title": plain(1), "child_blocks": [section()], **extra}


def task(n=0, **extra):
    return {"type": "task_card", "task_id": f"t{n}", "title": "x", **extra}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements) or [rich_section()]}


def rich_section(text="x"):
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


def modal(*blocks, **extra):
    return {
        "type": "modal",
        "title": plain(3),
        "submit": plain(3),
        "blocks": list(blocks) or [section()],
        **extra,
    }


def feedback(**extra):
    side = {"text": plain(1), "value": "v"}
    return {"type": "feedback_buttons", "positive_button": {**side, **extra}, "negative_button": side}


def icon_button(**extra):
    return {"type": "icon_button", "icon": "trash", "text": plain(1), "action_id": "a", **extra}


def video(**extra):
    urls = {"thumbnail_url": "https://x.example/t", "video_url": "https://x.example/v"}
    return {"type": "video", "title": plain(3), "alt_text": "a", **urls, **extra}


# name: (limit, one block of that size, pointer below the block, code)
BLOCK_LIMITS = {
    "section text": (3000, lambda n: section(text=plain(n, "mrkdwn")), "/text/text", "too_long"),
    "section fields": (10, lambda n: section(fields=[plain(1)] * n), "/fields", "too_many_items"),
    "section field text": (2000, lambda n: section(fields=[plain(n)]), "/fields/0/text", "too_long"),
    "header text": (150, lambda n: {"type": "header", "text": plain(n)}, "/text/text", "too_long"),
    "header level": (4, lambda n: {"type": "header", "text": plain(1), "level": n}, "/level", "too_large"),
    "block_id": (255, lambda n: section(block_id="b" * n), "/block_id", "too_long"),
    "action_id": (255, lambda n: actions(button(action_id="a" * n)), "/elements/0/action_id", "too_long"),
    "context elements": (10, lambda n: {"type": "context", "elements": [plain(1)] * n}, "/elements", "too_many_items"),
    "actions elements": (
        25, lambda n: actions(*[button(action_id=f"a{i}") for i in range(n)]), "/elements", "too_many_items",
    ),
    "image url": (3000, lambda n: image(image_url="u" * n), "/image_url", "too_long"),
    "image alt text": (2000, lambda n: image(alt_text="a" * n), "/alt_text", "too_long"),
    "image title": (2000, lambda n: image(title=plain(n)), "/title/text", "too_long"),
    "button text": (75, lambda n: actions(button(text=plain(n))), "/elements/0/text/text", "too_long"),
    "button value": (2000, lambda n: actions(button(value="v" * n)), "/elements/0/value", "too_long"),
    "button url": (3000, lambda n: actions(button(url="u" * n)), "/elements/0/url", "too_long"),
    "button label": (
        75, lambda n: actions(button(accessibility_label="l" * n)), "/elements/0/accessibility_label", "too_long",
    ),
    "button prompt": (4000, lambda n: actions(button(agent_prompt="p" * n)), "/elements/0/agent_prompt", "too_long"),
    "overflow options": (5, lambda n: with_accessory("overflow", options=options(n)), "/accessory/options", "too_many_items"),
    "select options": (
        100, lambda n: with_accessory("static_select", options=options(n)), "/accessory/options", "too_many_items",
    ),
    "select groups": (
        100,
        lambda n: with_accessory("static_select", option_groups=[{"label": plain(1), "options": options(1)}] * n),
        "/accessory/option_groups", "too_many_items",
    ),
    "group label": (
        75,
        lambda n: with_accessory("static_select", option_groups=[{"label": plain(n), "options": options(1)}]),
        "/accessory/option_groups/0/label/text", "too_long",
    ),
    "option text": (
        75, lambda n: with_accessory("static_select", options=[option(text=n)]), "/accessory/options/0/text/text", "too_long",
    ),
    "option value": (
        150, lambda n: with_accessory("static_select", options=[option(value=n)]), "/accessory/options/0/value", "too_long",
    ),
    "option description": (
        75,
        lambda n: with_accessory("static_select", options=[option(description=plain(n))]),
        "/accessory/options/0/description/text", "too_long",
    ),
    "placeholder": (
        150, lambda n: with_accessory("users_select", placeholder=plain(n)), "/accessory/placeholder/text", "too_long",
    ),
    "checkboxes": (10, lambda n: with_accessory("checkboxes", options=options(n)), "/accessory/options", "too_many_items"),
    "radio buttons": (10, lambda n: with_accessory("radio_buttons", options=options(n)), "/accessory/options", "too_many_items"),
    "confirm title": (
        100, lambda n: actions(button(confirm=confirm(title=n))), "/elements/0/confirm/title/text", "too_long",
    ),
    "confirm text": (300, lambda n: actions(button(confirm=confirm(text=n))), "/elements/0/confirm/text/text", "too_long"),
    "confirm yes": (30, lambda n: actions(button(confirm=confirm(yes=n))), "/elements/0/confirm/confirm/text", "too_long"),
    "confirm no": (30, lambda n: actions(button(confirm=confirm(no=n))), "/elements/0/confirm/deny/text", "too_long"),
    "markdown": (12000, lambda n: {"type": "markdown", "text": "m" * n}, "/text", "too_long"),
    "table rows": (100, table, "/rows", "too_many_items"),
    "table columns": (20, lambda n: table(1, n), "/rows/0", "too_many_items"),
    "table column settings": (20, lambda n: table(1, column_settings=[None] * n), "/column_settings", "too_many_items"),
    "table characters": (10_000, lambda n: {"type": "table", "rows": [[raw(n)]]}, "/rows", "table_too_long"),
    "data_table rows": (201, data_table, "/rows", "too_many_items"),
    "data_table columns": (20, lambda n: data_table(2, n), "/rows/0", "too_many_items"),
    "data_table page": (100, lambda n: data_table(2, page_size=n), "/page_size", "too_large"),
    "data_table characters": (
        20_000, lambda n: {**data_table(2), "rows": [[raw()], [raw(n - 1)]]}, "/rows", "table_too_long",
    ),
    "chart title": (50, lambda n: {**pie(1), "title": "t" * n}, "/title", "too_long"),
    "pie segments": (12, pie, "/chart/segments", "too_many_items"),
    "pie label": (20, lambda n: pie(1, n), "/chart/segments/0/label", "too_long"),
    "chart series": (12, plot, "/chart/series", "too_many_items"),
    "chart series name": (20, lambda n: plot(name=n), "/chart/series/0/name", "too_long"),
    "chart points": (20, lambda n: plot(1, n), "/chart/series/0/data", "too_many_items"),
    "chart categories": (20, lambda n: plot(1, n, kind="line"), "/chart/axis_config/categories", "too_many_items"),
    "chart category": (20, lambda n: plot(label=n, kind="area"), "/chart/axis_config/categories/0", "too_long"),
    "axis label": (50, lambda n: plot(axis=n), "/chart/axis_config/x_label", "too_long"),
    "card title": (150, lambda n: card(title=plain(n)), "/title/text", "too_long"),
    "card subtitle": (150, lambda n: card(subtitle=plain(n)), "/subtitle/text", "too_long"),
    "card body": (200, lambda n: card(body=plain(n)), "/body/text", "too_long"),
    "card subtext": (200, lambda n: card(subtext=plain(n)), "/subtext/text", "too_long"),
    "card actions": (3, lambda n: card(actions=[button(action_id=f"a{i}") for i in range(n)]), "/actions", "too_many_items"),
    "carousel cards": (10, lambda n: {"type": "carousel", "elements": [card()] * n}, "/elements", "too_many_items"),
    "container title": (150, lambda n: container(title=plain(n)), "/title/text", "too_long"),
    "container subtitle": (150, lambda n: container(subtitle=plain(n)), "/subtitle/text", "too_long"),
    "container children": (10, lambda n: container(child_blocks=[section()] * n), "/child_blocks", "too_many_items"),
    "plan tasks": (
        50, lambda n: {"type": "plan", "title": "p", "tasks": [task(i) for i in range(n)]}, "/tasks", "too_many_items",
    ),
    "context actions": (
        5,
        lambda n: {"type": "context_actions", "elements": [icon_button(action_id=f"a{i}") for i in range(n)]},
        "/elements", "too_many_items",
    ),
    "feedback text": (
        75,
        lambda n: {"type": "context_actions", "elements": [feedback(text=plain(n))]},
        "/elements/0/positive_button/text/text", "too_long",
    ),
    "icon button viewers": (
        10,
        lambda n: {"type": "context_actions", "elements": [icon_button(visible_to_user_ids=["U1"] * n)]},
        "/elements/0/visible_to_user_ids", "too_many_items",
    ),
    "video title": (199, lambda n: video(title=plain(n)), "/title/text", "too_long"),
    "video description": (199, lambda n: video(description=plain(n)), "/description/text", "too_long"),
    "video author": (50, lambda n: video(author_name="a" * n), "/author_name", "too_long"),
    "list indent": (
        8,
        lambda n: rich({"type": "rich_text_list", "style": "bullet", "indent": n, "elements": [rich_section()]}),
        "/elements/0/indent", "too_large",
    ),
    "input label": (2000, lambda n: {**entry("plain_text_input"), "label": plain(n)}, "/label/text", "too_long"),
    "input hint": (2000, lambda n: {**entry("plain_text_input"), "hint": plain(n)}, "/hint/text", "too_long"),
    "text input maximum": (3000, lambda n: entry("plain_text_input", max_length=n), "/element/max_length", "too_large"),
    "text input content": (
        3000, lambda n: entry("plain_text_input", initial_value="x" * n), "/element/initial_value", "too_long",
    ),
}  # fmt: skip

# only in modals: name: (limit, view of that size, pointer, code)
MODAL_LIMITS = {
    "title": (24, lambda n: modal(title=plain(n)), "/view/title/text", "too_long"),
    "submit": (24, lambda n: modal(submit=plain(n)), "/view/submit/text", "too_long"),
    "close": (24, lambda n: modal(close=plain(n)), "/view/close/text", "too_long"),
    "callback_id": (255, lambda n: modal(callback_id="c" * n), "/view/callback_id", "too_long"),
    "external_id": (255, lambda n: modal(external_id="c" * n), "/view/external_id", "too_long"),
    "private_metadata": (3000, lambda n: modal(private_metadata="m" * n), "/view/private_metadata", "too_long"),
    "blocks": (100, lambda n: modal(*[section()] * n), "/view/blocks", "too_many_items"),
    "alert": (200, lambda n: modal({"type": "alert", "text": plain(n)}), "/view/blocks/0/text/text", "too_long"),
    "files": (10, lambda n: modal(entry("file_input", max_files=n)), "/view/blocks/0/element/max_files", "too_large"),
    "rich text lines": (
        100, lambda n: modal(entry("rich_text_input", max_lines=n)), "/view/blocks/0/element/max_lines", "too_large",
    ),
    "focus": (
        1,
        lambda n: modal(*[entry("plain_text_input", focus_on_load=True)] * n),
        "/view/blocks/1/element/focus_on_load", "too_many_focused",
    ),
}  # fmt: skip

MESSAGE_LIMITS = {
    "blocks": (50, lambda n: {"blocks": [section()] * n}, "/blocks", "too_many_items"),
    "attachments": (100, lambda n: {"attachments": [{}] * n}, "/attachments", "too_many_attachments"),
    "attachment blocks": (
        50, lambda n: {"attachments": [{"blocks": [section()] * n}]}, "/attachments/0/blocks", "too_many_items",
    ),
    "tables": (1, lambda n: {"blocks": [table(1), data_table(2)][:n]}, "/blocks/1", "only_one_table_allowed"),
    "charts": (2, lambda n: {"blocks": [pie(1)] * n}, "/blocks/2", "too_many_charts"),
    "markdown in all": (
        12_000,
        lambda n: {"blocks": [{"type": "markdown", "text": "m" * 6000}, {"type": "markdown", "text": "m" * (n - 6000)}]},
        "/blocks/1", "markdown_too_long",
    ),
    "markdown_text": (12_000, lambda n: {"markdown_text": "m" * n}, "/markdown_text", "too_long"),
}  # fmt: skip


def found(problems):
    return {(problem.code, problem.pointer) for problem in problems}


@pytest.mark.parametrize("name", BLOCK_LIMITS)
def test_a_block_is_taken_at_its_limit_and_refused_one_past_it(name):
    limit, build, pointer, code = BLOCK_LIMITS[name]
    assert validate({"blocks": [build(limit)]}, "message") == []
    assert (code, f"/blocks/0{pointer}") in found(validate({"blocks": [build(limit + 1)]}, "message"))


@pytest.mark.parametrize("name", MODAL_LIMITS)
def test_a_modal_is_taken_at_its_limit_and_refused_one_past_it(name):
    limit, build, pointer, code = MODAL_LIMITS[name]
    assert validate(build(limit), "modal") == []
    assert (code, pointer) in found(validate(build(limit + 1), "modal"))


@pytest.mark.parametrize("name", MESSAGE_LIMITS)
def test_a_message_is_taken_at_its_limit_and_refused_one_past_it(name):
    limit, build, pointer, code = MESSAGE_LIMITS[name]
    assert validate(build(limit), "message") == []
    assert (code, pointer) in found(validate(build(limit + 1), "message"))


def test_a_view_is_taken_at_250_kb_and_refused_one_byte_past_it():
    def sized(size):
        blocks = [section(text=plain(2900, "mrkdwn")) for _ in range(80)]
        view = modal(*blocks)
        missing = size - len(json.dumps(view).encode())
        extra = [section(text=plain(2000, "mrkdwn"))] * (missing // 2062)
        view = modal(*blocks, *extra)
        view["private_metadata"] = ""
        view["private_metadata"] = "m" * (size - len(json.dumps(view).encode()))
        return view

    assert validate(sized(250_000), "modal") == []
    assert found(validate(sized(250_001), "modal")) == {("view_too_large", "/view")}


def test_options_are_taken_up_to_a_hundred():
    assert validate_options({"options": options(100)}) == []
    assert validate_options({"options": []}) == []
    assert found(validate_options({"options": options(101)})) == {("too_many_items", "/options")}
    assert found(validate_options({"options": [option(text=76)]})) == {("too_long", "/options/0/text/text")}
    assert found(validate_options({})) == {("missing_field", "")}


SAMPLES = {
    "section": section(),
    "header": {"type": "header", "text": plain(1)},
    "divider": {"type": "divider"},
    "context": {"type": "context", "elements": [plain(1), image()]},
    "actions": actions(button()),
    "image": image(),
    "input": entry("plain_text_input"),
    "rich_text": rich(),
    "video": video(),
    "markdown": {"type": "markdown", "text": "x"},
    "context_actions": {"type": "context_actions", "elements": [feedback()]},
    "table": table(2),
    "data_table": data_table(2),
    "data_visualization": pie(2),
    "alert": {"type": "alert", "text": plain(1), "level": "warning"},
    "card": card(slack_icon={"type": "icon", "name": "rocket"}),
    "carousel": {"type": "carousel", "elements": [card()]},
    "container": container(is_collapsible=True, default_collapsed=True),
    "plan": {"type": "plan", "title": "p", "tasks": [task(status="pending")]},
    "task_card": task(status="complete", sources=[{"type": "url", "url": "https://x.example", "text": "x"}]),
    "auth_provider": {"type": "auth_provider", "value": "v", "name": "n"},
    "call": {"type": "call", "call_id": "R1"},
}
SURFACES = {
    "markdown": "message",
    "context_actions": "message",
    "table": "message home",
    "data_table": "message home",
    "data_visualization": "message",
    "alert": "modal",
    "carousel": "message home",
    "container": "message home",
    "plan": "message",
    "task_card": "message",
    "auth_provider": "home",
    "call": "message",
}


def on_surface(block, surface):
    if surface == "message":
        return {"blocks": [block]}
    return modal(block) if surface == "modal" else {"type": "home", "blocks": [block]}


def test_there_is_a_sample_of_every_block_of_the_table():
    assert set(SAMPLES) == set(ALL_BLOCKS)


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_block_is_taken_only_on_its_surfaces(kind, surface):
    problems = validate(on_surface(SAMPLES[kind], surface), surface)
    if surface in SURFACES.get(kind, "message modal home").split():
        assert problems == []
    else:
        prefix = "/blocks" if surface == "message" else "/view/blocks"
        assert [str(p) for p in problems] == [f"unsupported type: {kind} [json-pointer:{prefix}/0/type]"]


INPUTS = {
    "number_input": ({"is_decimal_allowed": False}, "modal"),
    "email_text_input": ({}, "modal"),
    "url_text_input": ({}, "modal"),
    "file_input": ({}, "modal"),
    "rich_text_input": ({}, "modal home"),
    "datetimepicker": ({}, "message modal"),
    "plain_text_input": ({}, "message modal home"),
    "datepicker": ({"initial_date": "2026-02-28"}, "message modal home"),
    "timepicker": ({"initial_time": "23:59", "timezone": "Europe/London"}, "message modal home"),
    "multi_static_select": ({"options": options(2), "initial_options": [option(1)]}, "message modal home"),
}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize("kind", INPUTS)
def test_an_input_element_is_taken_only_on_its_surfaces(kind, surface):
    fields, surfaces = INPUTS[kind]
    problems = validate(on_surface(entry(kind, **fields), surface), surface)
    assert (problems == []) == (surface in surfaces.split())
