import pytest
from cryptography.fernet import Fernet

from bot.secretbox import CannotOpen, SecretBox

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_was_sealed_opens_to_the_same_secret():
    box = SecretBox([NEW])
    assert box.open(box.seal("päss wörd")).get_secret_value() == "päss wörd"


def test_the_ciphertext_and_the_opened_value_do_not_show_the_secret():
    box = SecretBox([NEW])
    sealed = box.seal("hunter2")
    assert b"hunter2" not in sealed
    assert "hunter2" not in f"{box.open(sealed)!r} {box.open(sealed)}"


def test_the_same_secret_looks_different_each_time():
    box = SecretBox([NEW])
    assert box.seal("hunter2") != box.seal("hunter2")


def test_an_older_key_still_opens_and_a_new_one_seals():
    sealed = SecretBox([OLD]).seal("hunter2")
    both = SecretBox([NEW, OLD])
    assert both.open(sealed).get_secret_value() == "hunter2"
    assert SecretBox([NEW]).open(both.seal("hunter3")).get_secret_value() == "hunter3"


def test_after_rotation_the_old_key_can_go():
    rotated = SecretBox([NEW, OLD]).rotate(SecretBox([OLD]).seal("hunter2"))
    assert SecretBox([NEW]).open(rotated).get_secret_value() == "hunter2"
    with pytest.raises(CannotOpen):
        SecretBox([OLD]).open(rotated)


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"no ciphertext", SecretBox([OLD]).seal("hunter2")],
    ids=["nothing", "no ciphertext", "another key"],
)
def test_what_no_key_opens_is_refused_without_a_trace_of_it(spoilt):
    with pytest.raises(CannotOpen) as refusal:
        SecretBox([NEW]).open(spoilt)
    assert refusal.value.__cause__ is None
    assert refusal.value.args == ()


@pytest.mark.parametrize("keys", [[], ["short"], ["x" * 44]])
def test_there_is_no_box_without_a_real_key(keys):
    with pytest.raises(ValueError):
        SecretBox(keys)
