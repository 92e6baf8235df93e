"""Documents that clients registered by hash, in Redis: a bounded number of them, for a day."""

from hashlib import sha256
from typing import Final

from integrations.line import RedisLine

MAX_DOCUMENTS: Final = 2_000
MAX_DOCUMENT_BYTES: Final = 20_000
_TTL_SECONDS: Final = 24 * 60 * 60
_PREFIX: Final = "provender:document:"
_INDEX: Final = "provender:documents"

# Document, index; text, digest, seconds to live, most documents, prefix. The oldest go when there are too many.
_KEEP: Final = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('ZADD', KEYS[2], redis.call('TIME')[1], ARGV[2])
local extra = redis.call('ZCARD', KEYS[2]) - ARGV[4]
if extra > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[2], extra)
  for place = 1, #oldest, 2 do redis.call('DEL', ARGV[5] .. oldest[place]) end
end
"""


class RegisteredDocuments:
    """Text by SHA-256 of its UTF-8, in hex; without Redis nothing is found and nothing kept."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._keep = line.script(_KEEP)

    async def find(self, digest: str) -> str | None:
        """The text, None when nobody registered it, it is too long ago, or Redis is away."""
        found = await self._line.call(lambda: self._line.redis.getex(_PREFIX + digest, ex=_TTL_SECONDS))
        if not isinstance(found, bytes) or sha256(found).hexdigest() != digest:
            return None
        return found.decode()

    async def keep(self, digest: str, text: str) -> None:
        """Keep a text under its digest; one that is larger than 20 kB is not kept."""
        content = text.encode()
        if len(content) <= MAX_DOCUMENT_BYTES:
            figures: list[bytes | str | int] = [content, digest, _TTL_SECONDS, MAX_DOCUMENTS, _PREFIX]
            await self._line.call(lambda: self._keep([_PREFIX + digest, _INDEX], figures))
