"""Operations at provisioners: sent, polled and settled, so that a crash at any line makes no second instance."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe

import orjson
import structlog
from asyncpg import Record

from domain.access.inviting import Secret
from domain.desk.states import TicketKind
from domain.provisioning.actions import Failure
from domain.provisioning.asking import TICKET_LOOK, ask_desk
from domain.provisioning.cleaning import abandon_orphan, fail_and_clean, finish_cleanup
from domain.provisioning.queries import instance_of
from domain.provisioning.rules import poll_delay
from domain.provisioning.settling import OPERATIONS_QUEUE, Held, Question, Result, ask, fail, mark_sent, succeed, wait
from domain.provisioning.states import Action, OperationState
from domain.shared.ids import encode
from integrations.doorbell import Bell
from integrations.provisioners.base import (
    Accepted,
    Failed,
    InProgress,
    InstanceRequest,
    Missing,
    NeedsInput,
    NeedsPerson,
    Outcome,
    OutcomeUnknown,
    ParameterError,
    Provisioner,
    Succeeded,
    Unanswerable,
    Unavailable,
    Unfinished,
)
from integrations.provisioners.registry import UnknownProvisioner
from integrations.spans import Kind
from jobs.desk import asked_desk
from jobs.pump import Pump
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)


def provisioning_pump(shop: Workshop, poll_seconds: float) -> Pump:
    """The pump of provisioning operations."""
    return Pump(shop, OPERATIONS_QUEUE, Bell.PROVISIONING, advance_all, poll_seconds, slots=20)


async def advance_all(shop: Workshop, operations: Sequence[Record]) -> None:
    """The next step of each, one after the other."""
    for operation in operations:
        await advance(shop, operation)


def callback_url(shop: Workshop, operation_id: str) -> str:
    """Where the provisioner may say that there is news: an address nobody can guess, one an operation."""
    return f"{shop.public_url}/callbacks/{operation_id}/{shop.vault.mark(operation_id)}"


async def advance(shop: Workshop, operation: Record) -> None:
    """Ask the provisioner what this operation needs next, and settle it by the answer."""
    with shop.spans.span(f"provision {operation['action']}", Kind.CONSUMER, operation["traceparent"]):
        await _advance(shop, operation)


async def _advance(shop: Workshop, operation: Record) -> None:
    held = Held(operation["id"], operation["lease_token"])
    instance = await _instance(operation)
    try:
        provisioner = shop.provisioners.get(instance["provisioner"])
    except UnknownProvisioner as error:
        await _no_connector(shop, operation, held, str(error))
        return
    if operation["state"] == OperationState.ORPHAN_CLEANUP:
        await _settle_cleanup(shop, operation, held, await _remove(provisioner, operation))
        return
    began = time.perf_counter()
    outcome = await _ask(shop, provisioner, operation, held)
    took_seconds = time.perf_counter() - began
    shop.metrics.count_step(provisioner.key, type(outcome).__name__, took_seconds)
    log.info(
        "provisioning.outcome",
        operation_id=encode("ProvisioningOperation", operation["id"]),
        outcome=type(outcome).__name__,
    )
    await _settle(shop, operation, held, outcome)


async def _instance(operation: Record) -> Record:
    found = await instance_of(operation["instance_id"])
    if found is None:
        raise LookupError("an operation outlived its instance")
    return found


async def _no_connector(shop: Workshop, operation: Record, held: Held, reason: str) -> None:
    """It was taken from the settings, or never was there: what it may have made stays to be removed."""
    if operation["state"] == OperationState.ORPHAN_CLEANUP:
        await _settle_cleanup(shop, operation, held, Unavailable(reason))
    else:
        failure = Failure("PROVISIONER_UNKNOWN", reason)
        await _give_up(shop, operation, held, failure, is_left=operation["sent_at"] is not None)


async def _remove(provisioner: Provisioner, operation: Record) -> Outcome:
    """Delete what a creation left; asked again it does no harm, so nothing is looked up first."""
    operation_id = encode("ProvisioningOperation", operation["id"])
    return await provisioner.delete(encode("Instance", operation["instance_id"]), f"{operation_id}_cleanup")


async def _ask(shop: Workshop, provisioner: Provisioner, operation: Record, held: Held) -> Outcome:
    if (said := await asked_desk(shop, operation)) is not None:
        return said
    instance_id = encode("Instance", operation["instance_id"])
    operation_id = encode("ProvisioningOperation", operation["id"])
    if operation["sent_at"] is not None:
        # It may have reached them before: look first, and ask again only where they know nothing of it.
        seen = await _look(provisioner, operation, instance_id, operation_id)
        if operation["state"] == OperationState.NEEDS_INPUT and isinstance(seen, Missing | Unavailable | Unfinished):
            # What they asked stands until it is answered, though one that refused at once remembers nothing of it.
            return _asked_before(operation)
        if isinstance(seen, Unavailable) and operation["state"] != OperationState.RETRY_WAIT:
            # Nothing is known of what was sent before; only in RETRY_WAIT it is certain that it was not acted on.
            return OutcomeUnknown(seen.reason, seen.retry_after_seconds)
        if not isinstance(seen, Missing) and not _wants_it_again(operation, seen):
            return seen
    if not await mark_sent(held, shop.now()):
        return OutcomeUnknown("the lease was lost before the request went out")
    wanted = operation["request"]
    return await provisioner.apply(
        InstanceRequest(
            instance_id=instance_id,
            operation_id=operation_id,
            action=Action(operation["action"]),
            product=wanted["product"],
            plan=wanted["plan"],
            quantity=wanted["quantity"],
            parameters=wanted["parameters"],
            generation=operation["generation"],
            callback_url=callback_url(shop, operation_id),
            deadline=operation["deadline"],
            add_ons=wanted.get("add_ons", ()),
            components=wanted.get("components", ()),
        )
    )


async def _look(provisioner: Provisioner, operation: Record, instance_id: str, operation_id: str) -> Outcome:
    """How it stands; a creation that they do not know by its own id any more is looked for by the instance's."""
    seen = await provisioner.poll(instance_id, operation_id)
    if not isinstance(seen, Missing) or operation["action"] != Action.CREATE:
        return seen
    found = await provisioner.find(instance_id)
    # What an earlier creation left behind is no instance: this one makes it whole.
    return Missing() if isinstance(found, Failed) else found


