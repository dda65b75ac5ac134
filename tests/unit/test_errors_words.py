import json
from datetime import timedelta

import pytest

from blocks import errors as words
from bot import errors


class UnheardOf(errors.RejectedError):
    """An error that has no words of its own yet."""


def shown(problem: errors.BotError) -> str:
    return json.dumps(words.message(problem).blocks, ensure_ascii=False)


def test_a_message_says_what_is_wrong_and_its_number():
    said = shown(errors.NotAllowed("connect Autotask"))
    assert "You may not connect Autotask" in said
    assert "AT-103" in said


def test_autotasks_reasons_are_escaped():
    problem = errors.AutotaskRejected("Ticket", ("<!channel> Title is required.", "Queue is inactive."))
    said = words.message(problem)
    assert "&lt;!channel&gt; Title is required." in said.text
    assert "<!channel>" not in said.text


def test_a_missing_connection_offers_to_connect():
    assert "run:connect" in shown(errors.NotConnected())


def test_a_missing_permission_names_the_place_in_autotask():
    said = shown(errors.PermissionMissing("Contracts", "update"))
    assert "Security Levels" in said
    assert "Contracts: Edit" in said
    assert "does not let Deskhand read" in shown(errors.PermissionMissing("Contracts", "query"))


def test_an_error_without_words_speaks_with_its_familys():
    assert words.words_for(UnheardOf()) == words.words_for(errors.RejectedError())


def test_under_a_field_stands_the_reason_alone():
    assert words.field_text(errors.InvalidInput("name", "Please choose one.")) == "Please choose one."


def test_under_a_field_there_is_no_markup():
    text = words.field_text(errors.NotFound("company", "A & B"))
    assert "A & B" in text
    assert not set("*`") & set(text)


def test_waiting_is_said_in_whole_minutes():
    busy = errors.AutotaskBusy(timedelta(seconds=20))
    assert "1 minute." in shown(busy)


def test_a_lost_reply_is_said_to_be_looked_up_first():
    assert "nothing is made twice" in shown(errors.AutotaskUnavailable(ambiguous=True))


def test_a_mistake_of_ours_gives_a_reference():
    assert "7F3A21" in words.broke("7F3A21").text


@pytest.mark.parametrize("place", ["channel", "company"])
def test_what_cannot_be_found_is_said_in_its_own_words(place: str):
    said = shown(errors.NotFound(place, "C1"))
    assert ("/invite" in said) is (place == "channel")
