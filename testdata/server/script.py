"""A server that answers as a script says, in HTTP/2 and HTTP/1.1: /usr/bin/python3 script.py

The first line of standard input is the script, in JSON; the end of standard input ends the server.  It
prints "NAME PORT" of every listener, then "ready FOLDER", where FOLDER holds ca.crt, client.crt and
client.key, and `log`, a line per request:

    LISTENER PROTOCOL CONNECTION METHOD PATH IN-FLIGHT {"header": "value", ...}

in which the value of Authorization is only "sent".  The script:

    {"listeners": {NAME: {"certificate": "good", "http": ["h2", "http/1.1"], ...}}, "rules": [...]}

A listener may also say "client": true (it wants a certificate of the CA), "plain": true (no TLS) or
"proxy": true (it only tunnels CONNECT).  certificate: good, expired, future, otherhost, stranger.

The first rule that matches answers; without one it is 404.  What a rule may say:

    path      a glob over path and query; required
    times     how many requests of each path it answers; the next rule answers the rest
    need      {header: value} without which it does not match
    status, headers, body      of the answer; "@+2" in a header becomes the HTTP date in 2 s
    size      a body of so many letters        gzip     pack the body
    delay     seconds before the answer        length   a Content-Length that is not true
    trickle   seconds between single bytes     cut      reset after so many bytes of the body
    fault     "silent": no answer; "deaf": none on this connection any more; "close": the connection
              ends, in HTTP/2 with GOAWAY; "hide": nothing listens for a second
"""
import email.utils
import fnmatch
import gzip
import json
import os
import select
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time

try:
    import h2.config
    import h2.connection
    import h2.events
except ImportError:
    sys.exit("script.py: no module h2: install python3-h2 (make setup)")

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import make_certificate  # noqa: E402


class Answer:
    """What a rule comes to."""

    def __init__(self, rule):
        self.status, self.fault = rule.get("status", 200), rule.get("fault")
        self.delay, self.trickle, self.cut = rule.get("delay", 0), rule.get("trickle"), rule.get("cut")
        self.body = rule.get("body", "{}").encode()
        if "size" in rule:
            self.body = b"x" * rule["size"]
        self.headers = {"content-type": "application/json"}
        for name, value in rule.get("headers", {}).items():
            self.headers[name] = email.utils.formatdate(time.time() + float(value[2:]), usegmt=True) \
                if value.startswith("@+") else value
        if rule.get("gzip"):
            self.body = gzip.compress(self.body, 9)
            self.headers["content-encoding"] = "gzip"
        self.headers["content-length"] = str(rule.get("length", len(self.body)))


class Script:
    def __init__(self, rules, folder):
        self.rules, self.lock, self.connections = rules, threading.Lock(), 0
        self.log = open(os.path.join(folder, "log"), "a", encoding="utf-8")

    def connection(self):
        with self.lock:
            self.connections += 1
            return self.connections

    def write(self, line):
        with self.lock:
            self.log.write(line + "\n")
            self.log.flush()

    def find(self, path, headers):
        with self.lock:
            for rule in self.rules:
                if not fnmatch.fnmatchcase(path, rule["path"]):
                    continue
                if any(headers.get(k) != v for k, v in rule.get("need", {}).items()):
                    continue
                left = rule.setdefault("left", {}).setdefault(path, rule.get("times", -1))
                if left:
                    rule["left"][path] -= 1
                    return Answer(rule)
        return Answer({"status": 404, "body": "no rule", "headers": {"content-type": "text/plain"}})


