"""A scripted API server for tests: TLS, discovery, paginated lists, and faults on demand.

It answers as kube-apiserver does as far as a client that lists can tell, in HTTP/1.1 and JSON, by way
of Python's own http.server and ssl.  A real kube-apiserver (HTTP/2, protobuf) is testdata/live's
matter; what that never does on request, this one does:

    server = Server(objects, fault=Fault("gone", at="pods", page=2))
    server.url, server.ca_file, server.log ...
    server.close()

`objects` is {resource: [object, ...]}; RESOURCES says which there are.
"""
import contextlib
import datetime
import gzip
import http.server
import ipaddress
import json
import os
import socket
import ssl
import tempfile
import threading
import time
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# group, version, resource, kind, namespaced
RESOURCES = [
    ("", "v1", "namespaces", "Namespace", False),
    ("", "v1", "nodes", "Node", False),
    ("", "v1", "serviceaccounts", "ServiceAccount", True),
    ("", "v1", "pods", "Pod", True),
    ("", "v1", "replicationcontrollers", "ReplicationController", True),
    ("", "v1", "services", "Service", True),
    ("", "v1", "secrets", "Secret", True),
    ("", "v1", "configmaps", "ConfigMap", True),
    ("", "v1", "persistentvolumes", "PersistentVolume", False),
    ("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", True),
    ("", "v1", "resourcequotas", "ResourceQuota", True),
    ("", "v1", "limitranges", "LimitRange", True),
    ("apps", "v1", "replicasets", "ReplicaSet", True),
    ("apps", "v1", "deployments", "Deployment", True),
    ("apps", "v1", "statefulsets", "StatefulSet", True),
    ("apps", "v1", "daemonsets", "DaemonSet", True),
    ("batch", "v1", "jobs", "Job", True),
    ("batch", "v1", "cronjobs", "CronJob", True),
    ("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", True),
    ("networking.k8s.io", "v1", "ingresses", "Ingress", True),
    ("rbac.authorization.k8s.io", "v1", "roles", "Role", True),
    ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False),
    ("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", True),
    ("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", False),
    ("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
     "ValidatingWebhookConfiguration", False),
    ("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations",
     "MutatingWebhookConfiguration", False),
    ("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies",
     "ValidatingAdmissionPolicy", False),
    ("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings",
     "ValidatingAdmissionPolicyBinding", False),
]
RESOURCE_VERSION = "4711"


class Fault:
    """What goes wrong, on which resource's list, at which of its pages (from 1), and how often."""

    def __init__(self, what=None, at="pods", page=2, times=1):
        self.what, self.at, self.page, self.left = what, at, page, times


# --- certificates -------------------------------------------------------------------------------

def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def make_certificate(folder, stem, issuer=None, start=-1, days=30, hosts=("127.0.0.1", "localhost")):
    """Writes STEM.crt and STEM.key; issuer is what an earlier call returned, None: signed by itself."""
    now = datetime.datetime.utcnow()
    key = ec.generate_private_key(ec.SECP256R1())
    names = []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    builder = (x509.CertificateBuilder().subject_name(_name(stem))
               .issuer_name(issuer[0].subject if issuer else _name(stem))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now + datetime.timedelta(days=start))
               .not_valid_after(now + datetime.timedelta(days=start + days))
               .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True))
    if issuer:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    cert = builder.sign(issuer[1] if issuer else key, hashes.SHA256())
    for ending, content in (("crt", cert.public_bytes(serialization.Encoding.PEM)), ("key", _pem(key))):
        with open(os.path.join(folder, f"{stem}.{ending}"), "wb") as f:
            f.write(content)
    return cert, key


# --- answers --------------------------------------------------------------------------------------

def status(code, reason, message, **more):
    return dict({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                 "message": message, "reason": reason, "code": code}, **more)


