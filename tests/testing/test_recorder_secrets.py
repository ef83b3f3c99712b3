"""Secrets in recordings: none is written to the file, in any place of a call and in any encoding."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, quote_plus, unquote
from xml.sax.saxutils import escape, quoteattr

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wsclient.testing import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Body: TypeAlias = "bytes | str"
JSON_HEADERS = {"x-amz-target": "WorkspacesService.DescribeTags", "content-type": "application/x-amz-json-1.1"}
FORM_HEADERS = {"content-type": "application/x-www-form-urlencoded"}
CANARY = "canary/Secret+Of=Forty&Characters<0123456>"
SECRETS = st.text(
    st.sampled_from("abcdefghijkmnopqrstuvwxyzABCDEF0123456789+/=&<>%'\" \\é"), min_size=16, max_size=60
).map(lambda text: f"cnry{text}yrnc")
NAMES = st.sampled_from(
    ["SecretAccessKey", "SessionToken", "WebIdentityToken", "TradeInToken", "SAMLAssertion", "SharedSecret"]
)
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.lower,
    str.upper,
    lambda name: name[0].lower() + name[1:],
    lambda name: "".join(f"_{letter}" if letter.isupper() else letter for letter in name).strip("_").lower(),
    lambda name: f"X-Amz-{name}",
)
ESCAPES: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent but slashes": quote,
    "percent in lower case": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "form": quote_plus,
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "XML": lambda text: escape(text, {'"': "&quot;"}),
    "HTML": html.escape,
    "XML, decimal": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "XML, hexadecimal": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON twice": lambda text: json.dumps(json.dumps(text))[1:-1],
    "JSON, all": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "XML in JSON in a URL": lambda text: quote(json.dumps(escape(text))),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 with neighbours": lambda text: base64.b64encode(f"a{text}bc".encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"ab{text}".encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "beginning": lambda text: f"{text[:20]}...",
}


def recorded(
    answers: Iterable[Body],
    requests: Iterable[tuple[Mapping[str, str], Body]] = ((JSON_HEADERS, "{}"),),
    *,
    answer_headers: Mapping[str, str] | None = None,
    redact: tuple[str, ...] = (),
) -> str:
    """Return the recording file of requests answered with these bodies; the last body is repeated."""
    bodies, sent = list(answers), list(requests)
    queue = [*bodies, *[bodies[-1]] * (len(sent) - len(bodies))]
    sent += [sent[-1]] * (len(queue) - len(sent))

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=answer_headers, content=queue.pop(0))

    async def record(path: Path) -> None:
        recorder = Recorder(path, transport=httpx.MockTransport(answer), redact=redact)
        async with recorder, httpx.AsyncClient(transport=recorder) as client:
            for headers, body in sent:
                await client.post("https://sts.us-west-2.amazonaws.com/", headers=dict(headers), content=body)

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "calls.json")
        asyncio.run(record(path))
        assert [found.name for found in Path(directory).iterdir()] == ["calls.json"]
        return path.read_text(encoding="utf-8")


def is_in(secret: str, text: str) -> bool:
    """Return whether a secret is in a text, however it is escaped: every kind of escape is decoded, again and again."""
    seen = {text}
    for _ in range(4):
        for known in list(seen):
            json_decoded = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), known)
            json_decoded = re.sub(r'\\(["\\/])', r"\1", json_decoded)
            seen |= {json_decoded, unquote(known), html.unescape(known)}
    return any(form in known for known in seen for form in (secret, base64.b64encode(secret.encode()).decode()))


XML_FORMS: Mapping[str, Callable[[str, str], str]] = {
    "plain": lambda name, value: f"<R><{name}>{escape(value)}</{name}></R>",
    "prefix": lambda name, value: f"<a:R xmlns:a='urn:a'><a:{name}>{escape(value)}</a:{name}></a:R>",
    "attribute": lambda name, value: f"<R><{name} xsi='a'>{escape(value)}</{name}></R>",
    "in an attribute": lambda name, value: f"<R><C {name}={quoteattr(value)}/></R>",
    "white space in tags": lambda name, value: f"<R><{name} \n>{escape(value)}</{name}\t></R>",
    "white space around": lambda name, value: f"<R><{name}>\n  {escape(value)}  \n</{name}></R>",
    "CDATA": lambda name, value: f"<R><{name}><![CDATA[{value}]]></{name}></R>",
    "character references": lambda name, value: f"<R><{name}>{ESCAPES['XML, decimal'](value)}</{name}></R>",
    "comment inside": lambda name, value: f"<R><{name}>{escape(value[:9])}<!-- - -->{escape(value[9:])}</{name}></R>",
    "in a comment": lambda name, value: f"<R><!-- {name} {escape(value).replace('-', '')} --></R>",
    "processing instruction": lambda name, value: f"<R><?x {name} {value.replace('?', '')}?></R>",
    "nested": lambda name, value: f"<R><{name}><a><b>{escape(value)}</b></a></{name}></R>",
    "pair": lambda name, value: f"<R><Key>{name}</Key><Value>{escape(value)}</Value></R>",
    "document in CDATA": lambda name, value: f"<R><M><![CDATA[<x:{name}>{escape(value)}</x:{name}>]]></M></R>",
    "document escaped": lambda name, value: (
        "<R><M>" + escape(f"<a><{name} b='1'>{escape(value)}</{name}></a>") + "</M></R>"
    ),
    "JSON in XML": lambda name, value: f"<R><M>{escape(json.dumps({name: value}))}</M></R>",
    "declaration": lambda name, value: f'<?xml version="1.0"?>\n<R><{name}>{escape(value)}</{name}></R>',
    "document type": lambda name, value: f"<!DOCTYPE R><R><{name}>{escape(value)}</{name}></R>",
    "root": lambda name, value: f"<{name}>{escape(value)}</{name}>",
    "text before": lambda name, value: f"oops <R><{name}>{escape(value)}</{name}></R>",
}
JSON_FORMS: Mapping[str, Callable[[str, str], str]] = {
    "plain": lambda name, value: json.dumps({name: value}),
    "nested": lambda name, value: json.dumps({"A": [{"B": {name: value}}]}),
    "list": lambda name, value: json.dumps({name: [value, [value]]}),
    "object": lambda name, value: json.dumps({name: {"Value": value, "More": [value]}}),
    "escaped document": lambda name, value: json.dumps({"Message": json.dumps({"a": {name: value}})}),
    "twice escaped document": lambda name, value: json.dumps({"Message": json.dumps(json.dumps({name: value}))}),
    "cut document": lambda name, value: json.dumps({"Message": json.dumps({name: value})[:-2]}),
    "document after words": lambda name, value: json.dumps({"Message": f"got {json.dumps({name: value})}"}),
    "document in base64": lambda name, value: json.dumps(
        {"Message": base64.b64encode(json.dumps({name: value}).encode()).decode()}
    ),
    "XML in JSON": lambda name, value: json.dumps({"Message": f"<a:{name} b='c'>{escape(value)}</a:{name}>"}),
    "cut XML in JSON": lambda name, value: json.dumps({"Message": f"<A><a:{name} b='c'>{escape(value)}"}),
    "repeated": lambda name, value: f'{{"{name}": {json.dumps(value)}, "{name}": null, "A": {json.dumps(value)}}}',
    "repeated elsewhere": lambda name, value: f'{{"A": {json.dumps(value)}, "A": 1, "{name}": {json.dumps(value)}}}',
    "repeated in a document": lambda name, value: json.dumps({"M": f'{{"{name}": {json.dumps(value)}, "{name}": 1}}'}),
    "pair": lambda name, value: json.dumps({"Tags": [{"Key": name, "Value": value}]}),
    "pair in a list": lambda name, value: json.dumps({"Headers": [[name, value]]}),
    "all escaped": lambda name, value: f'{{"{ESCAPES["JSON, all"](name)}": "{ESCAPES["JSON, all"](value)}"}}',
    "member's name": lambda name, value: json.dumps({name: value, "A": {value: 1}}),
    "URL": lambda name, value: json.dumps({"Url": f"https://h/?a=b&{name}={quote(value, safe='')}"}),
    "assignment": lambda name, value: json.dumps({"Message": f"{name} = {value}"}),
    "tuple": lambda name, value: json.dumps({"Message": f"('{name}', 'cnry0123456789ab{value}')"}),
    "words": lambda name, value: json.dumps({"Message": f"{name} cnry0123456789ab{value}"}),
    "header": lambda name, value: json.dumps({"Message": f"failed: {name}: {value}\r\nx: y"}),
    "string": lambda _, value: json.dumps(value),
    "text": lambda name, value: f"{name}: {value}",
    "no JSON": lambda name, value: f"{{'{name}': '{value}'}}",
    "text after": lambda name, value: json.dumps({name: value}) + " oops",
}
FORMS = {f"XML, {name}": form for name, form in XML_FORMS.items()} | {
    f"JSON, {name}": form for name, form in JSON_FORMS.items()
}


@settings(max_examples=300)
@given(
    form=st.sampled_from(sorted(FORMS)),
    name=NAMES,
    spelling=st.sampled_from(SPELLINGS),
    secret=SECRETS,
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_recording_contains_no_response_secret(
    form: str, name: str, spelling: Callable[[str], str], secret: str, encoding: str
) -> None:
    """A secret in any form of XML or JSON, under its name in any spelling, is not in the file."""
    body = FORMS[form](spelling(name), secret).encode(encoding)
    assert not is_in(secret, recorded([body]))


@settings(max_examples=100)
@given(form=st.sampled_from(sorted(FORMS)), secret=SECRETS, data=st.data())
def test_truncated_response_is_not_recorded(form: str, secret: str, data: st.DataObject) -> None:
    """A body that ends anywhere, within the secret too, shows no more than 15 characters of it."""
    body = FORMS[form]("SecretAccessKey", secret)
    cut = body[: data.draw(st.integers(1, len(body)))]
    text = recorded([cut])
    assert secret[:16] not in text
    assert not is_in(secret[:16], text)


@settings(max_examples=200)
@given(secret=SECRETS, escaped=st.sampled_from(sorted(ESCAPES)), before=st.booleans(), form=st.sampled_from("jx"))
@example(secret="cnry0000000000 é0000yrnc", escaped="form", before=False, form="j")
@example(secret="cnry0000000000<%0000yrnc", escaped="HTML", before=False, form="x")
def test_repeated_secret_is_redacted(*, secret: str, escaped: str, before: bool, form: str) -> None:
    """A secret known from a response is redacted everywhere in the file, before and after it, in any escaping."""
    repeated = ESCAPES[escaped](secret)
    message = f"no such thing: «{repeated}», sorry"
    other = json.dumps({"Message": message}) if form == "j" else f"<R><Message>{escape(message)}</Message></R>"
    known = json.dumps({"Credentials": {"SessionToken": secret}})
    text = recorded([other, known] if before else [known, other])
    assert repeated not in json.dumps(json.loads(text), ensure_ascii=False)
    assert not is_in(secret[:20], text)


HEADER_FORMS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "token": lambda secret: ("x-amz-security-token", secret),
    "token in another case": lambda secret: ("X-AMZ-SECURITY-TOKEN", secret),
    "bearer": lambda secret: ("Authorization", f"Bearer {secret}"),
    "basic": lambda secret: ("Authorization", f"Basic {base64.b64encode(f'user:{secret}'.encode()).decode()}"),
    "signature": lambda secret: ("Authorization", f"AWS4-HMAC-SHA256 Credential=AKIAKEY/1/r/s/t, Signature={secret}"),
    "key": lambda secret: ("Authorization", f"AWS4-HMAC-SHA256 Credential={secret}/20260301/r/sts/aws4_request"),
    "proxy": lambda secret: ("Proxy-Authorization", f"Bearer {secret}"),
    "cookie": lambda secret: ("Cookie", f"a=b; session={secret}"),
    "key of an API": lambda secret: ("X-Api-Key", secret),
}


@pytest.mark.parametrize("form", sorted(HEADER_FORMS))
@pytest.mark.parametrize("secret", ["cnry0123456789abcdefyrnc", "cnry-short"])
def test_header_secrets_are_redacted_everywhere(form: str, secret: str) -> None:
    """A request header's secret is redacted, also where request and response repeat it."""
    name, value = HEADER_FORMS[form](secret)
    body = json.dumps({"A": f"you sent {secret}.", "B": [secret]})
    text = recorded([body], [(JSON_HEADERS | {name: value}, body)])
    assert secret not in text
    assert json.loads(text)["Calls"][0]["Answer"]["A"] == "you sent [redacted]."


