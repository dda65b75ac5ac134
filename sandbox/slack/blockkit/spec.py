"""Every limit of Block Kit in one table: blocks, elements, rich text, charts, views, messages.

Sources: Slack's Block Kit reference and its 2026 changelog, gathered in the project's platform notes.
Where snapshots disagree the table accepts the larger size for data_table (201 rows, 20,000 characters) and
the smaller set for a container's children.
"""

from collections.abc import Mapping

from sandbox.slack.blockkit import cross
from sandbox.slack.blockkit.problem import Surface
from sandbox.slack.blockkit.rules import (
    Anything,
    Array,
    Flag,
    Number,
    OneOf,
    OrNull,
    Rule,
    Shape,
    Text,
    Words,
)

# fmt: off

# --- counted over a whole payload -----------------------------------------------------------------
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
MESSAGE_BLOCKS_CHARACTERS = 120_000     # "msg_blocks_too_long": the total is not documented; generous
ATTACHMENTS = 100
MARKDOWN_CHARACTERS = 12_000            # markdown blocks, summed
MARKDOWN_TEXT = 12_000
TABLES_PER_MESSAGE = 1                  # table and data_table counted together
TABLE_CHARACTERS = 10_000               # over all cells
DATA_TABLE_CHARACTERS = 20_000
CHARTS_PER_MESSAGE = 2
FOCUSED_INPUTS = 1
METADATA_CHARACTERS = 8_000             # "metadata_too_large": several kB
OPTIONS = 100

# --- surfaces -------------------------------------------------------------------------------------
MESSAGE: frozenset[Surface] = frozenset({"message"})
MODAL: frozenset[Surface] = frozenset({"modal"})
HOME: frozenset[Surface] = frozenset({"home"})
MESSAGE_HOME, MESSAGE_MODAL, VIEWS = MESSAGE | HOME, MESSAGE | MODAL, MODAL | HOME