def group_version(group, version):
    return f"{group}/{version}" if group else version


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # -- sending

    def send(self, code, body, kind="application/json", headers=(), length=None):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def cut(self):
        """Ends the connection without a proper end, as a crash does."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close_connection = True
        raise ConnectionAbortedError

    # -- requests

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        server = self.server.owner
        with server.lock:
            server.log.append((self.path, token))
        try:
            if not server.accepts(token):
                self.send(401, status(401, "Unauthorized", "Unauthorized"))
            elif not self.throttled(url.path):
                self.answer(url.path.strip("/").split("/"), query)
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def do_POST(self):
        server = self.server.owner
        review = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        wanted = review["spec"].get("resourceAttributes", {}).get("resource")
        with server.lock:
            server.log.append((self.path, wanted))
        review["status"] = {"allowed": wanted not in server.forbidden}
        if wanted in server.forbidden:
            review["status"]["reason"] = f"no rule lets robot list {wanted}"
        self.send(201, review)

    def throttled(self, path):
        fault = self.server.owner.fault
        if fault.what != "storm" or not fault.take():
            return False
        self.send(429, status(429, "TooManyRequests", "slow down"), headers=[("Retry-After", "1")])
        return True

    def answer(self, parts, query):
        server = self.server.owner
        if parts == ["version"]:
            self.send(200, {"major": "1", "minor": "33", "gitVersion": "v1.33.0", "platform": "linux/amd64"})
        elif parts == ["api"]:
            self.send(200, {"kind": "APIVersions", "versions": ["v1"]})
        elif parts == ["apis"]:
            self.send(200, self.groups())
        elif (parts[0] == "api" and len(parts) == 2) or (parts[0] == "apis" and len(parts) == 3):
            self.resources("" if parts[0] == "api" else parts[1], parts[-1])
        else:
            self.list_or_nothing(server, parts, query)

    def groups(self):
        names = sorted({g for g, *_ in RESOURCES if g})
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": g, "versions": [{"groupVersion": g + "/v1", "version": "v1"}],
             "preferredVersion": {"groupVersion": g + "/v1", "version": "v1"}} for g in names]}

    def resources(self, group, version):
        found = [{"name": r, "singularName": k.lower(), "namespaced": n, "kind": k,
                  "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]}
                 for g, v, r, k, n in RESOURCES if (g, v) == (group, version)]
        if not found:
            self.send(404, b"404 page not found\n", "text/plain")
            return
        self.send(200, {"kind": "APIResourceList", "apiVersion": "v1",
                        "groupVersion": group_version(group, version), "resources": found})

    def list_or_nothing(self, server, parts, query):
        for g, v, r, k, _ in RESOURCES:
            base = ["api", v] if not g else ["apis", g, v]
            namespace = None
            rest = parts[len(base):]
            if parts[:len(base)] != base:
                continue
            if len(rest) == 3 and rest[0] == "namespaces":
                namespace, rest = rest[1], rest[2:]
            if rest == [r]:
                with server.flight(r):
                    self.list(server, g, v, r, k, namespace, query)
                return
            if rest[:1] == [r] and len(rest) == 2 and not namespace:
                self.one(server, g, v, r, k, rest[1])
                return
        self.send(404, status(404, "NotFound", "the server could not find the requested resource"))

    def one(self, server, group, version, resource, kind, name):
        for o in server.objects.get(resource, ()):
            if o["metadata"]["name"] == name:
                self.send(200, dict({"kind": kind, "apiVersion": group_version(group, version)}, **o))
                return
        self.send(404, status(404, "NotFound", f'{resource} "{name}" not found'))

    def list(self, server, group, version, resource, kind, namespace, query):
        if resource in server.forbidden:
            self.send(403, status(403, "Forbidden", f'{resource} is forbidden: User "robot" cannot list resource '
                                  f'"{resource}" in API group "{group}" at the cluster scope'))
            return
        objects = [o for o in server.objects.get(resource, ())
                   if namespace in (None, o["metadata"].get("namespace"))]
        if query.get("fieldSelector", "").startswith("type="):
            objects = [o for o in objects if o.get("type") == query["fieldSelector"][5:]]
        limit = int(query.get("limit", 0)) or max(len(objects), 1)
        start = int(query.get("continue", "0").split(".")[0] or 0)
        page = objects[start:start + limit]
        meta = {"resourceVersion": RESOURCE_VERSION}
        if start + limit < len(objects):
            meta.update({"continue": f"{start + limit}.x", "remainingItemCount": len(objects) - start - limit})
        body = {"kind": kind + "List", "apiVersion": group_version(group, version), "metadata": meta, "items": page}
        if "PartialObjectMetadata" in self.headers.get("Accept", ""):
            body.update({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "items": [
                {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": o["metadata"]}
                for o in page]})
        self.page(server.fault, resource, start // limit + 1, body)

    # -- faults

    def page(self, fault, resource, number, body):
        what = fault.what
        if resource != fault.at or not what or what == "storm" or number < fault.page or not fault.take():
            self.send(200, body)
            return
        getattr(self, "fault_" + what)(json.dumps(body).encode(), body)

    def fault_gone(self, data, body):
        """The token is too old; go on where it ended, with what there is now."""
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)["continue"][0]
        gone = status(410, "Expired", "The provided continue parameter is too old")
        gone["metadata"] = {"continue": token.split(".")[0] + ".inconsistent"}
        self.send(410, gone)

    def fault_gone_for_good(self, data, body):
        self.send(410, status(410, "Expired", "The provided continue parameter is too old"))

    def fault_500(self, data, body):
        self.send(500, status(500, "InternalError", "etcdserver: request timed out"))

    def fault_503(self, data, body):
        self.send(503, b"upstream connect error", "text/plain")

    def fault_reset(self, data, body):
        self.send(200, data[:len(data) // 2], length=len(data))
        self.cut()

    def fault_truncated(self, data, body):
        self.send(200, data[:-20], length=len(data))
        self.close_connection = True

    def fault_short(self, data, body):
        """A whole answer in HTTP's eyes, cut inside."""
        self.send(200, data[:-20])

    def fault_overlong(self, data, body):
        self.send(200, data + b'{"kind":"PodList"}', length=len(data))
        self.close_connection = True

    def fault_trailing(self, data, body):
        self.send(200, data + b" trailing words")

    def fault_html(self, data, body):
        self.send(200, b"<html><body>Please log in</body></html>", "text/html")

    def fault_other_kind(self, data, body):
        self.send(200, dict(body, kind="NodeList"))

    def fault_bomb(self, data, body):
        packed = gzip.compress(b" " * (64 << 20), 9) * 32
        self.send(200, packed, headers=[("Content-Encoding", "gzip")])

    def fault_endless(self, data, body):
        body["metadata"]["continue"] = "10.x"
        self.send(200, body)

    def fault_loris(self, data, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for byte in data[:60]:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.5)

    def fault_silent(self, data, body):
        time.sleep(30)


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass


