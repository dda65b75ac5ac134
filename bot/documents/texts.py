"""The text in a file that a person gave us, whatever wrote it."""

import codecs
from dataclasses import dataclass
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KNOWN: Final = (
    (b"PK\x03\x04", "This is an Excel workbook or a ZIP file. Save it as CSV and give that file."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook. Save it as CSV and give that file."),
    (b"%PDF", "This is a PDF. Give a CSV or YAML file."),
)
_NOT_TEXT: Final = "This is not a text file. Give a CSV or YAML file."
_ALLOWED_CONTROLS: Final = frozenset("\t\n\r\f\x1a")


@dataclass(frozen=True)
class Decoded:
    text: str
    remark: str = ""
    """What was assumed about its encoding, for the person to check."""


class NotText(ValueError):
    """The file holds no text; the message says what to give instead."""


def decode(content: bytes) -> Decoded:
    """UTF-8 or UTF-16 by its mark, UTF-8 without one, else Windows-1252 as older Excel writes it.

    Raises ``NotText`` for an empty or binary file.
    """
    if not content.strip():
        raise NotText("The file is empty.")
    for magic, reason in _KNOWN:
        if content.startswith(magic):
            raise NotText(reason)
    decoded = _decoded(content)
    if any(char < " " and char not in _ALLOWED_CONTROLS for char in decoded.text):
        raise NotText(_NOT_TEXT)
    if not decoded.text.strip("\ufeff \t\r\n"):
        raise NotText("The file is empty.")
    return decoded


def _decoded(content: bytes) -> Decoded:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    try:
        return Decoded(content.decode(encoding))
    except UnicodeDecodeError:
        if encoding != "utf-8" or b"\x00" in content:
            raise NotText(_NOT_TEXT) from None
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise NotText(_NOT_TEXT) from None
    return Decoded(text, "Read as Windows-1252, not UTF-8: please check the umlauts and accents.")
