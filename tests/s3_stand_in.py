"""A store on this machine that speaks as much of S3 as django-storages asks for, and lets
strangers read what lies under `images/`, as the policy of docs/operations.md does."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PUBLIC = "images/"
KEPT_HEADERS = ("Content-Type", "Cache-Control", "Content-Disposition")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    @property
    def key(self):
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    @property
    def is_signed(self):
        return self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 ")

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code></Error>".encode())

    def do_GET(self):
        if not self.is_signed and not self.key.startswith(PUBLIC):
            return self.refuse(403, "AccessDenied")
        if not self.key:
            return self.list()
        if self.key not in self.server.objects:
            return self.refuse(404, "NoSuchKey")
        body, headers = self.server.objects[self.key]
        headers = headers | {"ETag": '"e"', "Last_Modified": "Mon, 02 Mar 2026 10:00:00 GMT"}
        if asked := self.headers.get("Range"):
            first, last = asked.removeprefix("bytes=").split("-")
            first, last = int(first), min(int(last or len(body)), len(body) - 1)
            headers["Content_Range"] = f"bytes {first}-{last}/{len(body)}"
            return self.answer(206, body[first : last + 1], **headers)
        return self.answer(200, body, **headers)

    do_HEAD = do_GET

    def do_PUT(self):
        body = self.body()
        if not self.is_signed:
            return self.refuse(403, "AccessDenied")
        if part := self.asked.get("partNumber"):
            self.server.parts[self.key][0][int(part)] = body
        else:
            self.server.objects[self.key] = body, self.kept_headers()
        return self.answer(200, ETag='"e"')

    def do_POST(self):
        """A large file comes in parts: first it is announced, at last it is whole."""
        self.body()
        if not self.is_signed:
            return self.refuse(403, "AccessDenied")
        if "uploads" in self.asked:
            self.server.parts[self.key] = {}, self.kept_headers()
            return self.answer(200, b"<R><UploadId>1</UploadId></R>", Content_Type="text/xml")
        parts, headers = self.server.parts.pop(self.key)
        self.server.objects[self.key] = b"".join(parts[n] for n in sorted(parts)), headers
        return self.answer(200, b'<R><ETag>"e"</ETag></R>', Content_Type="text/xml")

    @property
    def asked(self):
        query = urlsplit(self.path).query
        return {name: v[0] for name, v in parse_qs(query, keep_blank_values=True).items()}

    def body(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_framed = "aws-chunked" in self.headers.get("Content-Encoding", "")
        return unchunked(body) if is_framed else body

    def kept_headers(self):
        kept = {name.replace("-", "_"): self.headers[name] for name in KEPT_HEADERS}
        return {name: value for name, value in kept.items() if value}

    def do_DELETE(self):
        if not self.is_signed:
            return self.refuse(403, "AccessDenied")
        self.server.objects.pop(self.key, None)
        return self.answer(204)

    def list(self):
        prefix, delimiter = self.asked.get("prefix", ""), self.asked.get("delimiter")
        files, folders = [], set()
        for key in sorted(self.server.objects):
            rest = key.removeprefix(prefix)
            if key.startswith(prefix) and delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
            elif key.startswith(prefix):
                files.append(key)
        body = "<ListBucketResult><IsTruncated>false</IsTruncated>"
        body += "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in files)
        body += "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in folders
        )
        return self.answer(200, f"{body}</ListBucketResult>".encode(), Content_Type="text/xml")


def unchunked(body):
    """The bytes in the frames that newer clients send them in."""
    whole = b""
    while body:
        head, _end, body = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if not size:
            break
        whole, body = whole + body[:size], body[size + 2 :]
    return whole


@contextmanager
def stand_in():
    """The running store: `objects` is {key: (bytes, headers)}, `url` where it is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.objects, server.parts = {}, {}
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
