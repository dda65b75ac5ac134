"""Names are shown as they are, in every view of organizations; Slack takes each of these views."""

import json
from datetime import UTC, datetime

import pytest

from blocks import (
    imports,
    kit,
    mapping,
    organization_card,
    organization_forms,
    organization_list,
    organizations,
)
from bot.domain.imports import Fault, Import, ImportCounts, ImportState, Line
from bot.domain.mapping import Act, Advice
from bot.domain.matching import Likeness
from bot.domain.organizations import Company, Organization, Uses
from sandbox.slack import feed
from sandbox.slack.blockkit.validate import validate, validate_options

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = (
    "Ünit & Söhne <GmbH>",
    "*A* _b_ ~c~ `d` :tada: @here",
    "&amp; <!channel> <@U1> <https://x|y>",
    "```Fenced``` \\ 100 %",
    "🦷 Zähne 👩‍👩‍👧 GmbH",
    "شركة *النور* <Ltd>",
    ("Long Name & <Sons> " * 11)[:199] + "!",
)


def page(*rows, advice=None):
    where = kit.page(len(rows), 0)
    spot = organizations.Spot()
    return organization_list.Listing(rows, where, spot, unmapped=1, companies=9, trouble=1, advice=advice)


def advised(organization, name, *doubts):
    found = Likeness(Company(8, name, is_active=True, city="Zürich"), 98, "the same name")
    return Advice(organization, (found,), doubts)


def messages(name):
    mapped = Organization(1, name, Company(5, f"{name} Inc", is_active=True), "U1", NOON)
    inactive = Organization(2, name, Company(6, f"{name} Ltd", is_active=False))
    unmapped = Organization(3, name)
    archived = Organization(4, name, archived_at=NOON)
    notice = organizations.Notice(f"{name} is mapped", 7, ready_id=1)
    doubtful = advised(unmapped, f"{name} AG", f"{name} AG is inactive in Autotask")
    read = Import(1, f"{name}.csv", ImportState.READ, (Line(2, name),), (Fault(3, name, "no name"),), "U1")
    moved = ((name, "", f"{name} Inc"),)
    yield organization_list.listing(page(mapped))
    yield organization_list.listing(page(inactive))
    yield organization_list.listing(page(unmapped))
    yield organization_list.listing(page(archived))
    yield organization_list.listing(page(unmapped, advice={3: doubtful}), notice)
    yield organization_card.card(mapped, Uses(1, 1, 2), notice=notice)
    yield organization_card.card(archived, Uses())
    yield organization_card.card(inactive, Uses(), may_change=False)
    yield organizations.mapped(mapped, 7)
    yield organization_card.not_found(name, [Company(5, name, is_active=True)])
    yield imports.preview_message(read, ImportCounts(1, 1, 0), created=(name,), moved=moved)
    yield imports.done(read)
    yield imports.running(read)
    yield imports.cancelled(read)
    yield imports.stopped(read, "Autotask is down.")
    yield imports.refused(f"{name}.csv", "The file is empty.")


def views(name):
    organization = Organization(1, name)
    sure, doubtful = advised(organization, name), advised(organization, name, f"{name} fits as well")
    read = Import(1, f"{name}.csv", ImportState.READ, (Line(2, name),), (Fault(3, name, "no name"),), "U1")
    yield organizations.form(organization, advice=sure)
    warned = organizations.Warned(
        f"This company is mapped to {name} already.", Company(8, name, is_active=True)
    )
    yield organizations.form(organization, warned=warned)
    yield organization_forms.archive_form(organization, Uses(2, 1, 0), {"at": ""})
    yield organization_forms.rename_form(organization, {"at": ""})
    yield mapping.preview((sure,), (), 0, metadata={"at": ""})
    yield mapping.preview((), (doubtful,), 3, metadata={"at": ""})
    yield imports.preview_modal(read, ImportCounts(1), created=(name,), moved=(), metadata={"at": ""})


def formatted(value):
    """Every mrkdwn text in a view."""
    if isinstance(value, dict):
        found = [value["text"]] if value.get("type") == "mrkdwn" else []
        return found + [text for each in value.values() for text in formatted(each)]
    return [text for each in value for text in formatted(each)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize("name", NAMES)
def test_every_message_shows_the_name_character_by_character_and_slack_takes_it(name):
    for message in messages(name):
        blocks = list(message.blocks)
        assert name in feed.words_of(blocks)
        assert validate({"text": message.text, "blocks": json.loads(json.dumps(blocks))}, "message") == []


@pytest.mark.parametrize("name", NAMES)
def test_every_modal_shows_the_name_character_by_character_and_slack_takes_it(name):
    for view in views(name):
        assert name in feed.words_of(view["blocks"])
        assert validate(json.loads(json.dumps(view)), "modal") == []


@pytest.mark.parametrize("name", NAMES)
def test_no_name_gets_where_slack_would_format_it(name):
    shown = [*(message.blocks for message in messages(name)), *(view["blocks"] for view in views(name))]
    assert not [text for blocks in shown for text in formatted(blocks) if name[:12] in text]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_notification_says_is_the_name_escaped(name):
    for message in messages(name):
        if name[:12] in message.text:
            assert kit.escape(name) in message.text
        assert "<!channel>" not in message.text


@pytest.mark.parametrize("name", NAMES)
def test_an_option_shows_the_name_or_its_two_ends(name):
    option = organizations.company_option(Company(1, name, is_active=False, city="Köln"))
    text, more = option["text"]["text"], option["description"]["text"]
    assert validate_options({"options": [option]}) == []
    assert more.endswith("Köln · inactive")
    if text != name:
        assert len(text.encode("utf-16-le")) // 2 <= 75
        assert name.startswith(text.removesuffix("…"))
        assert name.endswith(more.partition(" · ")[0].removeprefix("…"))


def test_a_text_is_cut_by_the_units_that_slack_counts_and_never_inside_a_character():
    cut = kit.cut("👩‍👩‍👧" * 20, 75)
    assert len(cut.encode("utf-16-le")) // 2 <= 75
    assert cut.endswith("…")
    assert "\N{REPLACEMENT CHARACTER}" not in cut
    assert not cut.removesuffix("…").endswith("\N{ZERO WIDTH JOINER}")


def test_what_was_undone_is_told_with_what_stayed_and_why():
    said = mapping.undone_text(Act.ACCEPT, ("Acme", "*Beta*"), (("<Gamma>", "it was changed again since"),))
    assert said == (
        "Undone: 2 organizations are as before. Left as they are: <Gamma>: it was changed again since."
    )
