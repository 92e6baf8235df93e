"""Where a document's text comes from: the request, the trusted ones, or what clients registered by its hash."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from graphql import GraphQLError

from domain.shared.errors import ErrorCode
from integrations.registered import RegisteredDocuments
from resolvers.limits import LIMITS
from resolvers.refusal import BadDocument, refuse
from resolvers.texts import overfull
from schema.context import Documents

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KEPT_CHARACTERS: Final = 2_000_000
_VERSION: Final = 1


class KnownDocuments:
    """Trusted documents by name, then registered ones by hash: those met lately are kept in this process."""

    def __init__(self, registered: RegisteredDocuments, trusted: Mapping[str, str], *, trusted_only: bool) -> None:
        self._registered = registered
        self._trusted = trusted
        self._texts = frozenset(trusted.values()) if trusted_only else None
        self._met: OrderedDict[str, str] = OrderedDict()
        self._met_characters = 0

    def admits(self, text: str) -> bool:
        """Whether a text may be run: any, or only trusted ones."""
        return self._texts is None or text in self._texts

    async def find(self, name: str) -> str | None:
        """The document of this name, or of this SHA-256 in hex; None when there is none."""
        if name in self._trusted:
            return self._trusted[name]
        if self._texts is not None or not _DIGEST.fullmatch(name):
            return None
        if name in self._met:
            self._met.move_to_end(name)
            return self._met[name]
        text = await self._registered.find(name)
        if text is not None:
            self._meet(name, text)
        return text

    async def register(self, digest: str, text: str) -> None:
        """Keep a document under the SHA-256 of its text, for a while."""
        if digest not in self._trusted and digest not in self._met:
            self._meet(digest, text)
            await self._registered.keep(digest, text)

    def _meet(self, digest: str, text: str) -> None:
        self._met_characters += len(text) - len(self._met.pop(digest, ""))
        self._met[digest] = text
        while self._met_characters > _KEPT_CHARACTERS:
            self._met_characters -= len(self._met.popitem(last=False)[1])


def check_trusted(documents: object) -> Mapping[str, str]:
    """Trusted documents as a file has them: name -> text. ValueError unless each name that is a SHA-256 is its text's.

    Clients' tools write such files: Relay's `persistConfig`, the codegen preset's `persistedDocuments`.
    """
    if not isinstance(documents, Mapping):
        raise ValueError("trusted documents are one JSON object, name -> text")  # noqa: TRY004 - a file's fault
    for name, text in documents.items():
        if not isinstance(text, str):
            raise ValueError(f"the trusted document {name} is no text")  # noqa: TRY004 - a file's fault
        if _DIGEST.fullmatch(name) and sha256(text.encode()).hexdigest() != name:
            raise ValueError(f"the trusted document {name} is not the text of this SHA-256")
    return documents


def digest_of(extensions: Mapping[str, Any] | None) -> str | None:
    """The hash that `persistedQuery` of a request's extensions names; BadDocument unless it is one."""
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
    if digest is None or persisted.get("version") != _VERSION or not _DIGEST.fullmatch(str(digest)):
        raise refuse("extensions.persistedQuery must be {version: 1, sha256Hash: 64 hexadecimal digits}")
    return str(digest)


async def text_of(query: str | None, document_id: str | None, digest: str | None, documents: Documents) -> str:
    """The text of a request's document; BadDocument when it has none, or none that may be run."""
    if query is None:
        name = document_id.removeprefix("sha256:") if document_id is not None else digest
        if name is None:
            raise refuse("send a query, or a documentId")
        found = await documents.find(name)
        if found is None:
            raise _unknown(digest)
        return found
    if document_id is not None:
        raise refuse("send a query or a documentId, not both")
    if not documents.admits(query):
        raise refuse("only trusted documents are run here", ErrorCode.FORBIDDEN)
    # A text has no more tokens than characters: most are too short to be looked at.
    if len(query) > LIMITS["tokens"] and (errors := overfull(query)):
        raise BadDocument(errors)
    if digest is not None and sha256(query.encode()).hexdigest() != digest:
        raise refuse("extensions.persistedQuery.sha256Hash is not the SHA-256 of the query")
    return query


def _unknown(digest: str | None) -> BadDocument:
    """By these words and this code the clients of automatic persisted queries know that they must send it whole."""
    if digest is None:
        return refuse("no document is known by this documentId")
    return BadDocument([GraphQLError("PersistedQueryNotFound", extensions={"code": "PERSISTED_QUERY_NOT_FOUND"})])
