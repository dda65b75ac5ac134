"""The settings of the contract sync: SKU prefixes, customers on demand, data filters, each counted before it is saved."""

from collections.abc import Iterable, Mapping, Sequence

from blocks import kit
from blocks.contracts import LIST, SETTINGS
from blocks.form import Form, State
from blocks.settings import change_line
from bot.domain.contract_lists import CustomerRequest
from bot.domain.contract_rules import (
    CUSTOMERS as CUSTOMERS_SETTING,
)
from bot.domain.contract_rules import (
    MATCHED,
    PREFIXES,
    Customers,
    FilterField,
    Matched,
    RulesOverview,
)
from bot.domain.settings import Saved

COUNT = "contract_rules_count"
CALLBACK = "contract_rules_save"
FILTERS = "filters_open"
FILTERS_COUNT = "filters_count"
FILTERS_CALLBACK = "filters_save"
APPROVE = "contract_customers_approve"
DECLINE = "contract_customers_decline"
CUSTOMERS_PAGE = "contract_customers_page"
_UNDO = "settings_undo"
_MATTER = {
    Customers.CREATE: "A matching contract brings its company along as a new, mapped organization.",
    Customers.ASK: "Admins are asked; until one approves, the contract is left out.",
    Customers.LEAVE: "Only contracts of organizations that are mapped are taken in.",
}


def rules_form(state: RulesOverview, *, metadata: Mapping[str, kit.Json]) -> kit.View:
    """Prefixes, what they are matched against, and what happens to companies nobody has mapped."""
    matched = [kit.option(each.label, each.value) for each in Matched]
    customers = [kit.option(each.label, each.value, description="") for each in Customers]
    prefixes = kit.plain_text_input(
        "value", initial=state.value(PREFIXES), placeholder="PRACBILL-", multiline=True
    )
    hint = (
        "One a line or between commas; capitals do not matter. None: every contract is taken in. With prefixes, the "
        "others are skipped and the log says “wrong SKU prefix”. Nothing is written to Autotask."
    )
    return kit.modal(
        "Contract sync",
        (
            kit.input_block(PREFIXES, "SKU prefixes", prefixes, hint=hint, optional=True),
            kit.input_block(
                MATCHED, "Matched against", kit.radio("value", matched, chosen=state.value(MATCHED))
            ),
            _count_block(state, COUNT, "contracts match"),
            kit.input_block(
                CUSTOMERS_SETTING,
                "When a matching contract's company is not mapped",
                kit.radio("value", customers, chosen=state.value(CUSTOMERS_SETTING)),
                hint=_customer_hint(),
            ),
            kit.actions(kit.button("Data filters", FILTERS)),
        ),
        callback_id=CALLBACK,
        submit="Save",
        metadata=_remembering(state, metadata, (PREFIXES, MATCHED, CUSTOMERS_SETTING)),
    )


def filters_form(state: RulesOverview, *, metadata: Mapping[str, kit.Json]) -> kit.View:
    """What this Autotask database offers to narrow the data by; nothing chosen is all data."""
    inputs = [_filter_input(state, each) for each in FilterField if each in state.options]
    none = () if inputs else (kit.plain_section("There is nothing to filter by yet: sync contracts first."),)
    return kit.modal(
        "Data filters",
        (
            kit.plain_context(
                "Nothing chosen: all data. Filters decide what is taken in from now on and for what is here already; "
                "company types narrow invoices as well."
            ),
            *none,
            *inputs,
            *(
                (_count_block(state, FILTERS_COUNT, f"contracts would be taken in{_invoices(state)}"),)
                if inputs
                else ()
            ),
        ),
        callback_id=FILTERS_CALLBACK,
        submit="Save" if inputs else "",
        metadata=_remembering(state, metadata, [each.value for each in state.options]),
    )


def read_rules(state: State) -> dict[str, str]:
    form = Form(state)
    return {
        PREFIXES: ", ".join(
            part.strip() for part in form.text(PREFIXES).replace(",", "\n").splitlines() if part.strip()
        ),
        MATCHED: form.choice(MATCHED) or Matched.CONTRACT.value,
        CUSTOMERS_SETTING: form.choice(CUSTOMERS_SETTING) or Customers.CREATE.value,
    }


def read_filters(state: State) -> dict[str, str]:
    """Each filter the form had, with the chosen values between commas."""
    form = Form(state)
    had = {each for each in FilterField if each.value in {name.partition(":")[0] for name in state}}
    return {each.value: ",".join(form.choices(each.value)) for each in FilterField if each in had}


