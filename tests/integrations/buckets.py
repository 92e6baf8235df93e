"""A bucket that speaks as much of S3 as storage needs, in memory; it takes every signature that is there."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import md5
from typing import Final
from xml.sax.saxutils import escape, unescape

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.integrations.sandboxes import serving

_NS: Final = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_WRITTEN: Final = "2026-01-01T00:00:00.000Z"


def _etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


@dataclass
class Bucket:
    """Its objects by key; `signed` are the addresses that were used with their signature in the query."""

    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    signed: list[str] = field(default_factory=list)
    is_closed: bool = False

    def app(self) -> Starlette:
        """The bucket behind HTTP, as `/{bucket}/{key}`."""
        every = ["GET", "PUT", "POST", "DELETE"]
        return Starlette(
            routes=[
                Route("/{bucket}", self.on_bucket, methods=every),
                Route("/{bucket}/{key:path}", self.on_object, methods=every),
            ]
        )

    async def on_bucket(self, http: Request) -> Response:
        """Listed by prefix, or many objects deleted at once."""
        if self.is_closed:
            return Response("<Error><Code>AccessDenied</Code></Error>", status_code=403)
        if http.method == "POST":
            gone = [unescape(key) for key in re.findall("<Key>(.*?)</Key>", (await http.body()).decode())]
            self.objects = {key: content for key, content in self.objects.items() if key not in gone}
            deleted = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in gone)
            return _xml(f"<DeleteResult {_NS}>{deleted}</DeleteResult>")
        prefix = http.query_params.get("prefix", "")
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{_WRITTEN}</LastModified><ETag>{_etag(content)}</ETag>"
            f"<Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return _xml(f"<ListBucketResult {_NS}><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")

    async def on_object(self, http: Request) -> Response:
        """One object written whole or in parts, or read."""
        key, upload = http.path_params["key"], http.query_params.get("uploadId")
        if "X-Amz-Signature" in http.query_params:
            self.signed.append(http.method)
        if http.method == "GET":
            content = self.objects.get(key)
            if content is None:
                return Response("<Error><Code>NoSuchKey</Code></Error>", status_code=404)
            return Response(content, headers={"etag": _etag(content), "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT"})
        if http.method == "POST" and upload is None:
            self.parts[key] = {}
            return _xml(f"<InitiateMultipartUploadResult><UploadId>{key}</UploadId></InitiateMultipartUploadResult>")
        body = await http.body()
        if http.method == "POST":
            body = b"".join(part for _, part in sorted(self.parts.pop(key).items()))
        elif upload is not None:
            self.parts[key][int(http.query_params["partNumber"])] = body
            return Response(headers={"etag": _etag(body)})
        self.objects[key] = body
        done = f"<CompleteMultipartUploadResult><ETag>{_etag(body)}</ETag></CompleteMultipartUploadResult>"
        return Response(done if http.method == "POST" else None, headers={"etag": _etag(body)})


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")


@asynccontextmanager
async def open_bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """A bucket that the environment names, as it does in a deployment."""
    made = Bucket()
    async with serving(made.app()) as url:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            monkeypatch.setenv(name, value)
        yield made
