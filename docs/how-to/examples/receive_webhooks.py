"""A server that receives Florin's webhooks. Python 3.9 or newer; nothing to install.

  WEBHOOK_SECRET=whsec_… LISTEN_ON=4242 python3 receive_webhooks.py
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

TOLERANCE_S = 5 * 60
BODY_BYTES_MAX = 1024 * 1024
SECRET = os.environ.get("WEBHOOK_SECRET", "")
if not SECRET.startswith("whsec_"):
    raise SystemExit("WEBHOOK_SECRET is not set")


def verify(headers, body):
    """Raises ValueError unless the message was signed with our secret, for this id, a moment ago. `body`: the bytes as they came."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"[0-9]+", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_S:
        raise ValueError("too old, or from the future")
    key = base64.b64decode(SECRET[len("whsec_"):])
    expected = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    # While a secret is being replaced there are two signatures: one that fits is enough.
    for part in headers.get("webhook-signature", "").split(" "):
        version, _, signature = part.partition(",")
        try:
            given = base64.b64decode(signature, validate=True)
        except binascii.Error:
            continue
        if version == "v1" and hmac.compare_digest(given, expected):
            return json.loads(body)
    raise ValueError("the signature does not fit")


# In a real shop both are in its database: the id in a unique column, in the transaction that does the work.
lock = Lock()
seen = set()
newest = {}


def handle(event):
    data = event["data"]
    payment = data["payment"] if data["object"] == "refund" else data["id"]
    with lock:
        # The same event again, because our answer was lost, or somebody replayed it.
        if event["id"] in seen:
            return
        seen.add(event["id"])
        # Events may come out of their order. `data` is the whole object as it was then: an older one is old news. By object: a
        # refund's events don't show the payment, so they don't make an event of the payment old.
        sequence = event["sequence"]
        if sequence is not None and sequence < newest.get(data["id"], 0):
            return
        newest[data["id"]] = sequence or 0
    print(f'{event["type"]} {payment} {data.get("status") or ""}'.strip(), flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > BODY_BYTES_MAX:
            return self.answer(413, "too large")
        try:
            handle(verify(self.headers, self.rfile.read(length)))
        except ValueError as error:
            return self.answer(400, str(error))
        return self.answer(204, "")

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("LISTEN_ON", "4242"))), Receiver)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
