"""The few pages that Deskhand shows in a browser: small, in light and dark, with nothing loaded from elsewhere."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

STYLE: Final = """
:root{color-scheme:light dark;--paper:#f4f7f8;--card:#fff;--ink:#16252b;--soft:#52656d;--line:#dbe4e7;
--brand:#1f4b57;--brand-ink:#fff;--mark:#e3eff2;--bad:#a3271c}
@media (prefers-color-scheme:dark){:root{--paper:#0f171a;--card:#182327;--ink:#e9f1f3;--soft:#9db0b7;
--line:#2b3b41;--brand:#8fd0de;--brand-ink:#0b1c21;--mark:#20333a;--bad:#ff9c8f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;background:var(--paper);
color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:560px;background:var(--card);border:1px solid var(--line);border-radius:16px;
padding:32px;box-shadow:0 12px 32px rgb(0 0 0/.07)}
header{display:flex;align-items:center;gap:12px;margin-bottom:20px;font-weight:650;letter-spacing:.01em}
header svg{width:40px;height:40px;border-radius:10px}
h1{font-size:1.55rem;line-height:1.25;margin:0 0 12px}
h2{font-size:1rem;margin:28px 0 8px}
p{margin:0 0 12px}
.soft,dd,li span{color:var(--soft)}
dl{margin:0;border-top:1px solid var(--line)}
dl div{padding:8px 0;border-bottom:1px solid var(--line)}
dl div:last-child{border:0}
dt code{background:var(--mark);border-radius:6px;padding:1px 7px;font:600 .86rem/1.6 ui-monospace,Consolas,monospace}
dd{margin:2px 0 0;font-size:.93rem}
ol{padding-left:22px;margin:8px 0 0}
li{margin:6px 0}
.go{margin:24px 0 4px;display:flex;flex-wrap:wrap;gap:12px;align-items:center}
.button{appearance:none;border:0;border-radius:10px;background:var(--brand);color:var(--brand-ink);cursor:pointer;
font:inherit;font-weight:650;line-height:1;padding:15px 22px;text-decoration:none;display:inline-block}
.button:hover{filter:brightness(1.08)}
a{color:var(--brand)}
:focus-visible{outline:3px solid var(--brand);outline-offset:3px}
.bad{color:var(--bad)}
label{display:block;margin:16px 0 4px;font-weight:650}
input{width:100%;padding:12px 14px;border:1px solid var(--line);border-radius:10px;background:var(--paper);
color:var(--ink);font:inherit}
footer{margin-top:24px;padding-top:16px;border-top:1px solid var(--line);font-size:.87rem;color:var(--soft)}
@media (max-width:480px){main{padding:24px 20px}}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_MARK: Final = (
    '<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" fill="#1f4b57"/>'
    '<path d="M9 27c6 0 7-13 13-13h9" fill="none" stroke="#8fd0de" stroke-width="4" stroke-linecap="round"/>'
    '<circle cx="9" cy="27" r="3.4" fill="#fff"/><circle cx="31" cy="14" r="3.4" fill="#fff"/></svg>'
)


@dataclass(frozen=True)
class Page:
    """What stands on a page; ``body`` is markup whose texts are escaped. ``posts_to``: where its form may lead."""

    title: str
    body: str
    status: int = 200
    posts_to: Sequence[str] = ()


def respond(page: Page) -> HTMLResponse:
    """The page with the rules that keep it what it is: no script, no frame, nothing from elsewhere."""
    return HTMLResponse(_document(page), status_code=page.status, headers=_headers(page.posts_to))


def install(*, form_to: str, slacks_origin: str, scopes: Mapping[str, str], kept_days: int) -> Page:
    """What Deskhand is, what it may do and why, and the way in."""
    rows = "".join(
        f"<div><dt><code>{escape(scope)}</code></dt><dd>{escape(reason)}</dd></div>"
        for scope, reason in scopes.items()
    )
    body = f"""<h1>Add Deskhand to your workspace</h1>
<p>Deskhand brings Autotask PSA to where your team talks: connect it, map your clients, walk through reviews,
raise tickets from what you find, and get a daily digest of what happened.</p>
<form class="go" method="post" action="{escape(form_to)}"><button class="button">Add to Slack</button>
<span class="soft">Slack asks you to confirm.</span></form>
<h2>What it may do in Slack, and why</h2>
<dl>{rows}</dl>
<footer>It reads no channel&rsquo;s messages. Tokens and credentials are kept encrypted. Remove it in Slack at any
time: it stops at once, and its data is deleted {_after(kept_days)}.</footer>"""
    return Page("Add Deskhand to Slack", body, posts_to=(_origin(form_to), slacks_origin))


def installed(team: str, *, open_url: str, web_url: str, was_here: bool) -> Page:
    """It worked: what comes next."""
    again = "<p>Everything it had here before is there again.</p>" if was_here else ""
    body = f"""<h1>Deskhand is in {escape(team or "your workspace")}</h1>{again}
<p>It has sent you a direct message with the first step.</p>
<p class="go"><a class="button" href="{escape(open_url)}">Open Slack</a>
<a href="{escape(web_url)}">or open it in the browser</a></p>
<h2>What comes next</h2>
<ol><li>Become Deskhand&rsquo;s first Admin <span>(an owner or admin of the workspace)</span></li>
<li>Connect Autotask <span>(three values, about two minutes)</span></li>
<li>Map your first client, and start a review</li></ol>
<footer>You can close this page.</footer>"""
    return Page("Deskhand is installed", body)


def renewed(team: str, *, open_url: str, web_url: str) -> Page:
    """It was installed already: only what it may do has changed."""
    body = f"""<h1>Deskhand is up to date in {escape(team or "your workspace")}</h1>
<p>It was installed already. What it may do is as you have just allowed; everything else is as it was.</p>
<p class="go"><a class="button" href="{escape(open_url)}">Open Slack</a>
<a href="{escape(web_url)}">or open it in the browser</a></p>"""
    return Page("Deskhand is up to date", body)


def cancelled(again: str) -> Page:
    body = f"""<h1>Nothing was installed</h1>
<p>You cancelled in Slack. Deskhand has no access to your workspace.</p>{_try_again(again)}"""
    return Page("Cancelled", body)


def failed(why: str, *, again: str, status: int = 400) -> Page:
    """It did not work; ``why`` says what happened and what to do, in plain words."""
    body = f"""<h1>That did not work</h1>
<p>{escape(why)}</p>{_try_again(again)}"""
    return Page("Not installed", body, status)


def _after(days: int) -> str:
    return f"after {days} days, unless you come back" if days else "within the hour"


def _try_again(address: str) -> str:
    return f'<p class="go"><a class="button" href="{escape(address)}">Start again</a></p>'


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])


def _document(page: Page) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{escape(page.title)}</title><style>{STYLE}</style></head>"
        f"<body><main><header>{_MARK}Deskhand</header>{page.body}</main></body></html>"
    )


def _headers(posts_to: Sequence[str]) -> dict[str, str]:
    targets = " ".join(posts_to) or "'none'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
            f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
