"""Lists of reviews, with search and filter."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from blocks import kit
from blocks.form import Form, State, known
from blocks.review_parts import NEW, OPEN
from bot.domain.numbers import whole
from bot.domain.organizations import Organization
from bot.domain.reviews import Review, ReviewFilter, Standing, progress

LIST = "review_list"
PAGE = "review_page"
FILTER = "review_filter"
FILTER_CALLBACK = "review_filter_set"
FILTER_ORGANIZATION = "review_filter_organization"

_WORDS = {
    Standing.ANY: "Open and completed",
    Standing.OPEN: "Open",
    Standing.COMPLETED: "Completed",
}


def listing(
    reviews: Sequence[Review],
    where: kit.Page,
    chosen: ReviewFilter,
    *,
    organization: Organization | None = None,
    zone: ZoneInfo,
) -> kit.Message:
    """One page; the buttons carry the filter with them."""
    title = "My reviews" if chosen.mine else "All reviews"
    narrowed = _narrowed(chosen, organization)
    if not where.total and not narrowed and chosen.mine:
        return _none_yet()
    value = written(chosen)
    rows = [_row(review, zone) for review in reviews] or [kit.section("No review fits. Change the filter.")]
    return kit.Message(
        f"{title}: {where.total}",
        (
            kit.header(title),
            *((kit.plain_context(f"Only: {narrowed}"),) if narrowed else ()),
            *rows,
            kit.actions(
                kit.button("Start a review", NEW, style="primary"),
                kit.button(
                    "All reviews" if chosen.mine else "My reviews",
                    f"{LIST}:other",
                    value=written(_other(chosen)),
                ),
                kit.button("Search and filter", FILTER, value=value),
                *((kit.button("Show all", f"{LIST}:plain", value=_plain(chosen)),) if narrowed else ()),
                *kit.page_buttons(where, PAGE, context_value=value),
            ),
            kit.context(f"Showing {where.label}"),
        ),
    )


def filter_form(
    chosen: ReviewFilter, organization: Organization | None, *, response_url: str, channel_id: str
) -> kit.View:
    """``response_url`` is the way back to the list that the form was opened from."""
    whose = [kit.option("My reviews", "mine"), kit.option("All reviews", "all")]
    states = [kit.option(words, each.value) for each, words in _WORDS.items()]
    option = kit.option(organization.name, str(organization.id)) if organization else None
    return kit.modal(
        "Search and filter",
        (
            kit.input_block(
                "words",
                "Words",
                kit.plain_text_input("value", initial=chosen.words, max_length=100, focus=True),
                hint="In the title or the organization's name; case and accents do not matter.",
                optional=True,
            ),
            kit.input_block(
                "whose", "Whose", kit.radio("value", whose, chosen="mine" if chosen.mine else "all")
            ),
            kit.input_block("standing", "State", kit.radio("value", states, chosen=chosen.standing.value)),
            kit.input_block(
                "organization",
                "Organization",
                kit.external_select(FILTER_ORGANIZATION, chosen=option, placeholder="Any"),
                optional=True,
            ),
        ),
        callback_id=FILTER_CALLBACK,
        submit="Show",
        metadata={"url": response_url, "channel": channel_id},
    )


def read_filter(state: State) -> ReviewFilter:
    form = Form(state)
    return ReviewFilter(
        mine=form.choice("whose") != "all",
        standing=known(Standing, form.choice("standing") or Standing.ANY, "standing"),
        organization_id=form.chosen_number("organization") or 0,
        words=form.text("words")[:100],
    )


def written(chosen: ReviewFilter) -> str:
    """The filter as a button's value carries it."""
    whose = "mine" if chosen.mine else "all"
    return f"{whose}|{chosen.standing}|{chosen.organization_id}|{chosen.words}"


def parsed(value: str) -> ReviewFilter:
    """Takes back what ``written`` wrote; the plain ``all`` and ``mine`` are filters, too."""
    whose, standing, organization, words = [*value.split("|", 3), "", "", ""][:4]
    return ReviewFilter(
        whose != "all",
        Standing(standing) if standing in set(Standing) else Standing.ANY,
        whole(organization) or 0,
        words,
    )


def from_words(text: str) -> ReviewFilter:
    """What people type after the command: ``mine``, ``all``, ``open``, ``completed``, the rest are words."""
    words = text.split()
    flags = {word.lower() for word in words} & {"mine", "all", *(each.value for each in Standing)}
    standing = next((each for each in (Standing.OPEN, Standing.COMPLETED) if each in flags), Standing.ANY)
    rest = " ".join(word for word in words if word.lower() not in flags)
    return ReviewFilter("all" not in flags, standing, 0, rest[:100])


def _row(review: Review, zone: ZoneInfo) -> kit.Block:
    state = progress(review)
    ended = "🏁 " if review.completed_at else ""
    wrong = f" · {state.misaligned} misaligned" if state.misaligned else ""
    opened = f"{review.opened_at.astimezone(zone):%d %b %Y}"
    return kit.plain_section(
        f"{ended}{review.title}\n{review.organization_name} · {state.done} of {state.total} answered{wrong} · {opened}",
        accessory=kit.button("Open", OPEN, value=str(review.id)),
    )


def _none_yet() -> kit.Message:
    text = "Walk through a template's questions for one client, and raise a ticket where something is off."
    buttons = (kit.button("Start a review", NEW, style="primary"), _everyones())
    return kit.Message(
        "No reviews yet", (kit.header("No reviews of yours yet"), kit.section(text), kit.actions(*buttons))
    )


def _everyones() -> kit.Element:
    return kit.button("All reviews", f"{LIST}:other", value=written(ReviewFilter(mine=False)))


def _narrowed(chosen: ReviewFilter, organization: Organization | None) -> str:
    parts = (
        _WORDS[chosen.standing].lower() if chosen.standing is not Standing.ANY else "",
        organization.name if organization else "",
        f"“{chosen.words}”" if chosen.words else "",
    )
    return " · ".join(part for part in parts if part)


def _other(chosen: ReviewFilter) -> ReviewFilter:
    return ReviewFilter(not chosen.mine, chosen.standing, chosen.organization_id, chosen.words)


def _plain(chosen: ReviewFilter) -> str:
    return written(ReviewFilter(mine=chosen.mine))