# --- small parts ----------------------------------------------------------------------------------
PLAIN = ("plain_text",)
URL = Text(3000)
ID = Text(255)
ALT = Text(2000)
DATE = Text(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = Text(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
COLOR = Text(pattern=r"#[0-9a-fA-F]{6}")
SLACK_FILE = Shape({"id": Text(pattern=r"F[A-Z0-9]{8,}"), "url": URL}, cross=(cross.exactly_one("id", "url"),))
CONFIRM = Shape(
    {
        "title": Words(100, PLAIN), "text": Words(300, PLAIN), "confirm": Words(30, PLAIN), "deny": Words(30, PLAIN),
        "style": Text(one_of=("primary", "danger")),
    },
    ("title", "text", "confirm", "deny"),
)
OPTION = Shape({"text": Words(75, PLAIN), "value": Text(150), "description": Words(75, PLAIN)}, ("text", "value"))
RICH_OPTION = Shape({"text": Words(75), "value": Text(150), "description": Words(75)}, ("text", "value"))
LINK_OPTION = Shape({**OPTION.fields, "url": URL}, ("text", "value"))
OPTION_GROUP = Shape({"label": Words(75, PLAIN), "options": Array(OPTION, OPTIONS)}, ("label", "options"))
DISPATCH = Shape({
    "trigger_actions_on": Array(Text(one_of=("on_enter_pressed", "on_character_entered")), 2),
})
FILTER = Shape({
    "include": Array(Text(one_of=("im", "mpim", "private", "public")), 4),
    "exclude_external_shared_channels": Flag(), "exclude_bot_users": Flag(),
})
WORKFLOW = Shape({
    "trigger": Shape({"url": URL, "customizable_input_parameters": Anything()}, ("url",)),
}, ("trigger",))
FEEDBACK = Shape({"text": Words(75, PLAIN), "value": Text(2000), "accessibility_label": Text(75)}, ("text", "value"))
CARD_ICONS = (
    "archive", "book", "bookmark", "bot", "bug", "calendar", "call", "caret-left", "caret-right", "check",
    "clipboard", "code", "comment", "compass", "copy", "cube", "download", "edit", "email", "eye-closed",
    "eye-open", "file", "flag", "folder", "gear", "globe", "heart", "help", "image", "info", "key", "lightbulb", "link",
    "map", "mobile", "new-window", "pin", "plus", "refine", "refresh", "rocket", "save", "screen", "share",
    "sparkle", "star", "star-filled", "tag", "thumbs-down", "thumbs-up", "trash", "upload", "user", "warning",
)
ICONS: Mapping[str, Shape] = {"icon": Shape({"name": Text(one_of=CARD_ICONS)}, ("name",))}

# --- fields that many elements share --------------------------------------------------------------
ACTION: Mapping[str, Rule] = {"action_id": ID, "confirm": CONFIRM}
PICK: Mapping[str, Rule] = {**ACTION, "placeholder": Words(150, PLAIN), "focus_on_load": Flag()}
TYPED: Mapping[str, Rule] = {
    "action_id": ID, "placeholder": Words(150, PLAIN), "focus_on_load": Flag(), "dispatch_action_config": DISPATCH,
}
MENU: Mapping[str, Rule] = {"options": Array(OPTION, OPTIONS), "option_groups": Array(OPTION_GROUP, OPTIONS)}
MANY: Mapping[str, Rule] = {"max_selected_items": Number(1)}
OFFERS = (cross.exactly_one("options", "option_groups"), cross.initial_among_options)
CONVERSATIONS: Mapping[str, Rule] = {"filter": FILTER, "default_to_current_conversation": Flag()}
IMAGE_SOURCE = cross.exactly_one("image_url", "slack_file")

ELEMENTS: Mapping[str, Shape] = {
    "plain_text": Shape({"text": Text(3000), "emoji": Flag()}, ("text",)),
    "mrkdwn": Shape({"text": Text(3000), "verbatim": Flag()}, ("text",)),
    "image": Shape({"image_url": URL, "slack_file": SLACK_FILE, "alt_text": ALT}, ("alt_text",), cross=(IMAGE_SOURCE,)),
    "button": Shape({
        **ACTION, "text": Words(75, PLAIN), "value": Text(2000), "url": URL,
        "style": Text(one_of=("primary", "danger")), "accessibility_label": Text(75), "agent_prompt": Text(4000),
    }, ("text",)),
    "workflow_button": Shape({
        "action_id": ID, "text": Words(75, PLAIN), "workflow": WORKFLOW,
        "style": Text(one_of=("primary", "danger")), "accessibility_label": Text(75),
    }, ("text", "workflow"), MESSAGE),
    "overflow": Shape({**ACTION, "options": Array(LINK_OPTION, 5)}, ("options",)),
    "static_select": Shape({**PICK, **MENU, "initial_option": OPTION}, cross=OFFERS),
    "external_select": Shape({**PICK, "initial_option": OPTION, "min_query_length": Number(0)}),
    "users_select": Shape({**PICK, "initial_user": ID}),
    "channels_select": Shape({**PICK, "initial_channel": ID, "response_url_enabled": Flag()}),
    "conversations_select": Shape({
        **PICK, **CONVERSATIONS, "initial_conversation": ID, "response_url_enabled": Flag(),
    }),
    "multi_static_select": Shape({
        **PICK, **MENU, **MANY, "initial_options": Array(OPTION, OPTIONS),
    }, cross=OFFERS),
    "multi_external_select": Shape({
        **PICK, **MANY, "initial_options": Array(OPTION, OPTIONS), "min_query_length": Number(0),
    }),
    "multi_users_select": Shape({**PICK, **MANY, "initial_users": Array(ID)}),
    "multi_channels_select": Shape({**PICK, **MANY, "initial_channels": Array(ID)}),
    "multi_conversations_select": Shape({**PICK, **MANY, **CONVERSATIONS, "initial_conversations": Array(ID)}),
    "checkboxes": Shape({
        **ACTION, "focus_on_load": Flag(), "options": Array(RICH_OPTION, 10), "initial_options": Array(RICH_OPTION, 10),
    }, ("options",), cross=(cross.initial_among_options,)),
    "radio_buttons": Shape({
        **ACTION, "focus_on_load": Flag(), "options": Array(RICH_OPTION, 10), "initial_option": RICH_OPTION,
    }, ("options",), cross=(cross.initial_among_options,)),
    "datepicker": Shape({**PICK, "initial_date": DATE}),
    "timepicker": Shape({**PICK, "initial_time": TIME, "timezone": Text(100)}),
    "datetimepicker": Shape({
        **ACTION, "focus_on_load": Flag(), "initial_date_time": Number(1_000_000_000, 9_999_999_999),
    }, surfaces=MESSAGE_MODAL),
    "plain_text_input": Shape({
        **TYPED, "initial_value": Text(3000, least=0), "multiline": Flag(),
        "min_length": Number(0, 3000), "max_length": Number(1, 3000),
    }),
    "rich_text_input": Shape({
        **TYPED, "initial_value": OneOf("block", ("rich_text",)), "min_lines": Number(1, 100), "max_lines": Number(1, 100),
    }, surfaces=VIEWS),
    "number_input": Shape({
        **TYPED, "is_decimal_allowed": Flag(), "initial_value": Text(), "min_value": Text(), "max_value": Text(),
    }, ("is_decimal_allowed",), MODAL),
    "email_text_input": Shape({**TYPED, "initial_value": Text()}, surfaces=MODAL),
    "url_text_input": Shape({**TYPED, "initial_value": Text()}, surfaces=MODAL),
    "file_input": Shape({"action_id": ID, "filetypes": Array(Text()), "max_files": Number(1, 10)}, surfaces=MODAL),
    "feedback_buttons": Shape({
        "action_id": ID, "positive_button": FEEDBACK, "negative_button": FEEDBACK,
    }, ("positive_button", "negative_button"), MESSAGE),
    "icon_button": Shape({
        **ACTION, "icon": Text(), "text": Words(75, PLAIN), "value": Text(2000), "accessibility_label": Text(75),
        "visible_to_user_ids": Array(ID, 10),
    }, ("icon", "text"), MESSAGE),
    "url": Shape({"url": URL, "text": Text()}, ("url", "text"), MESSAGE),
}

SINGLE_PICKS = ("static_select", "external_select", "users_select", "channels_select", "conversations_select")
MULTI_PICKS = tuple(f"multi_{name}" for name in SINGLE_PICKS)
CHOICES = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
IN_SECTION = ("button", "image", "overflow", "workflow_button", *SINGLE_PICKS, *MULTI_PICKS, *CHOICES)
IN_ACTIONS = ("button", "overflow", "workflow_button", *SINGLE_PICKS, *CHOICES, "datetimepicker")  # multi: docs differ
IN_INPUT = (
    "plain_text_input", "rich_text_input", "number_input", "email_text_input", "url_text_input", "file_input",
    *SINGLE_PICKS, *MULTI_PICKS, *CHOICES, "datetimepicker",
)

# --- rich text ------------------------------------------------------------------------------------
STYLE = Shape({
    name: Flag() for name in ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
})
INLINE = ("text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date", "color")
INLINES = Array(OneOf("rich", INLINE))
LINES = Array(OneOf("rich", ("text", "link")))
RICH: Mapping[str, Shape] = {
    "rich_text_section": Shape({"elements": Array(OneOf("rich", INLINE), least=0)}, ("elements",)),
    "rich_text_quote": Shape({"elements": INLINES, "border": Number(0, 1)}, ("elements",)),
    "rich_text_preformatted": Shape({"elements": LINES, "border": Number(0, 1), "language": Text()}, ("elements",)),
    "rich_text_list": Shape({
        "style": Text(one_of=("bullet", "ordered")), "elements": Array(OneOf("rich", ("rich_text_section",))),
        "indent": Number(0, 8), "offset": Number(0), "border": Number(0, 1),
    }, ("style", "elements")),
    "text": Shape({"text": Text(), "style": STYLE}, ("text",)),
    "link": Shape({"url": URL, "text": Text(), "unsafe": Flag(), "style": STYLE}, ("url",)),
    "user": Shape({"user_id": ID, "style": STYLE}, ("user_id",)),
    "usergroup": Shape({"usergroup_id": ID, "style": STYLE}, ("usergroup_id",)),
    "channel": Shape({"channel_id": ID, "style": STYLE}, ("channel_id",)),
    "emoji": Shape({"name": Text(), "skin_tone": Number(1, 6), "unicode": Text(), "style": STYLE}, ("name",)),
    "broadcast": Shape({"range": Text(one_of=("here", "channel", "everyone")), "style": STYLE}, ("range",)),
    "date": Shape({
        "timestamp": Number(), "format": Text(), "url": URL, "fallback": Text(), "style": STYLE,
    }, ("timestamp", "format")),
    "color": Shape({"value": COLOR, "style": STYLE}, ("value",)),
}

# --- tables and charts ----------------------------------------------------------------------------
CELLS: Mapping[str, Shape] = {
    "raw_text": Shape({"text": Text()}, ("text",)),
    "raw_number": Shape({"value": Number(whole=False), "text": Text()}, ("value",)),
}
CELL = OneOf("cell", ("raw_text", "raw_number", "rich_text"))
COLUMN = Shape({"align": Text(one_of=("left", "center", "right")), "is_wrapped": Flag()})
SEGMENT = Shape({"label": Text(20), "value": Number(above=0, whole=False)}, ("label", "value"))
POINT = Shape({"label": Text(20), "value": Number(whole=False)}, ("label", "value"))
SERIES = Shape({"name": Text(20), "data": Array(POINT, 20)}, ("name", "data"))
AXIS = Shape({"categories": Array(Text(20), 20), "x_label": Text(50), "y_label": Text(50)}, ("categories",))
PLOT = Shape(
    {"series": Array(SERIES, 12), "axis_config": AXIS}, ("series", "axis_config"), cross=(cross.series_fit_categories,)
)
CHARTS: Mapping[str, Shape] = {
    "pie": Shape({"segments": Array(SEGMENT, 12)}, ("segments",)), "bar": PLOT, "area": PLOT, "line": PLOT,
}

# --- blocks ---------------------------------------------------------------------------------------
IN_CONTAINER = ("section", "divider", "context", "actions", "header", "image", "table")
CARD_TEXT, SMALL_TEXT = Words(150), Words(200)
TASK: Mapping[str, Rule] = {
    "task_id": ID, "title": Text(), "status": Text(one_of=("pending", "in_progress", "complete", "error")),
    "details": OneOf("block", ("rich_text",)), "output": OneOf("block", ("rich_text",)),
    "sources": Array(OneOf("element", ("url",))),
}
LOOSE_TASK = {**TASK, "status": Text(one_of=("in_progress", "complete", "error"))}

BLOCKS: Mapping[str, Shape] = {
    "section": Shape({
        "text": Words(3000), "fields": Array(Words(2000), 10), "accessory": OneOf("element", IN_SECTION), "expand": Flag(),
    }, cross=(cross.at_least_one("text", "fields"),)),
    "header": Shape({"text": Words(150, PLAIN), "level": Number(1, 4)}, ("text",)),
    "divider": Shape({}),
    "context": Shape({"elements": Array(OneOf("element", ("image", "plain_text", "mrkdwn")), 10)}, ("elements",)),
    "actions": Shape({"elements": Array(OneOf("element", IN_ACTIONS), 25)}, ("elements",)),
    "image": Shape({
        "image_url": URL, "slack_file": SLACK_FILE, "alt_text": ALT, "title": Words(2000, PLAIN),
    }, ("alt_text",), cross=(IMAGE_SOURCE,)),
    "input": Shape({
        "label": Words(2000, PLAIN), "element": OneOf("element", IN_INPUT), "hint": Words(2000, PLAIN),
        "optional": Flag(), "dispatch_action": Flag(),
    }, ("label", "element"), cross=(cross.no_dispatch_with_files,)),
    "rich_text": Shape({
        "elements": Array(OneOf("rich", (
            "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted",
        ))),
    }, ("elements",)),
    "video": Shape({
        "title": Words(199, PLAIN), "title_url": URL, "description": Words(199, PLAIN), "alt_text": ALT,
        "author_name": Text(50), "provider_name": Text(), "provider_icon_url": URL, "thumbnail_url": URL, "video_url": URL,
    }, ("title", "alt_text", "thumbnail_url", "video_url")),
    "markdown": Shape({"text": Text(MARKDOWN_CHARACTERS)}, ("text",), MESSAGE),
    "context_actions": Shape({
        "elements": Array(OneOf("element", ("feedback_buttons", "icon_button")), 5),
    }, ("elements",), MESSAGE),
    "table": Shape({
        "rows": Array(Array(CELL, 20), 100), "column_settings": Array(OrNull(COLUMN), 20),
    }, ("rows",), MESSAGE_HOME),
    "data_table": Shape({
        "caption": Text(), "rows": Array(Array(CELL, 20), 201, least=2), "page_size": Number(1, 100),
        "row_header_column_index": Number(0),
    }, ("caption", "rows"), MESSAGE_HOME, (cross.equal_rows, cross.header_column_exists)),
    "data_visualization": Shape({
        "title": Text(50), "chart": OneOf("chart", ("pie", "bar", "area", "line")),
    }, ("title", "chart"), MESSAGE),
    "alert": Shape({
        "text": Words(200), "level": Text(one_of=("default", "info", "warning", "error", "success")),
    }, ("text",), MODAL),
    "card": Shape({
        "hero_image": OneOf("element", ("image",)), "title": CARD_TEXT, "subtitle": CARD_TEXT, "body": SMALL_TEXT,
        "subtext": SMALL_TEXT, "icon": OneOf("element", ("image",)), "slack_icon": OneOf("icon", ("icon",)),
        "actions": Array(OneOf("element", ("button",)), 3),
    }, cross=(cross.at_least_one("hero_image", "title", "actions", "body"), cross.not_both("icon", "slack_icon"))),
    "carousel": Shape({"elements": Array(OneOf("block", ("card",)), 10)}, ("elements",), MESSAGE_HOME),
    "container": Shape({
        "title": Words(150, PLAIN), "rich_text_title": OneOf("block", ("rich_text",)), "subtitle": Words(150, PLAIN),
        "child_blocks": Array(OneOf("block", IN_CONTAINER), 10), "icon": OneOf("element", ("image",)),
        "width": Text(one_of=("narrow", "standard", "wide", "full")),
        "is_collapsible": Flag(), "default_collapsed": Flag(), "has_header_divider": Flag(),
    }, ("child_blocks",), MESSAGE_HOME, (
        cross.exactly_one("title", "rich_text_title"), cross.only_if_true("default_collapsed", "is_collapsible"),
        cross.never_both_true("has_header_divider", "is_collapsible"),
    )),
    "plan": Shape({
        "title": Text(), "tasks": Array(OneOf("planned", ("task_card",)), 50, least=0),
    }, ("title",), MESSAGE, (cross.unique_task_ids,)),
    "task_card": Shape(LOOSE_TASK, ("task_id", "title"), MESSAGE),
    "auth_provider": Shape({
        "value": Text(150), "name": Text(75), "is_connected": Flag(), "description": Text(150), "icon_url": URL,
        "auth_url": URL, "disconnect_url": URL, "connected_identity": Text(75), "context": Text(75),
        "accessory": OneOf("element", ("overflow",)), "fallback": Anything(),
    }, ("value", "name"), HOME),
    "call": Shape({"call_id": Text(), "api_decoration_available": Flag(), "call": Anything()}, ("call_id",), MESSAGE),
}
# fmt: on

PLANNED = {"task_card": Shape(TASK, ("task_id", "title"), MESSAGE)}


def _with_block_id(shapes: Mapping[str, Shape]) -> Mapping[str, Shape]:
    return {
        name: Shape({**shape.fields, "block_id": ID}, shape.required, shape.surfaces, shape.cross)
        for name, shape in shapes.items()
    }


ALL_BLOCKS = _with_block_id(BLOCKS)
KINDS: Mapping[str, Mapping[str, Shape]] = {
    "block": ALL_BLOCKS,
    "planned": _with_block_id(PLANNED),
    "element": ELEMENTS,
    "rich": RICH,
    "cell": {**CELLS, "rich_text": ALL_BLOCKS["rich_text"]},
    "chart": CHARTS,
    "icon": ICONS,
}

ANY_BLOCK = OneOf("block", tuple(BLOCKS))
_VIEW: Mapping[str, Rule] = {
    "blocks": Array(ANY_BLOCK, VIEW_BLOCKS),
    "private_metadata": Text(3000, least=0),
    "callback_id": Text(255, least=0),
    "external_id": Text(255, least=0),
}
MODAL_VIEW = Shape(
    {
        **_VIEW,
        "title": Words(24, PLAIN),
        "submit": Words(24, PLAIN),
        "close": Words(24, PLAIN),
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    ("title", "blocks"),
    cross=(cross.submit_with_inputs,),
)
HOME_VIEW = Shape(_VIEW, ("blocks",))
MESSAGE_BLOCK_LIST = Array(ANY_BLOCK, MESSAGE_BLOCKS)
OPTIONS_ANSWER = Shape(
    {"options": Array(OPTION, OPTIONS, least=0), "option_groups": Array(OPTION_GROUP, OPTIONS, least=0)},
    cross=(cross.exactly_one("options", "option_groups"),),
)
