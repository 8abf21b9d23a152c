"""An AWS endpoint for tests: moto's server over HTTP, with what it lacks, and faults where a test wants them.

What it lacks: DescribeEvents, and change sets that fail. Faults are set per action: throttle, error (500), lost (the
connection is closed after the call was carried out), held (carried out and answered when the test releases it), pending (a
change set that is not done), gone (closed before), page and plain page (answers of a proxy).
"""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
Start = Callable[..., Any]


@dataclass
class Endpoint:
    """What a test sets, and what was called. `faults` maps an action to (kind, how many times)."""

    url: str = ""
    calls: list[str] = field(default_factory=list)
    faults: dict[str, tuple[str, int]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)  # words of a template to why its change set fails
    events: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # words of a template to validation results
    rejected: dict[str, str] = field(default_factory=dict)  # words of a template to why the call itself is refused
    templates: dict[str, str] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    released: threading.Event = field(default_factory=threading.Event)  # calls with the fault `held` wait for it
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, action: str) -> int:
        """How often an action was called."""
        return Counter(self.calls)[action]

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        body = request.get_data(cache=True)
        if request.path.startswith("/moto-api"):
            return _Recorded(_APP, environ, body).response()(environ, start)
        form = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        action = _action(request, form)
        with self._lock:
            self.calls.append(action)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self._answer(action, form, environ, body, start)
        finally:
            with self._lock:
                self.at_once -= 1

    def _answer(
        self, action: str, form: dict[str, str], environ: dict[str, Any], body: bytes, start: Start
    ) -> Iterable[bytes]:
        fault = self._fault(action)
        if fault == "throttle":
            return _error(400, "Throttling", "Rate exceeded")(environ, start)
        if fault == "error":
            return _error(500, "InternalFailure", "try again")(environ, start)
        if fault == "denied":
            return _error(403, "AccessDenied", "not authorized")(environ, start)
        if fault == "page":
            return Response("<html>Blocked by the <b>proxy</b></html>", 200, mimetype="text/html")(environ, start)
        if fault == "plain page":
            return Response("Bad gateway & more", 500, mimetype="text/plain")(environ, start)
        if fault == "gone":
            _hang_up(environ)
        if fault == "held":
            self.released.wait()
        if fault == "pending":
            return _change_set(form.get("StackName", ""), "CREATE_IN_PROGRESS")(environ, start)
        answer = self._ours(action, form) or _Recorded(_APP, environ, body).response()
        if (
            action == "cloudformation:DeleteChangeSet" and answer.status_code == 500
        ):  # the emulator's, where there is none
            answer = _error(404, "ChangeSetNotFound", "there is no such change set")
        if fault == "lost":
            _hang_up(environ)
        return answer(environ, start)

    def _fault(self, action: str) -> str:
        with self._lock:
            kind, times = self.faults.get(action, ("", 0))
            if times:
                self.faults[action] = (kind, times - 1)
            return kind if times else ""

    def _ours(self, action: str, form: dict[str, str]) -> Response | None:
        name = form.get("StackName", "")
        sent = form.get("TemplateBody", "") or form.get("TemplateURL", "")
        if action in ("cloudformation:CreateChangeSet", "cloudformation:ValidateTemplate"):
            why = next((why for words, why in self.rejected.items() if words in sent), "")
            if why:
                return _error(400, "ValidationError", escape(why))
        if action == "cloudformation:ValidateTemplate":  # the emulator's own answer is a linter's
            return Response(
                f'<ValidateTemplateResponse xmlns="{_NAMESPACE}"><ValidateTemplateResult/></ValidateTemplateResponse>'
            )
        if action == "cloudformation:CreateChangeSet":
            self.templates[name] = sent
        text = self.templates.get(name, "")
        if action == "cloudformation:DescribeChangeSet":
            reason = next((why for words, why in self.refusals.items() if words in text), "")
            return _change_set(name, "FAILED", reason) if reason else None
        if action == "cloudformation:DescribeEvents":
            events = next((found for words, found in self.events.items() if words in text), [])
            return _events(events, int(form.get("NextToken", "0")))
        return None

    @property
    def left(self) -> dict[str, list[str]]:
        """What is in the account: stacks and buckets."""
        import boto3

        make = {"endpoint_url": self.url, "region_name": "us-east-1"}
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        stacks = boto3.client("cloudformation", **make, **keys).describe_stacks()["Stacks"]  # type: ignore[call-overload]
        buckets = boto3.client("s3", **make, **keys).list_buckets()["Buckets"]  # type: ignore[call-overload]
        gone = "DELETE_COMPLETE"
        return {
            "stacks": [one["StackName"] for one in stacks if one["StackStatus"] != gone],
            "buckets": [one["Name"] for one in buckets],
        }


