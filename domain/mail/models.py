"""The queue of outgoing mails."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class MailState(StrEnum):
    """Where a mail stands: QUEUED until it is SENT, or FAILED when nobody takes it."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


class OutgoingMail(Model):
    """One mail: `facts` fill its template, `token_sealed` is the secret of its link, encrypted and gone once sent."""

    id = fields.UUIDField(primary_key=True)
    template = fields.CharField(max_length=32)
    recipient = fields.CharField(max_length=254)
    facts: fields.JSONField[dict[str, Any]] = fields.JSONField()
    token_sealed = fields.BinaryField(null=True)
    state = fields.CharEnumField(MailState, max_length=16)
    error = fields.CharField(max_length=200, null=True)
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    lease_token = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0)

    class Meta:
        table = "outgoing_mails"
