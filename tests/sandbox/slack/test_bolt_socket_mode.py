"""Bolt for Python, unmodified but for base_url, over Socket Mode."""

from sandbox.slack.people import inside, on
from sandbox.slack.seed import FULL_MEMBER

DESK = "C0SERVICE"


async def test_a_command_opens_a_modal_that_becomes_a_message_with_buttons(office):
    people = office.people
    assert (await people.type_command(FULL_MEMBER, DESK, "/autotask ticket")).ok
    view = await people.until(
        lambda: (v := people.modal(FULL_MEMBER)) and v.body.get("submit") and v, "the filled form"
    )
    offered = await people.suggest(FULL_MEMBER, inside(view), "company", "cont")
    assert [o["text"]["text"] for o in offered.options] == ["Contoso Ltd", "Contoso Retail"]

    refused = await people.submit(FULL_MEMBER, {"summary": "errors", "company": offered.options[0]})
    assert refused.errors == {"summary": "Say what is broken"}
    again = await people.submit(FULL_MEMBER, {"summary": "again"})
    assert again.response_action == "update"
    assert view.values["company"]["company"]["selected_option"]["value"] == "Contoso Ltd"

    assert (await people.submit(FULL_MEMBER, {"summary": "Printer on fire"})).ok
    assert people.modal(FULL_MEMBER) is None
    posted = await people.wait_for(
        FULL_MEMBER, office.slack.workspace.app_im(FULL_MEMBER).id, "Printer on fire"
    )
    assert office.seen.errors == ["exchanged_trigger_id"]

    assert (await people.click(FULL_MEMBER, on(posted), "close")).ok
    closed = await people.wait_for(FULL_MEMBER, posted.channel, "Closed by")
    assert closed.ts == posted.ts
    assert closed.blocks is None
