"""Resolvers of operations at provisioners."""

from domain.provisioning.answering import answer_operation
from domain.provisioning.queries import OPERATIONS
from domain.provisioning.retrying import retry_operation
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.orders import parameters
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.provisioning import (
    AnswerProvisioningInput,
    AnswerProvisioningResult,
    AnswerProvisioningSuccess,
    ProvisioningOperation,
    ProvisioningOperationWhere,
    RetryProvisioningInput,
    RetryProvisioningResult,
    RetryProvisioningSuccess,
)


async def provisioning_operations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: ProvisioningOperationWhere | None = None,
) -> Connection[ProvisioningOperation]:
    """What was asked of provisioners for your subtree, newest first."""
    request = page_request(first, after, last, before)
    return await read_page(info, "ProvisioningOperation", OPERATIONS, request, where=where)


async def retry_provisioning(info: Info, input: RetryProvisioningInput) -> RetryProvisioningResult:  # noqa: A002 - the argument's public name
    """Have an operation tried at once instead of at its time, or again where it has failed."""
    operation_id = decode("ProvisioningOperation", input.operation_id, path="operationId")
    done = await run_once(info, input, lambda: retry_operation(actor_of(info), operation_id))
    operation = await read_written(info, "ProvisioningOperation", OPERATIONS, done, "operation")
    return RetryProvisioningSuccess(operation=operation)


async def answer_provisioning(info: Info, input: AnswerProvisioningInput) -> AnswerProvisioningResult:  # noqa: A002 - the argument's public name
    """Answer what a provisioner asks for to change an instance: the same operation goes on with it."""
    operation_id = decode("ProvisioningOperation", input.operation_id, path="operationId")
    answers = parameters(input.answers, "answers")
    done = await run_once(info, input, lambda: answer_operation(actor_of(info), operation_id, answers))
    operation = await read_written(info, "ProvisioningOperation", OPERATIONS, done, "operation")
    return AnswerProvisioningSuccess(operation=operation)