def test_secrets_of_response_headers_and_repeated_headers_are_replaced() -> None:
    """Set-Cookie, repeated Authorization headers, and query values of a URL are secrets."""
    secret, first, second, query = (f"cnry-{letter}-0123456789abcdef" for letter in "abcd")
    body = json.dumps({"Message": f"{secret} {first} {second} {query}"})

    async def record(path: Path) -> None:
        def answer(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(
                403,
                headers=[("Set-Cookie", f"id={secret}; Path=/"), ("x-amzn-requestid", secret)],
                content=body,
            )

        recorder = Recorder(path, transport=httpx.MockTransport(answer))
        headers = [*JSON_HEADERS.items(), ("Authorization", f"Bearer {first}"), ("authorization", f"Bearer {second}")]
        async with recorder, httpx.AsyncClient(transport=recorder) as client:
            await client.post(f"https://h.test/?X-Amz-Signature={query}", headers=headers, content=body)

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "calls.json")
        asyncio.run(record(path))
        text = path.read_text()
    assert json.loads(text)["Calls"][0]["Answer"] == {"Message": " ".join(["[redacted]"] * 4)}
    assert "cnry" not in text


@settings(max_examples=100)
@given(
    name=NAMES,
    secret=SECRETS,
    action=st.sampled_from(["AssumeRole", "NewOperation"]),
    repeat=st.booleans(),
    cut=st.booleans(),
)
def test_form_secrets_are_not_recorded(*, name: str, secret: str, action: str, repeat: bool, cut: bool) -> None:
    """A form's secrets, repeated, under a path, in a tag or in a form that cannot be parsed, are not in the file."""
    value = quote(secret, safe="")
    fields = [f"Action={action}&Version=2011-06-15", f"{name}={value}", f"A.{name}.member.1={value}"]
    fields += [f"Tags.member.1.Key={name}&Tags.member.1.Value={value}", f"RoleSessionName={value}"]
    fields += [f"{name}=harmless"] if repeat else []
    body = "&".join(fields).encode() + (b"&\xff=%" if cut else b"")
    assert not is_in(secret, recorded([json.dumps({"Echo": secret})], [(FORM_HEADERS, body)]))


