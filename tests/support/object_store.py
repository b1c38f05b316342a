"""An object store that speaks as much S3 as the file store needs, in a thread of the test; keeps objects in a dict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.waiting import until

Objects = dict[str, bytes]
"""Bucket and name of an object, and its content."""


class _Store:
    def __init__(self) -> None:
        self.objects: Objects = {}
        self._parts: dict[str, dict[int, bytes]] = {}

    async def answer(self, request: Request) -> Response:
        asked, key = request.query_params, request.path_params["key"]
        act = getattr(self, f"_{request.method.lower()}")
        result: Response = act(request, key, asked, _content(request, await request.body()))
        result.headers["etag"] = '"tag"'
        return result

    def _put(self, request: Request, key: str, asked: dict[str, str], body: bytes) -> Response:
        if upload := asked.get("uploadId"):
            self._parts.setdefault(upload, {})[int(asked["partNumber"])] = body
        else:
            self.objects[key] = body
        return Response()

    def _post(self, request: Request, key: str, asked: dict[str, str], body: bytes) -> Response:
        if upload := asked.get("uploadId"):
            self.objects[key] = b"".join(part for _, part in sorted(self._parts.pop(upload).items()))
            return Response("<CompleteMultipartUploadResult><ETag>tag</ETag></CompleteMultipartUploadResult>")
        return Response(f"<InitiateMultipartUploadResult><UploadId>{key}</UploadId></InitiateMultipartUploadResult>")

    def _get(self, request: Request, key: str, asked: dict[str, str], body: bytes) -> Response:
        if "list-type" in asked:
            return Response("<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>")
        if key not in self.objects:
            return Response(status_code=404)
        content = self.objects[key]
        if part := re.match(r"bytes=(\d+)-(\d+)", request.headers.get("range", "")):
            return Response(content[int(part[1]) : int(part[2]) + 1], status_code=206)
        return Response(content)

    _head = _get

    def _delete(self, request: Request, key: str, asked: dict[str, str], body: bytes) -> Response:
        self.objects.pop(key, None)
        return Response(status_code=204)


def _content(request: Request, body: bytes) -> bytes:
    """The body without the frames that the AWS libraries put around its pieces."""
    if "aws-chunked" not in request.headers.get("content-encoding", ""):
        return body
    pieces = []
    while (frame := re.match(rb"([0-9a-fA-F]+)[^\r]*\r\n", body)) and (size := int(frame[1], 16)):
        pieces.append(body[frame.end() : frame.end() + size])
        body = body[frame.end() + size + 2 :]
    return b"".join(pieces)


@contextmanager
def object_store() -> Iterator[tuple[str, Objects]]:
    """What leads an `s3://` address to the store, as its query, and what the store holds."""
    store = _Store()
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    app = Starlette(routes=[Route("/{key:path}", store.answer, methods=methods)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, within=20, what="the start of the object store")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"endpoint_override=127.0.0.1:{port}&scheme=http&region=eu-central-1", store.objects
    finally:
        server.should_exit = True
        thread.join()
