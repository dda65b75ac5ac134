"""Whatever a question says, all of it reaches Autotask."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ticket_forms import text_parts
from bot.domain.tickets import SUMMARY_LIMIT, draft_from_question, fit_title, outgoing

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=900)


def held(text: str) -> str:
    return "".join(text.split())


@given(WORDS, WORDS, WORDS)
def test_every_character_of_a_question_is_in_title_and_description(question, guidance, note):
    text = draft_from_question(question, guidance, note)
    assert len(text.title) <= SUMMARY_LIMIT
    both = held(text.title) + held(text.description)
    for part in (question, guidance, note):
        assert held(part) in both


@given(WORDS, WORDS, st.integers(20, 500))
def test_what_a_shorter_title_cannot_hold_is_in_the_description(summary, description, length):
    text = fit_title(summary, description, max_length=length)
    assert len(text.title) <= length
    assert held(summary) in held(text.title) + held(text.description)
    assert held(description) in held(text.description)


@given(WORDS, st.integers(10, 400))
def test_parts_of_a_text_make_the_whole_text_again(text, limit):
    parts = text_parts(text, limit)
    assert held("".join(parts)) == held(text)
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)


@given(WORDS, WORDS)
def test_whoever_asked_is_named_in_the_description(summary, requester):
    text = outgoing(summary, "", requester=requester, title_length=100)
    assert held(requester) in held(text.description)
