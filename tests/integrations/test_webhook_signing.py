"""Signatures that the official verifier accepts, and a verifier that accepts nothing else."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from integrations.webhooks import signing
from integrations.webhooks.signing import BadSignature, Reason, new_key_pair, new_secret, sign, verify

# The vector that the Standard Webhooks libraries test themselves with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

# The vector of the same message for an asymmetric key, by which Svix's server tests itself.
PRIVATE_KEY = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
PUBLIC_KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
ASYMMETRIC_SIGNATURE = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

OTHER_SECRET = new_secret(bytes(range(32)))


def received(**changes: str) -> dict[str, str]:
    """Headers of the published vector, some of them changed."""
    headers = {"webhook-id": MESSAGE_ID, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": SIGNATURE}
    return headers | {f"webhook-{name}": value for name, value in changes.items()}


def test_published_vector() -> None:
    """The published message gets the published signature, and passes."""
    assert sign([SECRET], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP) == SIGNATURE
    assert verify([SECRET], BODY, headers=received(), now=TIMESTAMP) == MESSAGE_ID


def test_published_vector_of_a_key() -> None:
    """The published key pair is read as it is written, and gives the published message the published signature."""
    assert new_key_pair(base64.b64decode(PRIVATE_KEY[5:])[:32]) == (PRIVATE_KEY, PUBLIC_KEY)
    assert sign([PRIVATE_KEY], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP) == ASYMMETRIC_SIGNATURE
    both = sign([SECRET, PRIVATE_KEY], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP)
    assert both == f"{SIGNATURE} {ASYMMETRIC_SIGNATURE}"


@pytest.mark.parametrize(
    "key", [PUBLIC_KEY, PRIVATE_KEY[:-3], PRIVATE_KEY.replace("LlX0d", "Llaaa"), "whsk_", "whsk_%", "whsk_" + "A" * 44]
)
def test_what_is_no_key_signs_nothing(key: str) -> None:
    """A public key, a broken one, or one whose halves do not belong together is refused."""
    with pytest.raises(ValueError, match=r"webhook secret|signing key"):
        sign([key], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP)


@given(
    st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=3),
    st.text(st.sampled_from("abcXYZ019_-"), min_size=1, max_size=40),
    st.text(max_size=200),
)
def test_official_verifier_accepts_every_signature(keys: list[bytes], message_id: str, text: str) -> None:
    """Whichever of the secrets in force a receiver has, the official library accepts the delivery."""
    secrets = [new_secret(key) for key in keys]
    body = text.encode()
    headers = signing.headers(secrets, body, message_id=message_id, timestamp=int(time.time()))
    for secret in secrets:
        Webhook(secret).verify(body, headers, json_parse=False)
        assert verify([secret], body, headers=headers, now=int(time.time())) == message_id


def test_rotation_signs_with_both_secrets_in_one_header() -> None:
    """While a secret is rotated, one header carries a signature of each, newest first."""
    both = sign([OTHER_SECRET, SECRET], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP)
    new, old = both.split(" ")
    assert old == SIGNATURE
    assert new == sign([OTHER_SECRET], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP)


def test_receiver_with_two_secrets_accepts_either() -> None:
    """A receiver that rotates accepts the old and the new secret."""
    for order in ([SECRET, OTHER_SECRET], [OTHER_SECRET, SECRET]):
        assert verify(order, BODY, headers=received(), now=TIMESTAMP) == MESSAGE_ID


@pytest.mark.parametrize(
    "extra", ["v1a,AAAA {}", "{} v2,xx", "v1,notbase64! {}", "v1 {}", "v1,ä {}", " {}", "v1,AAAA {}"]
)
def test_other_signatures_in_the_header_do_no_harm(extra: str) -> None:
    """Versions and texts that we don't know are passed over."""
    headers = received(signature=extra.format(SIGNATURE))
    assert verify([SECRET], BODY, headers=headers, now=TIMESTAMP) == MESSAGE_ID


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, Reason.MISSING_HEADER),
        (received(id=""), Reason.MISSING_HEADER),
        (received(signature=""), Reason.MISSING_HEADER),
        (received(id="a.b"), Reason.MALFORMED_ID),
        (received(id="ä"), Reason.MALFORMED_ID),
        (received(id="a" * 256), Reason.MALFORMED_ID),
        (received(timestamp="1614265330.5"), Reason.MALFORMED_TIMESTAMP),
        (received(timestamp="-1"), Reason.MALFORMED_TIMESTAMP),
        (received(timestamp="٣"), Reason.MALFORMED_TIMESTAMP),
        (received(timestamp="9" * 16), Reason.MALFORMED_TIMESTAMP),
        (received(timestamp=str(TIMESTAMP - 301)), Reason.TOO_OLD),
        (received(timestamp=str(TIMESTAMP + 301)), Reason.TOO_NEW),
        (received(timestamp=str(TIMESTAMP + 1)), Reason.NO_MATCH),
        (received(timestamp=f"0{TIMESTAMP}"), Reason.NO_MATCH),
        (received(id="msg_other"), Reason.NO_MATCH),
        (received(signature=SIGNATURE[:-2]), Reason.NO_MATCH),
        (received(signature=SIGNATURE.replace("v1,", "v1a,")), Reason.NO_MATCH),
        (received(signature="v1,"), Reason.NO_MATCH),
        (received(signature="v1," + base64.b64encode(bytes(32)).decode()), Reason.NO_MATCH),
    ],
)
def test_what_is_refused(headers: dict[str, str], reason: Reason) -> None:
    """A message that is not whole, fresh and signed is refused, and the refusal says which it was."""
    with pytest.raises(BadSignature) as refusal:
        verify([SECRET], BODY, headers=headers, now=TIMESTAMP)
    assert refusal.value.reason is reason


