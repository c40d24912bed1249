"""The text gateway's contract, kept by our client and by the gateway of the tests; and what else may happen."""

import http.client
import json
import logging
import socket
from typing import Any

import pytest

from scheduler.texting import gateway as gateway_module
from scheduler.texting.gateway import (
    Gateway,
    GatewayAway,
    GatewaySettings,
    TextDelayed,
    TextFailure,
    TextRefused,
)
from scheduler.texting.words import Kind, Text
from tests.text_gateway import CONTRACT, KEY, FakeGateway, a_gateway

HELLO = Text(to="+821012345678", words="6.24(수) 09:00 KST 화상상담", kind=Kind.SMS)


def exchanges(gateway: FakeGateway) -> list[tuple[dict[str, Any], int, dict[str, Any]]]:
    """Each recorded request sent as it is, with what came back."""
    found = []
    for one in CONTRACT:
        host = gateway.address.split("/")[2]
        connection = http.client.HTTPConnection(host, timeout=5)
        body = json.dumps(one["request"]["body"], ensure_ascii=False).encode()
        connection.request("POST", one["request"]["path"], body, one["request"]["headers"])
        answer = connection.getresponse()
        found.append((one, answer.status, json.loads(answer.read())))
        connection.close()
    return found


def outcome(gateway: FakeGateway, text: Text = HELLO, key: str = "out_1", **given: Any) -> str:
    try:
        return Gateway(gateway.settings(**given)).send(text, key=key)
    except TextFailure as failure:
        return f"{type(failure).__name__} {failure}"


def test_the_gateway_of_the_tests_answers_as_recorded() -> None:
    with a_gateway() as gateway:
        assert [(one["name"], status, body) for one, status, body in exchanges(gateway)] == [
            (one["name"], one["response"]["status"], one["response"]["body"]) for one in CONTRACT
        ]


def test_our_client_asks_as_recorded_and_understands_each_answer() -> None:
    becomes = {TextRefused: "refused", GatewayAway: "away", TextDelayed: "delayed"}
    with a_gateway() as gateway:
        for one in CONTRACT:
            wanted, body = one["request"], one["request"]["body"]
            text = Text(to=body["to"], words=body["text"], kind=Kind(body["type"]))
            key = wanted["headers"]["Authorization"].removeprefix("Bearer ")
            try:
                given = Gateway(gateway.settings(key=key)).send(
                    text, key=wanted["headers"]["Idempotency-Key"]
                )
                result = "sent"
                assert given == one["response"]["body"]["id"]
            except TextFailure as failure:
                result = becomes[type(failure)]
            asked = gateway.requests[-1]
            headers = {name: asked["headers"].get(name.lower()) for name in wanted["headers"]}
            assert {**asked, "headers": headers} == wanted, one["name"]
            assert result == one["becomes"], one["name"]


def test_the_same_message_once_more_is_sent_once() -> None:
    with a_gateway() as gateway:
        assert [outcome(gateway), outcome(gateway)] == ["msg-1", "msg-1"]
        assert len(gateway.messages) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (301, "GatewayAway …5678: 301 no reason given"),
        (400, "TextRefused …5678: 400 no reason given"),
        (403, "GatewayAway …5678: 403 no reason given"),
        (404, "TextRefused …5678: 404 no reason given"),
        (408, "TextDelayed …5678: 408 no reason given"),
        (500, "TextDelayed …5678: 500 no reason given"),
    ],
)
def test_what_passes_and_what_is_final_are_told_apart(status: int, expected: str) -> None:
    with a_gateway() as gateway:
        gateway.answers_with = (status, {"Location": gateway.address}, b"<html>")
        assert outcome(gateway) == expected
        assert len(gateway.requests) == 1


@pytest.mark.parametrize("body", [b"", b"ok", b"[1]", b'{"id": null}', b"\xff\xfe", b"x" * 200_000])
def test_what_was_taken_is_sent_however_odd_the_answer_is(body: bytes) -> None:
    with a_gateway() as gateway:
        gateway.answers_with = (200, {}, body)
        assert outcome(gateway) == ""


def test_a_gateway_that_dawdles_is_left_and_nothing_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "READ_SECONDS", 0.1)
    with a_gateway() as gateway:
        gateway.waits_seconds = 0.4
        assert outcome(gateway) == "GatewayAway …5678: ReadTimeoutError"


def test_nobody_there_is_a_gateway_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gateway = FakeGateway(address=f"http://127.0.0.1:{port}/")
    assert outcome(gateway) == "GatewayAway …5678: NewConnectionError"


def test_a_name_that_is_not_known_is_a_gateway_away() -> None:
    assert outcome(FakeGateway(address="https://gateway.invalid/")).startswith("GatewayAway …5678: ")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:192.168.0.1", "0.0.0.0"],  # noqa: S104
)
def test_a_private_address_is_refused_unless_it_is_allowed(address: str) -> None:
    with a_gateway() as gateway:
        settings = gateway.settings(is_private_allowed=False)
        with pytest.raises(GatewayAway) as away:
            Gateway(settings, look_up=lambda _host, _port: (address,)).send(HELLO, key="out_1")
        assert str(away.value) == "…5678: the address of the gateway is in a private network"
        assert gateway.requests == []


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    settings = GatewaySettings(address="https://gateway.example/", key=KEY, sender="0212345678")
    with pytest.raises(GatewayAway):
        Gateway(settings, look_up=lambda _host, _port: ("93.184.215.14", "10.0.0.1")).send(HELLO, key="out_1")


def test_nothing_that_is_logged_or_shown_holds_the_key_or_the_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with a_gateway() as gateway:
        outcome(gateway)
        gateway.answers_with = (500, {}, b"")
        shown = f"{outcome(gateway)} {gateway.settings()!r} {Gateway(gateway.settings())!r} {caplog.text}"
    assert KEY not in shown
    assert HELLO.to not in shown
