"""The settings that are one menu each on the page: chosen is saved."""

from collections.abc import Sequence

from blocks import kit
from bot.domain.authors import AS_PERSON
from bot.domain.invoices import IDENTIFIER, Identifier, Naming
from bot.domain.logs import RETENTION, USUALLY_KEPT
from bot.domain.settings import NO, SOURCE_OF_TRUTH, YES, WorkspaceSettings

TRUTH = "settings_truth"
AUTHORS = "settings_authors"
KEPT = "settings_kept"
NAMING = "settings_naming"

_TRUTH_WORDS = {
    YES: "Autotask decides: what people fetch from it by hand replaces what is here.",
    NO: "Another system decides: buttons that fetch from Autotask by hand are hidden, with this reason.",
}
_AUTHOR_WORDS = {
    YES: "Where Autotask allows it (impersonation, in the API user's security level), tickets and notes show the"
    " Autotask user with the person's e-mail address as their author. Where not, the text names the person.",
    NO: "Tickets and notes are the API user's, and their text names the person.",
}


def choices(state: WorkspaceSettings) -> list[kit.Block]:
    """Each menu with what the value now means."""
    return [
        kit.divider(),
        _truth(state),
        _authors(state),
        *_invoices(state),
        _retention(state),
    ]


def _menu(text: str, action_id: str, options: Sequence[kit.Option], *, name: str, chosen: str) -> kit.Block:
    """The block's id says what was shown, so that nobody overwrites another Admin's change unseen."""
    return kit.section(
        text, accessory=kit.static_select(action_id, options, chosen=chosen), block_id=f"{name}:{chosen}"
    )


def _truth(state: WorkspaceSettings) -> kit.Block:
    chosen = YES if state.is_source_of_truth else NO
    text = f"*Autotask is our source of truth*\n{_TRUTH_WORDS[chosen]}"
    return _menu(text, TRUTH, _yes_or_no(), name=SOURCE_OF_TRUTH, chosen=chosen)


def _authors(state: WorkspaceSettings) -> kit.Block:
    chosen = _chosen(state, AS_PERSON, NO)
    text = f"*Tickets in the person's own name*\n{_AUTHOR_WORDS[chosen]}"
    return _menu(text, AUTHORS, _yes_or_no(), name=AS_PERSON, chosen=chosen)


def _retention(state: WorkspaceSettings) -> kit.Block:
    chosen = _chosen(state, RETENTION, str(USUALLY_KEPT))
    days = sorted({7, 14, 30, 60, USUALLY_KEPT, 180, 365, 400, int(chosen)})
    options = [kit.option(f"{each} days", str(each)) for each in days]
    text = (
        "*Sync log*\nHow long entries and runs are kept. Older ones are forgotten for good, within the hour."
    )
    return _menu(text, KEPT, options, name=RETENTION, chosen=chosen)


def _invoices(state: WorkspaceSettings) -> list[kit.Block]:
    """How invoices are named, with what both names of the newest one would be (product CV17)."""
    if state.naming is None:
        return []
    chosen = _chosen(state, IDENTIFIER, Identifier.NUMBER.value)
    options = [kit.option(each.label, each.value) for each in Identifier]
    return [
        _menu("*Invoices are named by*", NAMING, options, name=IDENTIFIER, chosen=chosen),
        kit.plain_context(_naming_words(state.naming)),
    ]


def _naming_words(naming: Naming) -> str:
    if not naming.total:
        return (
            "No invoice is here yet for an example. Where a number is blank, Autotask shows the id, as we do."
        )
    example, blank = naming.example, ""
    if naming.blank:
        blank = (
            f" {naming.blank:,} of {naming.total:,} have no number; they show as their id, as in Autotask."
        )
    if example is None:
        return blank.strip()
    number, own = example.shown(Identifier.NUMBER), example.shown(Identifier.AUTOTASK_ID)
    return f"The newest: Invoice Number {number}, Autotask ID {own}.{blank}"


def _yes_or_no() -> list[kit.Option]:
    return [kit.option("Yes", YES), kit.option("No", NO)]


def _chosen(state: WorkspaceSettings, name: str, otherwise: str) -> str:
    return state.values[name].value if name in state.values else otherwise