def _asked_before(operation: Record) -> NeedsInput:
    refused = [ParameterError(error["path"], error["message"]) for error in operation["input_errors"] or ()]
    return NeedsInput(operation["input_schema"], refused)


def _wants_it_again(operation: Record, seen: Outcome) -> bool:
    """Whether asking again brings it on: a next step, answers that it did not take, or its wait after a failure."""
    if isinstance(seen, Unfinished):
        return True
    if isinstance(seen, NeedsInput):
        return bool(operation["has_answers"])
    if isinstance(seen, Unanswerable):
        # In RETRY_WAIT it is certain that the last request was not acted on.
        return bool(operation["state"] == OperationState.RETRY_WAIT)
    return isinstance(seen, Failed) and seen.retryable and operation["state"] == OperationState.RETRY_WAIT


async def _settle(shop: Workshop, operation: Record, held: Held, outcome: Outcome) -> None:
    match outcome:
        case Succeeded(external_id, outputs, secrets):
            instance = await _instance(operation)
            sealed = _sealed(shop, instance, secrets)
            links = [_fresh_link(shop) for _ in instance["credential_recipients"]] if sealed else []
            await succeed(shop.actor(), held, Result(external_id, outputs, sealed, links))
            shop.wake(Bell.OUTBOX)
        case Failed(code, message, retryable, instance_usable) if not retryable:
            await _give_up(shop, operation, held, Failure(code, message), is_left=not instance_usable)
        case NeedsInput(schema, field_errors):
            refused = [(error.path, error.message) for error in field_errors]
            await ask(shop.actor(), held, Question(schema, refused))
            shop.wake(Bell.OUTBOX)
        case NeedsPerson() if operation["paused_at"] is not None:
            state, due_at = OperationState(operation["state"]), shop.now() + TICKET_LOOK
            await wait(held, state, due_at=due_at, reason=operation["failure_reason"])
        case NeedsPerson():
            await ask_desk(shop.actor(), held, TicketKind.MANUAL_FULFILMENT, OperationState.RUNNING)
            shop.wake(Bell.OUTBOX)
        case Unanswerable():
            await ask_desk(shop.actor(), held, TicketKind.OUTCOME_UNKNOWN, OperationState.UNKNOWN)
            shop.wake(Bell.OUTBOX)
        case _ if shop.now() >= operation["deadline"]:
            failure = Failure("DEADLINE", "the provisioner did not finish in time")
            await _give_up(shop, operation, held, failure, is_left=operation["sent_at"] is not None)
        case _:
            await _look_again(shop, operation, held, outcome)


