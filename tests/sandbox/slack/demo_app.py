"""A small Bolt app that uses everything the application will: nothing in it knows of the sandbox."""

import asyncio
from dataclasses import dataclass, field

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

COMPANIES = ("Contoso Ltd", "Fabrikam Inc", "Contoso Retail")


def plain(text):
    return {"type": "plain_text", "text": text}


def option(text, value):
    return {"text": plain(text), "value": value}


LOADING = {
    "type": "modal",
    "callback_id": "ticket",
    "title": plain("New ticket"),
    "blocks": [{"type": "section", "text": plain("Loading…")}],
}


def ticket_form(title="New ticket", metadata=""):
    summary = {"type": "plain_text_input", "action_id": "text", "max_length": 100}
    company = {"type": "external_select", "action_id": "company", "min_query_length": 2}
    queue = {
        "type": "static_select",
        "action_id": "queue",
        "options": [option("Help desk", "1"), option("Projects", "2")],
    }
    return {
        "type": "modal",
        "callback_id": "ticket",
        "title": plain(title),
        "submit": plain("Create"),
        "private_metadata": metadata,
        "notify_on_close": True,
        "blocks": [
            {"type": "input", "block_id": "summary", "label": plain("Summary"), "element": summary},
            {"type": "input", "block_id": "company", "label": plain("Company"), "element": company},
            {
                "type": "input",
                "block_id": "queue",
                "label": plain("Queue"),
                "optional": True,
                "element": queue,
            },
        ],
    }


def button(text, action_id, value="v"):
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value}


def card(text, *buttons):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    return [*blocks, {"type": "actions", "elements": list(buttons)}] if buttons else blocks


@dataclass
class Seen:
    """What the app received, for tests to look at."""

    bodies: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, kind):
        return [body for body in self.bodies if body.get("type") == kind]


def build_app(client: AsyncWebClient, signing_secret: str, seen: Seen) -> AsyncApp:
    app = AsyncApp(client=client, signing_secret=signing_secret)

    @app.middleware
    async def remember(body, next_):
        seen.bodies.append(body)
        await next_()

    _commands(app, seen)
    _modal(app)
    _buttons(app)
    _home(app)
    return app


def _commands(app, seen):
    @app.command("/autotask")
    async def autotask(ack: AsyncAck, body, client, respond: AsyncRespond, command):
        words = command["text"]
        if words == "slow":
            await seen.release.wait()
            return
        if words == "public":
            await ack(text="Hello all", response_type="in_channel")
            return
        if words == "bad":
            await ack(text="x", blocks=[{"type": "nonsense"}])
            return
        await ack()
        if words == "hello":
            await respond("Only you see this & that")
            return
        opened = await client.views_open(trigger_id=body["trigger_id"], view=LOADING)
        view = opened["view"]
        await client.views_update(
            view_id=view["id"], hash=view["hash"], view=ticket_form(metadata=command["channel_id"])
        )
        try:
            await client.views_open(trigger_id=body["trigger_id"], view=LOADING)
        except SlackApiError as error:
            seen.errors.append(error.response["error"])


def _modal(app):
    @app.options("company")
    async def companies(ack, payload):
        found = [name for name in COMPANIES if payload["value"].lower() in name.lower()]
        await ack(options=[option(name, name[:20]) for name in found])

    @app.view("ticket")
    async def submitted(ack: AsyncAck, view, client: AsyncWebClient, body):
        values = view["state"]["values"]
        summary = values["summary"]["text"]["value"]
        if summary == "errors":
            await ack(response_action="errors", errors={"summary": "Say what is broken"})
            return
        if summary == "again":
            await ack(response_action="update", view=ticket_form("Once more"))
            return
        if summary == "deeper":
            await ack(response_action="push", view=ticket_form("Deeper"))
            return
        await ack()
        company = values["company"]["company"]["selected_option"]["text"]["text"]
        await client.chat_postMessage(
            channel=view["private_metadata"] or body["user"]["id"],
            text=f"Ticket: {summary}",
            blocks=card(f"*{summary}* for {company}", button("Details", "details"), button("Close", "close")),
        )

    @app.view_closed("ticket")
    async def closed(ack):
        await ack()


def _buttons(app):
    @app.action("details")
    async def details(ack, body, client: AsyncWebClient):
        await ack()
        await client.chat_postEphemeral(
            channel=body["channel"]["id"],
            user=body["user"]["id"],
            text="Details",
            blocks=card("Just for you", button("Dismiss", "dismiss")),
        )

    @app.action("dismiss")
    async def dismiss(ack, respond: AsyncRespond):
        await ack()
        await respond(delete_original=True)

    @app.action("close")
    async def close(ack, body, client: AsyncWebClient):
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=f"Closed by <@{body['user']['id']}>"
        )


def _home(app):
    @app.event("app_home_opened")
    async def home(event, client: AsyncWebClient):
        if event["tab"] == "home":
            view = {"type": "home", "blocks": card("Welcome home", button("New", "new"))}
            await client.views_publish(user_id=event["user"], view=view)

    @app.action("new")
    async def new(ack, body, client: AsyncWebClient):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=ticket_form())

    @app.event("app_mention")
    async def mentioned(event, say: AsyncSay):
        await say(text=f"You said: {event['text']}", thread_ts=event["ts"])

    @app.event("message")
    async def message(event, say: AsyncSay):
        await say(text="Hello there")