_APP = DomainDispatcherApplication(create_backend_app)


class _Recorded:
    """A call of the emulator, as a response."""

    def __init__(self, app: Any, environ: dict[str, Any], body: bytes) -> None:
        from io import BytesIO

        self._app = app
        self._environ = dict(environ) | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}

    def response(self) -> Response:
        try:
            return Response.from_app(self._app, self._environ)
        except Exception as error:  # what the emulator does not catch is a 500, as its own server makes it
            return _error(500, "InternalFailure", escape(str(error)))


def _action(request: Request, form: dict[str, str]) -> str:
    if "Action" in form:
        service = "sts" if form["Action"] == "GetCallerIdentity" else "cloudformation"
        return f"{service}:{form['Action']}"
    bucket, _, key = request.path.strip("/").partition("/")
    query = set(request.args)
    if not bucket:
        return "s3:ListAllMyBuckets"
    if key:
        return {"PUT": "s3:PutObject", "GET": "s3:GetObject", "DELETE": "s3:DeleteObject"}[request.method]
    for word, name in (("tagging", "BucketTagging"), ("publicAccessBlock", "BucketPublicAccessBlock")):
        if word in query:
            return f"s3:{'Put' if request.method == 'PUT' else 'Get'}{name}"
    if "encryption" in query:
        return "s3:PutEncryptionConfiguration"
    return {"PUT": "s3:CreateBucket", "GET": "s3:ListBucket", "DELETE": "s3:DeleteBucket"}[request.method]


def _hang_up(environ: dict[str, Any]) -> None:
    with suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def _error(status: int, code: str, message: str) -> Response:
    text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return Response(text, status, content_type="text/xml")


def _change_set(name: str, status: str, reason: str = "") -> Response:
    text = (
        f'<DescribeChangeSetResponse xmlns="{_NAMESPACE}"><DescribeChangeSetResult><StackName>{name}</StackName>'
        f"<ChangeSetName>{name}</ChangeSetName><Status>{status}</Status><StatusReason>{escape(reason)}</StatusReason>"
        "</DescribeChangeSetResult></DescribeChangeSetResponse>"
    )
    return Response(text, content_type="text/xml")


def _events(events: list[dict[str, str]], start: int) -> Response:
    """Give one event a page, so that whoever asks has to read all pages."""
    page = events[start : start + 1]
    members = "".join(
        f"<member>{''.join(f'<{k}>{escape(v)}</{k}>' for k, v in event.items())}</member>" for event in page
    )
    token = f"<NextToken>{start + 1}</NextToken>" if start + 1 < len(events) else ""
    text = (
        f'<DescribeEventsResponse xmlns="{_NAMESPACE}"><DescribeEventsResult><OperationEvents>{members}</OperationEvents>'
        f"{token}</DescribeEventsResult></DescribeEventsResponse>"
    )
    return Response(text, content_type="text/xml")


@contextmanager
def serving() -> Iterator[Endpoint]:
    """Serve an endpoint on a free port of this machine, empty at first."""
    import urllib.request

    endpoint = Endpoint()
    server = make_server("127.0.0.1", 0, endpoint, threaded=True)
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with urllib.request.urlopen(
        urllib.request.Request(f"{endpoint.url}/moto-api/reset", method="POST"), timeout=300
    ) as answer:
        assert json.load(answer)["status"] == "ok"
    endpoint.calls.clear()
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        server.shutdown()
