"""What is drawn of a review keeps within Slack's limits and tells what it must, whatever the names are."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from blocks import review_forms, review_lists, reviews
from blocks.kit import LIMITS, page
from bot.domain.organizations import Organization
from bot.domain.reviews import (
    Answer,
    Answered,
    Question,
    Review,
    ReviewDraft,
    ReviewFilter,
    Standing,
    Template,
    chosen_categories,
    first_open,
    step_of,
    steps,
)
from bot.domain.tickets import Ticket, TicketState
from bot.errors import InvalidInput

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NASTY = "*<Ünit>* & `Söhne`_:smile:_ ~GmbH~ " * 5
QUESTIONS = tuple(
    Question(n, f"{NASTY[:60]} {n // 25}", n, f"{n} " + "Is it so? " * 190, "Look closer. " * 150)
    for n in range(100)
)
TEMPLATE = Template(1, "t", NASTY[:75], QUESTIONS)


def answered(n):
    return Answered(n, Answer.MISALIGNED, "noted " * 400, "U1", NOW, 3, 2, "U2", NOW)


def review(**more):
    answers = {n: answered(n) for n in range(40)}
    return Review(7, NASTY[:150], 1, NASTY, TEMPLATE, "U1", NOW, answers=answers, **more)


def ticket(n, question_id=None):
    return Ticket(
        n,
        "r",
        TicketState.CREATED,
        1,
        "Acme",
        1,
        "s",
        "",
        5,
        1,
        "U1",
        "C1",
        NOW,
        question_id=question_id,
        number=f"T{n}",
    )


TICKETS = [ticket(n, n % 20) for n in range(60)] + [ticket(99)]


@pytest.mark.parametrize("index", range(len(steps(review()))))
def test_every_step_of_a_long_review_fits_into_a_modal(index):
    view = reviews.questions(review(), index, TICKETS, overtaken=answered(index * 10))
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(view["blocks"]) <= LIMITS.view_blocks
    assert len(ids) == len(set(ids))
    assert len(json.dumps(view, ensure_ascii=False)) < 250_000


def test_a_category_is_walked_in_pages_of_ten():
    every = steps(review())
    assert [(step.page, step.pages, len(step.questions)) for step in every[:4]] == [
        (1, 3, 10),
        (2, 3, 10),
        (3, 3, 5),
        (1, 3, 10),
    ]
    assert step_of(review(), 24) == 2


def test_one_goes_on_where_the_first_question_is_open():
    assert first_open(review()) == step_of(review(), 40)
    done = replace(review(), answers={n: answered(n) for n in range(100)})
    assert first_open(done) == 0


def test_the_card_and_the_overview_of_many_categories_fit():
    many = Template(1, "t", "T", tuple(Question(n, f"Category {n}", n, "?") for n in range(100)))
    shown = replace(review(), template=many, answers={})
    assert "80 categories" in str(reviews.card(shown).blocks)
    assert len(reviews.card(shown).blocks) <= LIMITS.message_blocks
    assert len(reviews.overview(shown, TICKETS)["blocks"]) <= LIMITS.view_blocks
    assert "Category 99" in str(reviews.overview(shown, TICKETS, 9)["blocks"])


def test_a_name_is_literal_wherever_the_review_shows_it():
    """Only in the text for notifications does mrkdwn read it; there it is escaped."""
    for drawn in (reviews.card(review()).blocks, reviews.overview(review(), ())["blocks"]):
        for block in drawn:
            if block.get("text", {}).get("type") == "mrkdwn":
                assert "Söhne" not in block["text"]["text"]
    assert "&lt;Ünit&gt;" in reviews.card(review()).text


def test_the_choice_is_drawn_anew_with_each_version_of_an_answer():
    ids = [
        block["block_id"] for block in reviews.questions(review(), 3, ())["blocks"] if "accessory" in block
    ]
    assert ids[0] == "question:25:3"


def test_a_completed_review_shows_answers_and_offers_none():
    view = reviews.questions(replace(review(), completed_at=NOW, completed_by="U1"), 0, ())
    assert "accessory" not in str(view["blocks"])
    assert "Add note" not in str(view["blocks"])
    assert "review_reopen" in str(reviews.overview(replace(review(), completed_at=NOW), ()))


# --- the form ---

DRAFT = ReviewDraft((TEMPLATE,), TEMPLATE, "Default title", Organization(1, "Acme"), queue="Client Portal")


def state_of(view):
    """What Slack sends of a form that nobody has touched."""
    entered = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            value = {
                "value": element.get("initial_value"),
                "selected_option": element.get("initial_option"),
                "selected_options": element.get("initial_options", []),
            }
            entered[block["block_id"]] = {element["action_id"]: value}
    return entered


def test_texts_that_nobody_changed_are_left_to_follow_title_and_categories():
    typed = review_forms.TypedReview(1, 1, "Q4", with_ticket=True)
    state = state_of(review_forms.create_form(DRAFT, typed, creator="Dana"))
    read = review_forms.read_create_form(state)
    assert (read.summary, read.description, read.with_ticket) == ("", "", True)
    assert read.categories == (0, 1, 2, 3)


def test_a_changed_text_stays_through_redraws():
    typed = review_forms.TypedReview(1, 1, "Q4", with_ticket=True)
    state = state_of(review_forms.create_form(DRAFT, typed, creator="Dana"))
    summary = next(each for each in state if each.startswith("summary:"))
    state[summary] = {"value": {"value": "My words"}}
    read = review_forms.read_create_form(state)
    assert read.summary == "My words"
    again = review_forms.create_form(DRAFT, replace(read, title="Q5"), creator="Dana")
    assert review_forms.read_create_form(state_of(again)).summary == "My words"


def test_no_category_ticked_is_told_under_its_field():
    state = state_of(review_forms.create_form(DRAFT))
    state["categories:1"] = {"review_categories": {"selected_options": []}}
    with pytest.raises(InvalidInput) as refused:
        review_forms.read_create_form(state)
    assert refused.value.field == "categories"


@pytest.mark.parametrize("obstacle", ["unmapped", "not_connected", "no_queue", "read_only", "off"])
def test_whatever_keeps_a_ticket_away_is_said_in_place_of_the_box(obstacle):
    drawn = str(review_forms.create_form(replace(DRAFT, obstacle=obstacle))["blocks"])
    assert "Create Ticket in Autotask" not in drawn
    assert "Check again" in drawn
    assert ("Set up PSA organization" in drawn) is (obstacle == "unmapped")


def test_chosen_categories_keep_the_templates_order():
    template = Template(1, "t", "T", (Question(1, "A", 1, "?"), Question(2, "B", 2, "?")))
    assert chosen_categories(["B", "A"], template) == ("A", "B")
    assert chosen_categories([], template) == ("A", "B")


# --- lists ---


@pytest.mark.parametrize(
    "chosen",
    [ReviewFilter(), ReviewFilter(False, Standing.OPEN, 7, "acme | dental"), ReviewFilter(words="é|")],
)
def test_a_buttons_value_brings_the_filter_back(chosen):
    assert review_lists.parsed(review_lists.written(chosen)) == chosen


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", ReviewFilter()),
        ("all acme dental", ReviewFilter(mine=False, words="acme dental")),
        ("Completed", ReviewFilter(standing=Standing.COMPLETED)),
        ("mine open acme", ReviewFilter(standing=Standing.OPEN, words="acme")),
    ],
)
def test_words_after_the_command_narrow_the_list(text, chosen):
    assert review_lists.from_words(text) == chosen


def test_a_page_of_the_list_carries_its_filter_in_every_button():
    from zoneinfo import ZoneInfo

    chosen = ReviewFilter(False, Standing.OPEN, 0, "acme")
    message = review_lists.listing([review()] * 10, page(25, 1), chosen, zone=ZoneInfo("UTC"))
    values = [each.get("value", "") for block in message.blocks for each in block.get("elements", [])]
    assert "0|all|open|0|acme" in values
    assert "2|all|open|0|acme" in values
    assert "Only: open · “acme”" in str(message.blocks)