@pytest.mark.parametrize(("body", "secrets"), [(BODY + b" ", [SECRET]), (BODY, [OTHER_SECRET]), (BODY, [])])
def test_other_content_or_secret_is_refused(body: bytes, secrets: list[str]) -> None:
    """One byte more, another secret or none: refused."""
    with pytest.raises(BadSignature):
        verify(secrets, body, headers=received(), now=TIMESTAMP)


@pytest.mark.parametrize("age_seconds", [-300, 0, 300])
def test_clocks_may_differ_by_five_minutes(age_seconds: int) -> None:
    """A message passes up to 300 s before and after its time, inclusive."""
    assert verify([SECRET], BODY, headers=received(), now=TIMESTAMP + age_seconds)


@pytest.mark.parametrize("length", [24, 32, 64])
def test_new_secrets_are_what_libraries_expect(length: int) -> None:
    """A secret is whsec_ and the base64 of the random bytes it was made from."""
    secret = new_secret(b"\xff" * length)
    assert base64.b64decode(secret.removeprefix("whsec_")) == b"\xff" * length


@pytest.mark.parametrize("length", [0, 23, 65])
def test_secrets_have_24_to_64_bytes(length: int) -> None:
    """Too little randomness, or more than the standard allows, makes no secret."""
    with pytest.raises(ValueError, match="24 to 64"):
        new_secret(bytes(length))


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_####", "whsec_AAAA", SECRET.removeprefix("whsec_"), SECRET + "ä", "whsec_" + "A" * 120],
)
def test_malformed_secrets_do_not_sign(secret: str) -> None:
    """A secret that isn't one is an error of ours, whose text does not repeat it."""
    with pytest.raises(ValueError, match="24 to 64") as error:
        sign([secret], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP)
    assert not secret or secret not in str(error.value)


def test_unpadded_secrets_work() -> None:
    """Base64 without its padding is the same secret."""
    padded = new_secret(bytes(25))
    assert padded.endswith("=")
    signatures = {sign([s], BODY, message_id="m", timestamp=1) for s in (padded, padded.rstrip("="))}
    assert len(signatures) == 1


@pytest.mark.parametrize("message_id", ["", "a.b", "a b", "a\r\nx: y", "ä", "a" * 256])
def test_ids_that_could_not_stand_in_a_header_are_not_signed(message_id: str) -> None:
    """An id with a full stop could be read two ways, one with a line break would be two headers."""
    with pytest.raises(ValueError, match="message id"):
        sign([SECRET], BODY, message_id=message_id, timestamp=TIMESTAMP)


def test_nothing_is_sent_unsigned() -> None:
    """Without a secret there is no signature."""
    with pytest.raises(ValueError, match="at least one"):
        sign([], BODY, message_id=MESSAGE_ID, timestamp=TIMESTAMP)
