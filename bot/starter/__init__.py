"""Review templates that ship with Deskhand, so that the first review works on day one (product TK3)."""

from dataclasses import dataclass
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from bot.domain.reviews import Question


class _QuestionFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    guidance: str = ""


class _CategoryFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    questions: list[_QuestionFile]


class _TemplateFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str
    name: str
    categories: list[_CategoryFile]


@dataclass(frozen=True)
class StarterTemplate:
    key: str
    name: str
    questions: tuple[Question, ...]
    """In order; their ids are 0 until the database gives them one."""


def starter_templates() -> tuple[StarterTemplate, ...]:
    """Every template of this folder, by file name."""
    sources = sorted(
        (entry for entry in files(__package__).iterdir() if entry.name.endswith(".yaml")),
        key=lambda entry: entry.name,
    )
    return tuple(_parse(source.read_text(encoding="utf-8")) for source in sources)


def _parse(text: str) -> StarterTemplate:
    source = _TemplateFile.model_validate(_read(text))
    numbered = [(category.name, each) for category in source.categories for each in category.questions]
    questions = tuple(
        Question(0, category, position, each.text, each.guidance)
        for position, (category, each) in enumerate(numbered, start=1)
    )
    return StarterTemplate(source.key, source.name, questions)


def _read(text: str) -> object:
    """By the library in C where the wheel has it: a tenth of the time."""
    return yaml.load(text, Loader=yaml.CSafeLoader) if yaml.__with_libyaml__ else yaml.safe_load(text)