def _sealed(shop: Workshop, instance: Record, secrets: Mapping[str, str]) -> bytes | None:
    """What opens the instance, encrypted; a change that names some of it replaces those and leaves the others."""
    if not secrets:
        return None
    if instance["outputs_sealed"] is not None:
        secrets = {**orjson.loads(shop.vault.open(instance["outputs_sealed"])), **secrets}
    return shop.vault.seal(orjson.dumps(secrets).decode())


def _fresh_link(shop: Workshop) -> Secret:
    """The secret of a mailed link; secret scanners know it by its prefix."""
    token = f"pvc_{token_urlsafe(32)}"
    return Secret(token, shop.vault.seal(token))


async def _give_up(shop: Workshop, operation: Record, held: Held, failure: Failure, *, is_left: bool) -> None:
    """End it; only what a creation may have left behind (`is_left`) is removed, never what was there before."""
    if is_left and operation["action"] == Action.CREATE:
        await fail_and_clean(shop.actor(), held, failure)
        shop.wake(Bell.PROVISIONING)
    else:
        await fail(shop.actor(), held, failure)
    shop.wake(Bell.OUTBOX)


async def _settle_cleanup(shop: Workshop, operation: Record, held: Held, outcome: Outcome) -> None:
    """What a failed creation left is gone; or it is removed at a later look; or, after seven days, by a person."""
    match outcome:
        case Succeeded():
            await finish_cleanup(shop.actor(), held)
        case _ if shop.now() >= operation["deadline"]:
            await abandon_orphan(shop.actor(), held)
            shop.wake(Bell.OUTBOX)
        case _:
            asked = outcome.retry_after_seconds if isinstance(outcome, Accepted | Unavailable) else None
            due_at, reason = _next_look(shop, operation["polls"], asked), operation["failure_reason"]
            await wait(held, OperationState.ORPHAN_CLEANUP, due_at=due_at, reason=reason)


async def _look_again(shop: Workshop, operation: Record, held: Held, outcome: Outcome) -> None:
    match outcome:
        case Accepted(_, asked):
            state, reason, progress = OperationState.RUNNING, None, None
        case InProgress(progress, asked):
            state, reason = OperationState.RUNNING, None
        case Unavailable(reason, asked):
            state, progress = OperationState.RETRY_WAIT, None
        case OutcomeUnknown(reason, asked):
            state, progress = OperationState.UNKNOWN, None
        case Failed(code, message):
            state, reason, progress, asked = OperationState.RETRY_WAIT, f"{code}: {message}", None, None
        case _:
            state, reason, progress, asked = OperationState.RETRY_WAIT, "the provisioner lost it", None, None
    due_at = _next_look(shop, operation["polls"], asked)
    await wait(held, state, due_at=due_at, progress=progress, reason=reason)


def _next_look(shop: Workshop, polls: int, asked_seconds: float | None) -> datetime:
    asked = None if asked_seconds is None else timedelta(seconds=asked_seconds)
    return shop.now() + poll_delay(polls, jitter_permille=shop.jitter_permille(), retry_after=asked)
