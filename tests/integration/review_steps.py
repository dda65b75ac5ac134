"""What people do in reviews, as calls: opening the form and its steps, answering, and what came of it."""

from sandbox.slack.people import inside
from sandbox.slack.seed import FULL_MEMBER
from tests.factories import until
from tests.integration.steps import DESK


async def opened_form(office, user=FULL_MEMBER, words="unit"):
    await office.slack.people.type_command(user, DESK, f"/autotask review {words}")
    return await office.slack.people.wait_for_modal(user, "Start a review")


async def pick(office, user, action_id, value):
    """Uses a control of the modal on top, found by its action."""
    view = office.slack.people.modal(user)
    for block in view.body["blocks"]:
        element = block.get("element") or block.get("accessory") or {}
        if element.get("action_id") == action_id:
            break
    else:
        raise AssertionError(action_id)
    await office.slack.people.choose(user, inside(view), action_id, value, block_id=block["block_id"])


def options_of(view, action_id):
    elements = [block.get("element") or block.get("accessory") or {} for block in view.body["blocks"]]
    return next(each["options"] for each in elements if each.get("action_id") == action_id)


def fields_of(view):
    return {
        block["block_id"].partition(":")[0]: block
        for block in view.body["blocks"]
        if block["type"] == "input"
    }


async def started(office, title, user=FULL_MEMBER):
    await opened_form(office, user)
    assert (await office.slack.people.submit(user, {"title": title})).ok
    await office.slack.people.wait_for_modal(user, "Review")


async def ticket_titled(office, title):
    async def found():
        return [row for row in office.tickets_in_autotask() if row["title"] == title]

    [ticket] = await until(found, within=20)
    return ticket


async def newest(office):
    return (await office.bot.services.reviews.page(office.ctx))[0][0]


async def first_step(office, user=FULL_MEMBER):
    view = office.slack.people.modal(user)
    button = next(
        block
        for block in view.body["blocks"]
        if block.get("accessory", {}).get("action_id") == "review_category"
    )
    await office.slack.people.click(user, inside(view), "review_category", block_id=button["block_id"])
    return await office.slack.people.wait_for_modal(user, "Identity and access")


async def choose_answer(office, user, number, label):
    view = office.slack.people.modal(user)
    rows = [block for block in view.body["blocks"] if block["block_id"].startswith("question:")]
    select = rows[number]["accessory"]
    option = next(each for each in select["options"] if each["text"]["text"] == label)
    await office.slack.people.choose(
        user,
        inside(view),
        select["action_id"],
        {"selected_option": option},
        block_id=rows[number]["block_id"],
    )
