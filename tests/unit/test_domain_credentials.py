import pytest
from pydantic import SecretStr

from bot.domain.credentials import CredentialsForm, check_credentials
from bot.errors import InvalidInput

USERNAME, SECRET, TRACKING_ID = "ab12cd@example.com", "y#7Wq$2m~K9*pL", "ABCDEFGHIJ0123456789KLMNOPQ"


def form(**changes: str) -> CredentialsForm:
    given = {"username": USERNAME, "secret": SECRET, "tracking_id": TRACKING_ID, **changes}
    return CredentialsForm(given["username"], SecretStr(given["secret"]), SecretStr(given["tracking_id"]))


def test_blanks_around_the_values_are_taken_off():
    checked = check_credentials(
        form(username=f" {USERNAME}\n", secret=f"\t{SECRET} ", tracking_id=f"{TRACKING_ID} ")
    )
    assert (checked.username, checked.secret.get_secret_value(), checked.tracking_id.get_secret_value()) == (
        USERNAME,
        SECRET,
        TRACKING_ID,
    )


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"username": " "}, "username", "fill this in"),
        ({"secret": ""}, "secret", "fill this in"),
        ({"tracking_id": "\n"}, "tracking_id", "fill this in"),
        ({"username": SECRET}, "username", "looks like the secret"),
        ({"username": TRACKING_ID}, "username", "looks like the tracking identifier"),
        ({"username": "ab 12@example.com"}, "username", "no spaces"),
        ({"tracking_id": USERNAME}, "tracking_id", "the username?"),
        ({"tracking_id": SECRET}, "tracking_id", "the secret?"),
        ({"tracking_id": "ABCDEFGHIJ 0123456789 KLMNOPQ"}, "tracking_id", "no spaces"),
        ({"tracking_id": "ABC"}, "tracking_id", "about 27"),
        ({"tracking_id": "A" * 61}, "tracking_id", "about 27"),
        ({"secret": USERNAME}, "secret", "username again"),
        ({"secret": "someone@example.com"}, "secret", "e-mail address"),
        ({"secret": TRACKING_ID}, "secret", "tracking identifier"),
        ({"secret": "short"}, "secret", "too short"),
        ({"secret": "ümläut-in-secret"}, "secret", "never generates"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_under_its_own_field(changes, field, words):
    with pytest.raises(InvalidInput) as refused:
        check_credentials(form(**changes))
    assert refused.value.field == field
    assert words in refused.value.reason
    assert not any(value in refused.value.reason for value in changes.values() if len(value) > 5)


def test_swapped_secret_and_tracking_identifier_are_noticed():
    with pytest.raises(InvalidInput) as refused:
        check_credentials(form(secret=TRACKING_ID, tracking_id="Xy12345678901234567890"))
    assert refused.value.field == "secret"


@pytest.mark.parametrize("secret", ["6Tt@5$kZ.aQ", "abc@def.g#h", "$tart~and*end#", "x@y$z.abcdefgh"])
def test_a_generated_secret_with_an_at_and_a_dot_is_no_address(secret):
    assert check_credentials(form(secret=secret)).secret.get_secret_value() == secret