@pytest.mark.parametrize(
    "body", [b'{"SessionToken": "%s"' % CANARY.encode(), b"\xff%s" % CANARY.encode(), b'["%s"]' % CANARY.encode()]
)
def test_unparsable_request_is_sent_but_not_recorded(body: bytes) -> None:
    """An unparsable request is sent, and the file has a note in place of its body."""
    call = json.loads(recorded(['{"TagList": []}'], [(JSON_HEADERS, body)]))["Calls"][0]
    assert call["Request"] == {"Body": "[not recorded: the body of the request cannot be parsed]"}
    assert call["Answer"] == {"TagList": []}


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"", ""),
        (b" \n", ""),
        (b"upstream connect error", "[not recorded: the body is neither a JSON object or array nor XML]"),
        (b"3", "[not recorded: the body is neither a JSON object or array nor XML]"),
        (b"[" * 5000 + b"]" * 5000, "[not recorded: nested too deeply]"),
        (b'{"a": "\\ud800"}', {"a": "?"}),
        (b'{"a": 1, "b": [null, true, 1.5]}', {"a": 1, "b": [None, True, 1.5]}),
    ],
)
def test_unparsable_body_is_replaced_by_a_placeholder(body: bytes, answer: object) -> None:
    """An unparsable body is replaced by the reason; everything else is written unchanged."""
    found = json.loads(recorded([body]))["Calls"][0]["Answer"]
    if isinstance(found, str) and found:
        assert found.startswith("[not recorded: ")
    else:
        assert found == answer


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7CANARYX",
        f"IQoJb3JpZ2luX2Vj{'canary' * 10}",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.canary",
        "-----BEGIN RSA PRIVATE KEY-----\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----",
        "https://canary:canary@example.com/",
        "Authorization=AWS4-HMAC-SHA256 Credential=CANARY/1/r/s/t",
    ],
)
def test_secret_patterns_are_redacted(text: str) -> None:
    """Keys, tokens and private keys are recognized in texts without a name."""
    written = recorded([json.dumps({"Message": f"Look: {text}"})])
    assert "canary" not in written.lower()
    assert "Look: " in written


