"""The views people have before them: one stack of modals each, one home tab each."""

from sandbox.slack.errors import ApiError
from sandbox.slack.model import View
from sandbox.slack.shapes import JsonObject, as_text
from sandbox.slack.viewstate import carried_over, initial_values
from sandbox.slack.workspace import Workspace

MAX_STACK = 3


class Views:
    """Opens, pushes, updates and closes; every change gives the view a new hash."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        return self.stacks.setdefault(user, [])

    def find(self, view_id: str) -> View | None:
        """A view that is open now (or a published home tab)."""
        return next((view for view in self._live() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        return next((v for v in self._live() if external_id and v.text("external_id") == external_id), None)

    def open(self, user: str, body: JsonObject, *, channel: str | None = None) -> View:
        """A new root modal; whatever modal the person had open is gone."""
        self._refuse_taken_external_id(body)
        view = self._make(user, body, channel=channel)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, body: JsonObject) -> View:
        """A modal on top; raises ApiError `push_limit_reached` on the fourth."""
        stack = self.stack(user)
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= MAX_STACK:
            raise ApiError("push_limit_reached")
        self._refuse_taken_external_id(body)
        top = stack[-1]
        view = self._make(user, body, channel=top.origin_channel, below=top)
        stack.append(view)
        return view

    def update(self, view: View, body: JsonObject, *, expected_hash: str | None = None) -> View:
        """Replace the content; inputs whose two ids stay keep what was entered."""
        if expected_hash and expected_hash != view.hash:
            raise ApiError("hash_conflict")
        self._refuse_taken_external_id(body, except_for=view)
        view.body = body
        view.values = carried_over(view.values, self._fresh(body, view.origin_channel))
        view.hash = self._workspace.ids.hash()
        return view

    def publish(self, user: str, body: JsonObject, *, expected_hash: str | None = None) -> View:
        """The person's home tab, replaced as a whole."""
        known = self.homes.get(user)
        if known is not None:
            return self.update(known, body, expected_hash=expected_hash)
        self._refuse_taken_external_id(body)
        self.homes[user] = self._make(user, body)
        return self.homes[user]

    def close(self, view: View) -> None:
        """Take a modal away, and those above it."""
        stack = self.stack(view.user)
        if view in stack:
            del stack[stack.index(view) :]

    def clear(self, user: str) -> None:
        self.stacks[user] = []

    def reset(self) -> None:
        self.stacks.clear()
        self.homes.clear()

    def _live(self) -> list[View]:
        return [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]

    def _make(
        self, user: str, body: JsonObject, *, channel: str | None = None, below: View | None = None
    ) -> View:
        view_id = self._workspace.ids.new("V")
        return View(
            id=view_id,
            type=as_text(body.get("type")),
            user=user,
            body=body,
            hash=self._workspace.ids.hash(),
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
            values=self._fresh(body, channel),
            origin_channel=channel,
        )

    def _fresh(self, body: JsonObject, channel: str | None) -> dict[str, JsonObject]:
        return initial_values(body.get("blocks"), current_channel=channel)

    def _refuse_taken_external_id(self, body: JsonObject, *, except_for: View | None = None) -> None:
        holder = self.find_external(as_text(body.get("external_id")))
        if holder is not None and holder is not except_for:
            raise ApiError("duplicate_external_id")
