"""What a webhook could not carry is never recorded."""

from uuid import uuid4

import pytest

import bootstrap
from domain.events.actions import MAX_DATA_BYTES, NewEvent, record_with
from domain.events.types import EventType
from domain.shared.actor import system_actor
from domain.shared.writes import Writes


@pytest.mark.parametrize(("size", "is_taken"), [(MAX_DATA_BYTES - 10, True), (MAX_DATA_BYTES, False)])
def test_an_event_is_small_enough_for_a_webhook(size: int, is_taken: bool) -> None:
    """More data than 250,000 bytes are an error of ours, found before anything is written."""
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    event = NewEvent(EventType.ORDER_UPDATED, uuid4(), "a", uuid4(), {"x": "x" * size})
    if is_taken:
        record_with(Writes(), actor, event)
        return
    with pytest.raises(ValueError, match="no webhook carries"):
        record_with(Writes(), actor, event)