@pytest.mark.parametrize(
    "text",
    [
        "The security token included in the request is invalid.",
        "Value at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
        "User: arn:aws:iam::123456789012:user/a may not read arn:aws:secretsmanager:us-west-2:123456789012:secret:b-c",
        "arn:aws:secretsmanager:us-west-2:123456789012:secret:b",
        '{"Version": "2012-10-17",  "Statement": []}',
        "https://docs.aws.amazon.com/workspaces/?a=b",
        "100 % of C:\\new &amp; \\u0041",
        "d-906700000a",
        "aGVsbG8gd29ybGQsIGhlbGxvIHdvcmxk",
    ],
)
def test_ordinary_texts_are_not_redacted(text: str) -> None:
    """Redaction leaves AWS's messages, ARNs, policies and URLs alone."""
    assert json.loads(recorded([json.dumps({"Message": text})]))["Calls"][0]["Answer"] == {"Message": text}


def test_numeric_secrets_are_redacted() -> None:
    """A secret or a value of redact= that is a JSON number is not in the file, and credentials never expire."""
    credentials = {"SecretAccessKey": "a", "Expiration": 1_700_000_000}
    body = json.dumps({"TokenCode": 918273, "Account": 123443211234, "Credentials": credentials})
    text = recorded([body], redact=("123443211234",))
    assert "918273" not in text
    assert "123443211234" not in text
    answer = json.loads(text)["Calls"][0]["Answer"]
    assert answer["TokenCode"] == 0
    assert answer["Credentials"]["Expiration"] == 32_472_144_000


@settings(max_examples=50)
@given(value=SECRETS, escaped=st.sampled_from(["as it is", "percent", "XML", "JSON", "percent twice"]))
def test_values_to_redact_are_found_in_every_escape(value: str, escaped: str) -> None:
    """A value of redact= is replaced in requests and responses, escaped or not."""
    body = json.dumps({"A": f"<{ESCAPES[escaped](value)}>"})
    text = recorded([body], [(JSON_HEADERS, body)], redact=(value,))
    assert not is_in(value, text)
    assert text.count("[redacted-1]") == 2


def test_recorder_repr_hides_secrets() -> None:
    """A recorder's repr has neither the known secrets nor the caller's redact= values."""
    with tempfile.TemporaryDirectory() as directory:
        recorder = Recorder(
            Path(directory, "a"), transport=httpx.MockTransport(lambda _: httpx.Response(200)), redact=[CANARY]
        )
        recorder._redaction.add_secrets("cnry0123456789abcdefyrnc")  # pyright: ignore[reportPrivateUsage]
        assert CANARY not in repr(vars(recorder))
        assert "cnry" not in repr(vars(recorder))
        recorder._is_saved = True  # pyright: ignore[reportPrivateUsage]
