from bot.domain.tickets import SUMMARY_LIMIT, draft_from_question, fit_title, reference


def test_a_summary_that_fits_is_the_title_and_leaves_the_description_alone():
    text = fit_title("Is MFA on?", "Details", max_length=255)
    assert (text.title, text.description, text.overflowed) == ("Is MFA on?", "Details", False)


def test_an_overlong_summary_is_cut_at_a_word_and_stands_whole_in_the_description():
    summary = "word " * 80
    text = fit_title(summary, "Details", max_length=255)
    assert len(text.title) <= 255
    assert text.title.endswith("word…")
    assert text.description == f"{summary.strip()}\n\nDetails"
    assert text.overflowed


def test_a_summary_without_spaces_is_cut_within_the_word():
    text = fit_title("x" * 300, "", max_length=255)
    assert len(text.title) == 255
    assert text.description == "x" * 300


def test_line_breaks_in_a_summary_become_spaces():
    assert fit_title("a\n b\r\nc", "", max_length=50).title == "a b c"


def test_a_question_of_700_characters_keeps_every_word_in_the_draft():
    question = " ".join(f"word{number}" for number in range(100))
    draft = draft_from_question(question, "Guidance", "Note")
    assert len(draft.title) <= SUMMARY_LIMIT
    assert question in draft.description
    assert draft.description.endswith("Note\n\nGuidance")


def test_a_reference_fits_autotasks_external_id():
    made = reference("T0123456789", "0123456789abcdef0123")
    assert len(made) <= 50
    assert made == "dh-T0123456789-0123456789abcdef0123"
