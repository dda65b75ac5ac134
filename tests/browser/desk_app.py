"""A small Bolt app for the page's tests: a command, a form with type-ahead, a card with a button, a Home tab."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

COMPANIES = ("Harbor Dental Group", "Harbor Freight Partners", "Kestrel Logistics")


def plain(text):
    return {"type": "plain_text", "text": text}


def option(text):
    return {"text": plain(text), "value": text[:20]}


def button(text, action_id, **style):
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "v", **style}


def section(text, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def field(block_id, label, element, **more):
    named = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": named, **more}


def ticket_form(*, with_reason=False):
    kinds = [option("Incident"), option("Change")]
    reason = [field("reason", "Reason for the change", {"type": "plain_text_input"})] if with_reason else []
    return {
        "type": "modal",
        "callback_id": "ticket",
        "title": plain("New ticket"),
        "submit": plain("Create"),
        "blocks": [
            field("company", "Company", {"type": "external_select", "min_query_length": 2}),
            field("summary", "Summary", {"type": "plain_text_input", "max_length": 80}),
            field(
                "kind",
                "Kind",
                {"type": "static_select", "options": kinds},
                dispatch_action=True,
                optional=True,
            ),
            *reason,
        ],
    }


def build_desk_app(client: AsyncWebClient) -> AsyncApp:
    app = AsyncApp(client=client)
    _command(app)
    _form(app)
    _card(app)
    _home(app)
    return app


def _command(app):
    @app.command("/autotask")
    async def autotask(ack: AsyncAck, respond: AsyncRespond, command):
        if command["text"] == "never":
            return
        await ack()
        start = {"type": "actions", "elements": [button("Start", "start", style="primary")]}
        await respond(text="Ready?", blocks=[section("Nothing is open for *you*."), start])

    @app.action("start")
    async def start(ack, body, client: AsyncWebClient):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=ticket_form())


def _form(app):
    @app.options("company")
    async def companies(ack, payload):
        await ack(options=[option(name) for name in COMPANIES if payload["value"].lower() in name.lower()])

    @app.action("kind")
    async def kind(ack, body, client: AsyncWebClient):
        await ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        view = ticket_form(with_reason=chosen == "Change")
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    @app.view("ticket")
    async def submitted(ack: AsyncAck, view, client: AsyncWebClient):
        values = view["state"]["values"]
        summary = values["summary"]["summary"]["value"]
        if len(summary) < 8:
            await ack(response_action="errors", errors={"summary": "Say a little more"})
            return
        await ack()
        company = values["company"]["company"]["selected_option"]["text"]["text"]
        done = {"type": "actions", "elements": [button("Complete", "complete")]}
        await client.chat_postMessage(
            channel="C0SERVICE",
            text=f"New ticket: {summary}",
            blocks=[section(f"*{company}*: {summary}"), done],
        )


def _card(app):
    @app.action("complete")
    async def complete(ack, body, client: AsyncWebClient):
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text=f"Completed by <@{body['user']['id']}>",
        )


def _home(app):
    @app.event("app_home_opened")
    async def home(event, client: AsyncWebClient):
        if event["tab"] == "home":
            new = section("Good morning", block_id="hello", accessory=button("New ticket", "start"))
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [new]})