class Server:
    """Serves until close().  `tokens`: those that are accepted now, a set that may change."""

    def __init__(self, objects, fault=None, certificate="good", forbidden=(), tokens=("token-of-the-test",)):
        self.objects, self.forbidden = objects, set(forbidden)
        self.fault, self.tokens = fault or Fault(), set(tokens)
        self.fault.take = self._take
        self.lock, self.log = threading.Lock(), []
        self.flying, self.most, self.delay = {}, 0, 0  # lists being answered, of one resource at most
        self.folder = tempfile.TemporaryDirectory()
        self._certificates(self.folder.name)
        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.listener.owner = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        stem = os.path.join(self.folder.name, certificate)
        context.load_cert_chain(stem + ".crt", stem + ".key")
        self.listener.socket = context.wrap_socket(self.listener.socket, server_side=True,
                                                   do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.listener.server_address[1]}"
        self.ca_file = os.path.join(self.folder.name, "ca.crt")
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def _certificates(self, folder):
        ca = make_certificate(folder, "ca")
        other = make_certificate(folder, "otherca")
        make_certificate(folder, "good", ca)
        make_certificate(folder, "expired", ca, start=-30, days=20)
        make_certificate(folder, "future", ca, start=5)
        make_certificate(folder, "otherhost", ca, hosts=("api.example.com",))
        make_certificate(folder, "stranger", other)

    def _take(self):
        with self.lock:
            if self.fault.left <= 0:
                return False
            self.fault.left -= 1
            return True

    @contextlib.contextmanager
    def flight(self, resource):
        """How many lists of a resource are being answered at a time."""
        with self.lock:
            self.flying[resource] = self.flying.get(resource, 0) + 1
            self.most = max(self.most, self.flying[resource])
        time.sleep(self.delay)
        try:
            yield
        finally:
            with self.lock:
                self.flying[resource] -= 1

    def accepts(self, token):
        return token in self.tokens

    def close(self):
        self.listener.shutdown()
        self.listener.server_close()
        self.folder.cleanup()
