"""The published contract describes what goes over the wire: every request, answer and callback is held to it."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.provisioning.states import Action
from integrations.provisioners.base import (
    Failed,
    InProgress,
    NeedsInput,
    Outcome,
    OutcomeUnknown,
    Succeeded,
    Unavailable,
    Unfinished,
)
from integrations.provisioners.http import HttpProvisioner
from integrations.provisioners.sandbox.app import create_sandbox
from integrations.provisioners.voice import VoiceProvisioner
from tests.integrations.recorder import Exchange, Recorder
from tests.integrations.sandboxes import (
    OTHER_SECRET,
    QUICK,
    SECRET,
    connect,
    create,
    following,
    new_http,
    now,
    serving,
    settled,
)

Node = Any  # a part of the document, of whatever shape the standard gives it there

DOCUMENT: Node = yaml.safe_load((Path(__file__).parents[2] / "docs" / "provisioner.openapi.yaml").read_text())
URI = "urn:provisioner"
REGISTRY: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(DOCUMENT))
INSTANCE = "/v1/instances/{instance_id}"
OPERATION = f"{INSTANCE}/operations/{{operation_id}}"
USAGE = f"{INSTANCE}/usage"


def resolved(node: Node) -> Node:
    """Follow a reference within the document."""
    while "$ref" in node:
        reference = node["$ref"]
        node = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def validator(schema: Node) -> Draft202012Validator:
    """Hold values to a schema of the document; its references are resolved against the document."""
    return Draft202012Validator(
        {"$id": URI + ":part", "$defs": {}, **rebased(schema)},
        registry=REGISTRY,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def rebased(node: Node) -> Node:
    """Make the references absolute, so that they hold wherever the schema is put."""
    if isinstance(node, dict):
        return {
            key: URI + value if key == "$ref" and isinstance(value, str) else rebased(value)
            for key, value in node.items()
        }
    return [rebased(item) for item in node] if isinstance(node, list) else node


def check_headers(parameters: list[Node], headers: dict[str, str]) -> None:
    for parameter in map(resolved, parameters):
        if parameter["in"] == "header":
            validator(parameter["schema"]).validate(headers[parameter["name"].lower()])


def check_content(described: Node, content: bytes) -> None:
    if "content" not in described:
        assert content == b""
        return
    validator(described["content"]["application/json"]["schema"]).validate(httpx.Response(200, content=content).json())


def template(exchange: Exchange) -> str:
    """Find the path that the document has for it."""
    for path in DOCUMENT["paths"]:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), exchange.path):
            return str(path)
    raise LookupError(exchange.path)


def check(exchange: Exchange) -> tuple[str, str, str]:
    """Hold one exchange to the document; return which of its answers it was."""
    path = DOCUMENT["paths"][template(exchange)]
    described = path[exchange.method.lower()]
    check_headers(path["parameters"] + described.get("parameters", []), exchange.request_headers)
    if "requestBody" in described:
        check_content(described["requestBody"], exchange.request)
    else:
        assert exchange.request == b""
    status = str(exchange.status)
    status = status if status in described["responses"] else f"{status[0]}XX"
    if exchange.is_whole:
        check_content(resolved(described["responses"][status]), exchange.answer)
    return exchange.method, template(exchange), status


async def succeed_and_fail(provisioner: HttpProvisioner) -> None:
    """Take instances through their lives."""
    request = create({"sandbox": [{"fault": "server_error", "method": m} for m in ("GET", "DELETE")]})
    await provisioner.apply(request)
    assert isinstance(await provisioner.find(request.instance_id), Unavailable)
    assert isinstance(await settled(provisioner, request), Succeeded)
    assert isinstance(await provisioner.find(request.instance_id), Succeeded)
    assert isinstance(await provisioner.apply(request), Succeeded)
    assert len(await provisioner.usage(request.instance_id, request.deadline - timedelta(hours=1))) == 1
    assert isinstance(await provisioner.delete(request.instance_id, request.operation_id), OutcomeUnknown)
    deletion = following(request, Action.DELETE)
    await provisioner.apply(deletion)
    await settled(provisioner, deletion)
    for operation_id in (deletion.operation_id, request.operation_id, following(request, Action.DELETE).operation_id):
        await provisioner.delete(request.instance_id, operation_id)
    failing = create({"sandbox": {"fault": "fail"}})
    await provisioner.apply(failing)
    assert isinstance(await settled(provisioner, failing), Failed)
    await provisioner.find(failing.instance_id)


async def ask_and_refuse(provisioner: HttpProvisioner) -> None:
    """Meet the answers that say no, not yet, or what is missing."""
    asking = create({"sandbox": {"fault": "ask_input"}})
    await provisioner.apply(asking)
    assert isinstance(await settled(provisioner, asking), NeedsInput)
    await provisioner.apply(following(asking, Action.CHANGE))
    at_once: Outcome = await provisioner.apply(create({"sandbox": {"fault": "at_once"}}))
    assert isinstance(at_once, Succeeded)
    unknown = create()
    await provisioner.apply(following(unknown, Action.CHANGE))
    await provisioner.find(unknown.instance_id)
    await provisioner.poll(unknown.instance_id, unknown.operation_id)
    await provisioner.delete(unknown.instance_id, unknown.operation_id)
    for sandbox in (
        {"fault": "refuse_input"},
        {"fault": "melt"},
        {"fault": "server_error"},
        {"fault": "server_error", "status": 503, "retry_after": 1},
        {"fault": "drop_before_acting"},
    ):
        await provisioner.apply(create({"sandbox": sandbox}))


async def go_unsigned(stranger: HttpProvisioner) -> None:
    """Meet every door without the key."""
    request = create()
    await stranger.apply(request)
    await stranger.find(request.instance_id)
    await stranger.poll(request.instance_id, request.operation_id)
    await stranger.delete(request.instance_id, request.operation_id)


async def test_everything_on_the_wire_is_as_the_contract_says() -> None:
    """Requests of ours and answers of the sandbox, in every state and refusal, match their schemas."""
    recorder = Recorder(create_sandbox(SECRET, settings=QUICK))
    http = new_http()
    async with serving(recorder) as url:
        await succeed_and_fail(connect(url, http))
        await ask_and_refuse(connect(url, http))
        await go_unsigned(connect(url, http, secret=OTHER_SECRET))
    await http.aclose()
    met = {check(exchange) for exchange in recorder.exchanges}
    assert met >= {
        *[("PUT", INSTANCE, s) for s in ("200", "201", "202", "400", "401", "404", "409", "422", "503", "5XX")],
        *[("GET", INSTANCE, s) for s in ("200", "401", "404", "5XX")],
        *[("DELETE", INSTANCE, s) for s in ("202", "204", "401", "404", "409", "410", "5XX")],
        *[("GET", OPERATION, s) for s in ("200", "401", "404")],
        ("GET", USAGE, "200"),
    }


async def test_a_chain_of_steps_is_as_the_contract_says() -> None:
    """The steps of voice, those that ask, fail and come out of order, match the same schemas."""
    recorder = Recorder(create_sandbox(SECRET, settings=QUICK))
    http = new_http()
    async with serving(recorder) as url:
        voice = VoiceProvisioner(key="voice", base_url=url, secrets=[SECRET], http=http, clock=now)
        for fault in ("callback_never", "ask_input", "fail"):
            request = create({"numbers": ["+12125550100"], "sandbox": {"fault": fault, "step": "numbers"}})
            async with asyncio.timeout(10):
                outcome: Outcome = Unfinished()
                while isinstance(outcome, InProgress | Unfinished):
                    outcome = await voice.apply(request)
                    await asyncio.sleep(0.06)
            await voice.find(request.instance_id)
            await voice.delete(request.instance_id, f"{request.operation_id}_cleanup")
        await HttpProvisioner.apply(voice, replace(following(create(), Action.CHANGE), parameters={"step": "party"}))
    await http.aclose()
    met = {check(exchange) for exchange in recorder.exchanges}
    assert met >= {
        ("PUT", INSTANCE, "202"),
        ("GET", OPERATION, "200"),
        ("GET", OPERATION, "404"),
        ("DELETE", INSTANCE, "202"),
    }


async def test_callbacks_are_as_the_contract_says() -> None:
    """The sandbox signs and words its callbacks as the document says, so what takes them is tested with the like."""

    async def take(request: Request) -> Response:
        await request.body()
        return Response(status_code=202)

    inbox = Recorder(Starlette(routes=[Route("/callbacks/unguessable", take, methods=["POST"])]))
    http = new_http()
    async with serving(inbox) as inbox_url, serving(create_sandbox(SECRET, settings=QUICK)) as url:
        for fault in ("fail", "ask_input", "callback_twice"):
            request = create({"sandbox": {"fault": fault}})
            request = replace(request, callback_url=f"{inbox_url}/callbacks/unguessable")
            await connect(url, http).apply(request)
            await settled(connect(url, http), request)
        async with asyncio.timeout(5):
            while len(inbox.exchanges) < 4 or not inbox.exchanges[-1].status:  # noqa: ASYNC110 - filled by a thread
                await asyncio.sleep(0.01)
    await http.aclose()
    (described,) = DOCUMENT["paths"][INSTANCE]["put"]["callbacks"]["operationUpdated"].values()
    for exchange in inbox.exchanges:
        check_headers(described["post"]["parameters"], exchange.request_headers)
        check_content(described["post"]["requestBody"], exchange.request)


def parts(node: Node) -> Iterator[dict[str, Node]]:
    """Walk every object of the document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(child)


