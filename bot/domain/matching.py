"""How alike two names of companies are, in per cent, and why (product MP3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from bot.domain.organizations import Company, fold

LEAST: Final = 60
"""Per cent below which a likeness is not worth showing."""
_MOST_ALIKE: Final = 96
"""Names that merely resemble each other never reach what the same name reaches."""
_OTHER_NUMBER: Final = 85
_CANDIDATES: Final = 16
_COMMON: Final = 200
"""A word that more companies share says nothing: it brings no candidates."""

_FORMS: Final = {
    "limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co", "kommanditgesellschaft": "kg",
    "aktiengesellschaft": "ag", "pvt": "pty", "proprietary": "pty",
} | {
    form: form
    for form in (
        "ltd", "inc", "corp", "co", "llc", "llp", "lp", "plc", "pty", "pte", "gmbh", "ggmbh", "mbh", "ag", "kg", "kgaa",
        "ohg", "ug", "gbr", "ev", "eg", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "oy", "oyj", "ab", "as", "aps",
        "cc", "cv", "vof", "sl", "zoo", "doo",
    )
}  # fmt: skip
_FILLERS: Final = frozenset({"and", "und", "et", "en", "y", "the"})
_SPLIT: Final = {
    ord(mark): " "
    for mark in "&+,;:/|()[]{}<>\"'`*_~!?#@=\\-\N{EN DASH}\N{EM DASH}\N{RIGHT SINGLE QUOTATION MARK}"
}


@dataclass(frozen=True)
class Name:
    """A name taken apart for comparison."""

    full: str
    """The words as they are, case, accents and punctuation aside."""
    core: str
    """Without legal forms and fillers; ``ue`` is ``u``."""
    ordered: str
    """The core's words in alphabetical order."""
    forms: frozenset[str]
    words: frozenset[str]
    """The core's words."""
    numbers: frozenset[str]
    """Those of them with a digit."""


@dataclass(frozen=True)
class Likeness:
    """A company that may be meant, how surely (0 to 100), and why we think so."""

    company: Company
    score: int
    why: str


def taken_apart(text: str) -> Name:
    """``Müller & Co. GmbH`` is ``muller`` with the forms co and gmbh."""
    words = fold(text).replace(".", "").translate(_SPLIT).split()
    kept = [word for word in words if word not in _FORMS and word not in _FILLERS] or words
    spelled = [_spelled(word) for word in kept]
    return Name(
        full=" ".join(words),
        core=" ".join(spelled),
        ordered=" ".join(sorted(spelled)),
        forms=frozenset(_FORMS[word] for word in words if word in _FORMS),
        words=frozenset(spelled),
        numbers=frozenset(word for word in spelled if not word.isalpha() and any(map(str.isdigit, word))),
    )


def likeness(ours: Name, theirs: Name) -> tuple[int, str]:
    """Per cent and the reason."""
    if ours.full == theirs.full:
        return 100, "the same name"
    if ours.core == theirs.core:
        return _same_core(ours, theirs)
    if _joined(ours) == _joined(theirs):
        return 97, "the same name, spaced differently"
    if ours.numbers != theirs.numbers:
        return min(_points(ours, theirs), _OTHER_NUMBER), "alike, but with another number"
    points = min(_points(ours, theirs), _MOST_ALIKE)
    if ours.words <= theirs.words or theirs.words <= ours.words:
        return points, "one name contains the other"
    return points, "the same words in another order" if ours.ordered == theirs.ordered else "spelled alike"


def _same_core(ours: Name, theirs: Name) -> tuple[int, str]:
    if ours.forms == theirs.forms:
        return 98, "the same name, spelled differently"
    if not ours.forms or not theirs.forms:
        return 98, "the same name but for the legal form"
    return 93, "the same name, but another legal form"


def _points(ours: Name, theirs: Name) -> int:
    """Words in any order weigh more than words in common: ``Acme`` is not ``Acme Dental Supplies``."""
    ordered = fuzz.ratio(ours.ordered, theirs.ordered)
    common = fuzz.token_set_ratio(ours.core, theirs.core)
    return round(0.6 * ordered + 0.4 * common)


def _joined(name: Name) -> str:
    return name.core.replace(" ", "")


def _spelled(word: str) -> str:
    for pair in ("ae", "oe", "ue"):
        word = word.replace(pair, pair[0])
    return word


class Companies:
    """Companies ready to be compared with: 10,000 take a tenth of a second to prepare, a name a millisecond to find."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self._companies = sorted(companies, key=lambda each: each.autotask_id)
        self._names = [taken_apart(each.name) for each in self._companies]
        self._ordered = [name.ordered for name in self._names]
        self._cores = [name.core for name in self._names]
        self._same: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        for place, name in enumerate(self._names):
            for key in {name.ordered, _joined(name)}:
                self._same.setdefault(key, []).append(place)
            for word in name.words:
                self._by_word.setdefault(word, []).append(place)

    def __len__(self) -> int:
        return len(self._companies)

    def like(self, text: str, *, limit: int = 5) -> list[Likeness]:
        """Up to ``limit`` companies that may be meant, the likeliest first; active before inactive at the same score.

        However the companies were ordered, the answer is the same; of equals, none is left out by chance.
        """
        ours = taken_apart(text)
        found = [self._compared(ours, place) for place in self._candidates(ours)]
        found = [each for each in found if each.score >= LEAST]
        found.sort(key=_rank)
        return found[:limit]

    def _compared(self, ours: Name, place: int) -> Likeness:
        score, why = likeness(ours, self._names[place])
        return Likeness(self._companies[place], score, why)

    def _candidates(self, ours: Name) -> set[int]:
        """Places of names that are spelled alike, or share a telling word and little else."""
        near = process.extract(
            ours.ordered, self._ordered, scorer=fuzz.ratio, score_cutoff=LEAST, limit=_CANDIDATES
        )
        sharing = self._sharing(ours)
        common = process.extract(
            ours.core,
            [self._cores[place] for place in sharing],
            scorer=fuzz.token_set_ratio,
            score_cutoff=LEAST,
            limit=_CANDIDATES,
        )
        places = {place for _, _, place in near} | {sharing[found] for _, _, found in common}
        return places.union(self._same.get(ours.ordered, ()), self._same.get(_joined(ours), ()))

    def _sharing(self, ours: Name) -> list[int]:
        found: set[int] = set()
        for word in ours.words:
            places = self._by_word.get(word, [])
            if len(places) <= _COMMON:
                found.update(places)
        return sorted(found)


def _rank(found: Likeness) -> tuple[int, bool, str, int]:
    return -found.score, bool(found.company.trouble), fold(found.company.name), found.company.autotask_id
