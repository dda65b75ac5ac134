"""Stands in for the bot in tests of the demo: answers /readyz, notes its environment, or dies as told."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *words):
        pass


def main(how):
    Path("environment.json").write_text(json.dumps(dict(os.environ)))
    if how == "dies":
        sys.stdout.write("no such key in the drawer\n")
        sys.exit(3)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if how == "lazy":
        signal.pause()
    HTTPServer(("127.0.0.1", int(os.environ["BOT_PORT"])), Ready).serve_forever()


main(sys.argv[1])
