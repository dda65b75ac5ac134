from datetime import UTC, datetime

from bot.domain.reviews import Answer, Answered, Question, Review, Template, progress
from bot.starter import starter_templates

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUESTIONS = (
    Question(1, "Identity", 1, "MFA?"),
    Question(2, "Identity", 2, "Admins?"),
    Question(3, "Backup", 3, "Tested?"),
)


def review(**answers: Answer) -> Review:
    saved = {
        int(key[1:]): Answered(int(key[1:]), answer, "", "U1", NOW, 1) for key, answer in answers.items()
    }
    return Review(1, "Review", 7, "Acme", Template(1, "t", "T", QUESTIONS), "U1", NOW, answers=saved)


def test_a_question_without_a_saved_answer_is_open():
    assert review().answer_to(QUESTIONS[0]) is Answer.OPEN


def test_progress_counts_what_is_decided_and_what_is_misaligned():
    state = progress(review(q1=Answer.ALIGNED, q2=Answer.MISALIGNED, q3=Answer.OPEN))
    assert (state.done, state.total, state.misaligned) == (2, 3, 1)
    assert not state.is_complete


def test_progress_of_one_category_looks_at_its_questions_alone():
    state = progress(review(q3=Answer.NOT_APPLICABLE), QUESTIONS[2:])
    assert state.is_complete


def test_categories_keep_the_order_of_their_first_question():
    assert Template(1, "t", "T", QUESTIONS).categories == ("Identity", "Backup")


def test_the_starter_template_has_about_25_questions_in_six_categories():
    template = next(each for each in starter_templates() if each.key == "it-alignment")
    assert len({question.category for question in template.questions}) == 6
    assert 24 <= len(template.questions) <= 28
    assert len({question.text for question in template.questions}) == len(template.questions)