def read_shown(metadata: Mapping[str, object]) -> dict[str, str]:
    """How it was set when the form was opened."""
    shown = metadata.get("shown")
    return {str(name): str(value) for name, value in shown.items()} if isinstance(shown, Mapping) else {}


def saved(result: Saved, state: RulesOverview) -> kit.Message:
    """What was changed, what it means now, and *Undo* for ten minutes."""
    count = f"{state.matching:,} of {state.total:,} contracts are let in by your rules."
    if not result.changes:
        return kit.Message("Nothing was changed.", (kit.plain_section(f"Nothing was changed. {count}"),))
    return kit.Message(
        "Contract sync settings saved",
        (
            kit.section(":white_check_mark: *Saved.* It holds at once; Autotask was not asked."),
            *map(change_line, result.changes),
            kit.plain_section(count),
            kit.actions(kit.button("Undo", _UNDO, value=result.batch), kit.button("Contracts", LIST)),
            kit.context("Undo works for ten minutes. Skipped contracts are in the log, with the reason."),
        ),
    )


def _count_block(state: RulesOverview, action_id: str, words: str) -> kit.Block:
    text = f"{state.matching:,} of {state.total:,} {words}."
    return kit.plain_section(text, accessory=kit.button("Count again", action_id), block_id=f"{action_id}_at")


def _invoices(state: RulesOverview) -> str:
    let_in, total = state.invoices
    return f", {let_in:,} of {total:,} invoices" if total else ""


def _filter_input(state: RulesOverview, each: FilterField) -> kit.Block:
    options = [kit.option(option.label, option.value) for option in state.options[each]]
    chosen = [part for part in state.value(each.value).split(",") if part]
    element = kit.multi_static_select("value", options, chosen=chosen, placeholder="All")
    return kit.input_block(each.value, each.label, element, optional=True)


def _customer_hint() -> str:
    return " ".join(f"{each.label}: {_MATTER[each][0].lower()}{_MATTER[each][1:]}" for each in Customers)


def _remembering(
    state: RulesOverview, metadata: Mapping[str, kit.Json], names: Iterable[str]
) -> dict[str, kit.Json]:
    """A recount keeps what the form had shown first."""
    shown = {name: state.value(name) for name in names}
    return {"shown": shown, **metadata}


# --- customers that wait for a word ---------------------------------------------------------------


def customers(waiting: Sequence[CustomerRequest], where: kit.Page, notice: str = "") -> kit.Message:
    """Companies without organization whose contracts match, each to be approved or declined."""
    said = (kit.plain_section(notice),) if notice else ()
    if not where.total:
        text = "No company waits for a word."
        return kit.Message(text, (*said, kit.plain_section(text), kit.actions(kit.button("Contracts", LIST))))
    rows = [block for each in waiting for block in _request(each)]
    question = kit.confirm(
        "Approve all?",
        f"{kit.count(where.total, 'organization')} will be created and mapped. You can undo it for ten minutes with map.",
        "Approve all",
    )
    every = kit.button(
        f"Approve all {where.total:,}", f"{APPROVE}:all", value="0", style="primary", confirm=question
    )
    return kit.Message(
        f"{kit.count(where.total, 'company waits', 'companies wait')} for a word",
        (
            *said,
            kit.header("New customers"),
            kit.plain_context("Their contracts match your SKU prefixes, and no organization has them yet."),
            *rows,
            kit.plain_context(f"Showing {where.label}"),
            kit.actions(every, *kit.page_buttons(where, CUSTOMERS_PAGE), kit.button("Settings", SETTINGS)),
        ),
    )


def _request(each: CustomerRequest) -> tuple[kit.Block, ...]:
    value = str(each.company_id)
    return (
        kit.row(each.company, f"because of contract {each.contract}"),
        kit.actions(
            kit.button("Approve", APPROVE, value=value, style="primary"),
            kit.button("Decline", DECLINE, value=value),
            block_id=f"customer:{value}",
        ),
    )


def decided(names: Sequence[str], *, approved: bool) -> str:
    what = names[0] if len(names) == 1 else kit.count(len(names), "company", "companies")
    if approved:
        return f"✅ {what}: created and mapped, and the contracts are taken in."
    return f"✅ {what}: declined. The contracts stay left out."