class Listener:
    def __init__(self, name, what, script, folder):
        self.name, self.what, self.script = name, what, script
        self.flying, self.context = 0, None
        if not what.get("plain") and not what.get("proxy"):
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            stem = os.path.join(folder, what.get("certificate", "good"))
            self.context.load_cert_chain(stem + ".crt", stem + ".key")
            self.context.set_alpn_protocols(what.get("http", ["h2", "http/1.1"]))
            if what.get("client"):
                self.context.verify_mode = ssl.CERT_REQUIRED
                self.context.load_verify_locations(os.path.join(folder, "ca.crt"))
        self.port = 0
        self.open()

    def open(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.listen(64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.socket,), daemon=True).start()

    def accept(self, listening):
        while True:
            try:
                s, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def hide(self):
        # shutdown(), or accept() keeps it open in the kernel.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        threading.Timer(1, self.open).start()

    def serve(self, s):
        try:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.what.get("proxy"):
                self.tunnel(s)
                return
            if self.context:
                s = self.context.wrap_socket(s, server_side=True)
            http2 = self.context and s.selected_alpn_protocol() == "h2"
            (Http2 if http2 else Http1)(self, s).run()
        except (OSError, ValueError, h2.exceptions.ProtocolError):
            pass
        finally:
            s.close()

    def note(self, protocol, connection, method, path, headers):
        shown = {k: "sent" if k.endswith("authorization") else v for k, v in headers.items()}
        self.script.write(f"{self.name} {protocol} {connection} {method} {path} {self.flying} {json.dumps(shown)}")

    def tunnel(self, s):
        head = read_until(s, b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        self.note("http/1.1", self.script.connection(), method, target, fields(head[1:]))
        host, port = target.rsplit(":", 1)
        other = socket.create_connection((host, int(port)))
        s.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            for ready in select.select([s, other], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    other.close()
                    return
                (other if ready is s else s).sendall(data)


def fields(lines):
    found = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.lower()
        found[name] = found[name] + "," + value.strip() if name in found else value.strip()
    return found


def read_until(s, mark, rest=b""):
    while mark not in rest:
        data = s.recv(65536)
        if not data:
            raise ConnectionError
        rest += data
        if rest[0] == 22:
            # A handshake where there is no TLS; as Go's servers do.
            s.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            raise ConnectionError
    head, _, rest = rest.partition(mark)
    return head, rest


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionError


class Http1:
    def __init__(self, listener, s):
        self.listener, self.s, self.number = listener, s, listener.script.connection()

    def run(self):
        rest = b""
        while True:
            head, rest = read_until(self.s, b"\r\n\r\n", rest)
            lines = head.decode("latin-1").split("\r\n")
            method, path, _ = lines[0].split(" ")
            headers = fields(lines[1:])
            need = int(headers.get("content-length", 0))
            while len(rest) < need:
                rest += self.s.recv(65536)
            rest = rest[need:]
            self.listener.flying += 1
            try:
                self.listener.note("http/1.1", self.number, method, path, headers)
                self.answer(self.listener.script.find(path, headers))
            finally:
                self.listener.flying -= 1

    def answer(self, a):
        time.sleep(a.delay)
        if a.fault in ("silent", "deaf"):
            time.sleep(60)
        if a.fault == "hide":
            self.listener.hide()
        if a.fault:
            raise ConnectionError
        head = f"HTTP/1.1 {a.status} x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in a.headers.items())
        self.s.sendall(head.encode() + b"\r\n")
        if a.trickle:
            for byte in a.body:
                time.sleep(a.trickle)
                self.s.sendall(bytes([byte]))
        self.s.sendall(b"" if a.trickle else a.body[:a.cut])
        if a.cut is not None:
            reset(self.s)
        if int(a.headers["content-length"]) != len(a.body):
            raise ConnectionError


class Http2:
    def __init__(self, listener, s):
        self.listener, self.s, self.number = listener, s, listener.script.connection()
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=False, header_encoding="utf-8", validate_outbound_headers=False))
        self.due, self.bodies, self.deaf = [], {}, False

    def run(self):
        self.h2.initiate_connection()
        self.s.sendall(self.h2.data_to_send())
        while True:
            if not self.s.pending():
                wait = min([t for t, *_ in self.due], default=time.monotonic() + 60) - time.monotonic()
                ready = select.select([self.s], [], [], max(wait, 0))[0]
            else:
                ready = True
            if ready:
                data = self.s.recv(65536)
                if not data:
                    return
                for event in [] if self.deaf else self.h2.receive_data(data):
                    self.on(event)
            self.work()

    def on(self, event):
        if isinstance(event, h2.events.RequestReceived):
            headers = {}
            for name, value in event.headers:
                headers[name] = headers[name] + "," + value if name in headers else value
            self.listener.flying += 1
            path = headers[":path"]
            self.listener.note("h2", self.number, headers[":method"], path, headers)
            a = self.listener.script.find(path, headers)
            self.due.append((time.monotonic() + a.delay, event.stream_id, a))
        elif isinstance(event, h2.events.DataReceived):
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            self.bodies.pop(event.stream_id, None)
            self.due = [d for d in self.due if d[1] != event.stream_id]

    def work(self):
        now = time.monotonic()
        for item in [d for d in self.due if d[0] <= now]:
            self.due.remove(item)
            self.begin(item[1], item[2])
        if self.deaf:
            return
        for stream in list(self.bodies):
            self.more(stream)
        self.s.sendall(self.h2.data_to_send())

    def begin(self, stream, a):
        if a.fault == "deaf":
            self.deaf = True
        elif a.fault == "hide":
            self.listener.hide()
            raise ConnectionError
        elif a.fault == "close":
            self.h2.close_connection(last_stream_id=stream - 2 if stream > 1 else 0)
            self.s.sendall(self.h2.data_to_send())
            raise ConnectionError
        elif not a.fault:
            if stream not in self.bodies:
                self.h2.send_headers(stream, [(":status", str(a.status))] + list(a.headers.items()))
            self.bodies[stream] = (a, self.bodies.get(stream, (a, a.body[:a.cut]))[1])

    def more(self, stream):
        a, left = self.bodies[stream]
        while left:
            n = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(left))
            if a.trickle:
                if any(d[1] == stream for d in self.due):
                    return
                n = min(n, 1)
                self.due.append((time.monotonic() + a.trickle, stream, a))
            if n <= 0:
                return
            self.h2.send_data(stream, left[:n])
            left = left[n:]
            self.bodies[stream] = (a, left)
            if a.trickle and left:
                return
        del self.bodies[stream]
        self.due = [d for d in self.due if d[1] != stream]
        self.listener.flying -= 1
        if a.cut is not None:
            self.h2.reset_stream(stream, 2)
        else:
            self.h2.end_stream(stream)


def main():
    wanted = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as folder:
        ca, other = make_certificate(folder, "ca"), make_certificate(folder, "otherca")
        for stem in ("good", "client"):
            make_certificate(folder, stem, ca)
        make_certificate(folder, "expired", ca, start=-30, days=20)
        make_certificate(folder, "future", ca, start=5)
        make_certificate(folder, "otherhost", ca, hosts=("api.example.com",))
        make_certificate(folder, "stranger", other)
        script = Script(wanted["rules"], folder)
        for name, what in wanted["listeners"].items():
            print(name, Listener(name, what, script, folder).port)
        print("ready", folder, flush=True)
        sys.stdin.read()
    # Threads that sleep are not waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
