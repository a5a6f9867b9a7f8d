"""Pages as a browser gets them from a moto city: looked at, filled in, served to a real browser."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from infra import assets
from tests.integration import tokens
from tests.integration.motocity import MotoCity

HOST = "pages.example"


@dataclass(frozen=True)
class Seen:
    """An answer: `text` is the page, `said` what of it people read (tags gone, entities back)."""

    status: int
    text: str
    headers: Mapping[str, str]
    cookies: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The words of the page, whatever stands between them made one space."""
        plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.text, flags=re.S)
        return re.sub(r"\s+", " ", html.unescape(plain)).strip()

    @property
    def goes_to(self) -> str:
        """Where the answer sends the browser."""
        return self.headers.get("location", "")

    def links(self) -> list[str]:
        """Every link of the page, as it is written."""
        return [html.unescape(found) for found in re.findall(r'<a [^>]*?href="([^"]*)"', self.text)]


class Reader:
    """Somebody with `grants` (`unit:role`) in front of the pages; nobody without any."""

    def __init__(self, city: MotoCity, *grants: str, name: str = "somebody", zh: bool = True):
        self.city, self.language = city, "zh" if zh else "en"
        self.cookie = f"session={tokens.token(*grants, name=name)}" if grants else ""

    def open(self, path: str, **query: str) -> Seen:
        """The page at `path`, which may hold a query itself."""
        parts = urlsplit(path)
        return self._ask("GET", parts.path, {**dict(parse_qsl(parts.query)), **query})

    def send(self, path: str, do: str, **form: str | list[str]) -> Seen:
        """A form of the page at `path`, which may hold a query itself; `__` in a field's name
        stands for the dot."""
        fields = {name.replace("__", "."): value for name, value in form.items()}
        body = urlencode({"do": do, **fields}, doseq=True).encode()
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        return self._ask("POST", parts.path, query, body, "application/x-www-form-urlencoded")

    def upload(self, path: str, do: str, field: str, name: str, content: bytes) -> Seen:
        """A form with one file."""
        edge = "edge-of-the-test"
        told = (
            f'--{edge}\r\nContent-Disposition: form-data; name="do"\r\n\r\n{do}\r\n--{edge}\r\n'
            f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body = told + content + f"\r\n--{edge}--\r\n".encode()
        return self._ask("POST", path, {}, body, f"multipart/form-data; boundary={edge}")

    def follow(self, path: str, seen: Seen) -> Seen:
        """The page that an answer from `path` sends to."""
        there = urljoin(f"http://{HOST}{path}", seen.goes_to)
        return self.open(there.removeprefix(f"http://{HOST}"))

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | None = None,
        content_type: str = "text/plain",
    ) -> Seen:
        headers = {"content-type": content_type, "accept-language": self.language, "host": HOST}
        headers |= {"sec-fetch-site": "same-origin", "accept": "text/html,image/*,*/*;q=0.8"}
        return ask(self.city, method, path, query, headers | {"cookie": self.cookie}, body)


def ask(
    city: MotoCity,
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes | None = None,
) -> Seen:
    """What the app answers to a browser, as the gateway brings it."""
    reply = city.ask(
        method,
        path,
        base64.b64encode(body).decode() if body is not None else None,
        headers=headers,
        query=query,
        encoded=body is not None,
    )
    given = reply["body"]
    raw = base64.b64decode(given) if reply.get("isBase64Encoded") else str(given).encode()
    told = {name.lower(): str(value) for name, value in reply["headers"].items()}
    many = reply.get("multiValueHeaders") or {}
    cookies = tuple(many.get("Set-Cookie", ()))
    return Seen(reply["statusCode"], raw.decode("utf-8", "surrogateescape"), told, cookies)


def furnish(city: MotoCity) -> None:
    """Puts the built site into the city's bucket."""
    if not (assets.BUILT / "manifest.json").exists():
        assets.build()
    for file in sorted(assets.BUILT.iterdir()):
        city.write_object("site", file.name, file.read_bytes())


@contextmanager
def served(city: MotoCity) -> Iterator[str]:
    """The city's pages for a real browser, one request at a time (moto wants no threads); the
    address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: Any) -> None:
            pass

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(size) if self.command == "POST" else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            try:
                seen = ask(city, self.command, unquote(parts.path), query, headers, body)
            except LookupError:
                seen = Seen(403, "", {"content-type": "application/json"})
            self.send_response(seen.status)
            for name, value in seen.headers.items():
                self.send_header(name, value)
            for cookie in seen.cookies:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(seen.text.encode("utf-8", "surrogateescape"))

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