def test_every_reference_leads_somewhere() -> None:
    """No reference dangles, and no component is left that nothing refers to."""
    references = {part["$ref"] for part in parts(DOCUMENT) if isinstance(part.get("$ref"), str)}
    for reference in references:
        assert resolved({"$ref": reference})
    components = {
        f"#/components/{kind}/{name}"
        for kind, named in DOCUMENT["components"].items()
        for name in named
        if kind != "securitySchemes"
    }
    assert components == references


def test_every_schema_is_one() -> None:
    """The schemas are JSON Schema of Draft 2020-12, and their examples match them."""
    for part in parts(DOCUMENT):
        if isinstance(part.get("schema"), dict):
            Draft202012Validator.check_schema(part["schema"])
            for example in part.get("examples", {}).values():
                validator(part["schema"]).validate(example["value"])
            if "example" in part:
                validator(part["schema"]).validate(part["example"])
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
        for example in schema.get("examples", ()):
            validator(schema).validate(example)


def test_the_schemas_refuse_what_is_wrong() -> None:
    """The check itself can fail: a state that isn't one, a failure without its reason, a bare password."""
    schemas = DOCUMENT["components"]["schemas"]
    assert not validator(schemas["Operation"]).is_valid({"state": "melted"})
    assert not validator(schemas["Operation"]).is_valid({"state": "failed", "code": "x"})
    assert not validator(schemas["Outputs"]).is_valid({"admin": {"password": "x"}})
    assert not validator(schemas["OperationRequest"]).is_valid({"action": "DELETE"})
