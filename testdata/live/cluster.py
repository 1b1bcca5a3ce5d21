"""A real etcd and kube-apiserver on loopback, for tests: started, filled, dumped and ended here.

    with Cluster(assets, folder) as c:          # assets: a folder with etcd and kube-apiserver
        c.load(documents); c.kubeconfig("auditor") ...
"""
import base64
import http.client
import json
import os
import queue
import socket
import ssl
import subprocess
import threading
import time

TOKENS = {
    "admin": ("token-of-the-administrator", "system:masters"),
    "auditor": ("token-of-the-auditor", "auditors"),
    "nobody": ("token-of-nobody", "nobodies"),
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    def __init__(self, assets, folder, anonymous=False, audit=None):
        """audit: an audit policy, else one that tells of the auditor and of anonymous requests."""
        self.assets, self.folder = assets, folder
        self.anonymous = anonymous
        self.audit = audit or {"omitStages": ["RequestReceived"],
                               "rules": [{"level": "Metadata", "users": ["auditor", "system:anonymous"]},
                                         {"level": "None"}]}
        self.port = free_port()
        self.children = []

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *args):
        self.close()

    def close(self):
        for child in self.children:             # what they hold is thrown away
            child.kill()
            child.wait()
        self.children = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def _run(self, name, *arguments):
        log = open(self.path(name + ".log"), "wb")
        # However this test ends, they end with it.
        child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", os.path.join(self.assets, name), *arguments],
                                 stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self.children.append(child)
        return child

    def _certificates(self):
        """A certificate that says auditor, of an authority that the server trusts."""
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2",
                "-subj", "/CN=clients")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "client.key", "-out", "client.csr",
                "-subj", "/O=auditors/CN=auditor")
        openssl("x509", "-req", "-in", "client.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", "client.crt", "-days", "2")

    def _start(self):
        client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        subprocess.run(["openssl", "genrsa", "-out", self.path("sa.key"), "2048"], check=True, capture_output=True)
        self._certificates()
        with open(self.path("tokens.csv"), "w") as f:
            for number, (user, (token, group)) in enumerate(TOKENS.items()):
                f.write(f'{token},{user},{number},"{group}"\n')
        with open(self.path("audit-policy.yaml"), "w") as f:
            json.dump({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", **self.audit}, f)
        self._run("etcd", "--data-dir", self.path("etcd"), "--listen-client-urls", client,
                  "--advertise-client-urls", client, "--listen-peer-urls", peer,
                  "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
                  "--unsafe-no-fsync")
        self.server = self._run(
            "kube-apiserver", "--etcd-servers", client, "--cert-dir", self.path("pki"),
            "--secure-port", str(self.port), "--bind-address", "127.0.0.1", "--token-auth-file",
            self.path("tokens.csv"), "--client-ca-file", self.path("ca.crt"), "--authorization-mode", "Node,RBAC",
            f"--anonymous-auth={'true' if self.anonymous else 'false'}",
            "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file",
            self.path("sa.key"), "--service-account-signing-key-file", self.path("sa.key"),
            "--disable-admission-plugins", "ServiceAccount", "--service-cluster-ip-range", "10.0.0.0/16",
            "--allow-privileged=true",
            "--audit-policy-file", self.path("audit-policy.yaml"), "--audit-log-path", self.path("audit.log"))
        for _ in range(240):
            if any(c.poll() is not None for c in self.children):
                break
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.25)
        with open(self.path("kube-apiserver.log"), errors="replace") as f:
            raise RuntimeError("kube-apiserver did not become ready: " + f.read()[-2000:])

    @property
    def ca_file(self):
        return self.path("pki/apiserver.crt")

    # --- requests of ours

    def connection(self):
        context = ssl.create_default_context(cafile=self.ca_file)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)

    def request(self, method, path, body=None, user="admin", connection=None):
        c = connection or self.connection()
        headers = {"Authorization": f"Bearer {TOKENS[user][0]}", "Content-Type": "application/json"}
        c.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = c.getresponse()
        data = answer.read()
        if not connection:
            c.close()
        return answer.status, data

    def get(self, path):
        status, data = self.request("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {data[:300]!r}")
        return json.loads(data)

    def resources(self):
        """{(group version, kind): (path prefix, resource, namespaced)}, by discovery."""
        found = {}
        versions = ["/api/v1"] + [f"/apis/{v['groupVersion']}" for g in self.get("/apis")["groups"]
                                  for v in g["versions"]]
        for prefix in versions:
            for r in self.get(prefix)["resources"]:
                if "/" not in r["name"] and "list" in r.get("verbs", ()):
                    found[prefix.split("/", 2)[2], r["kind"]] = (prefix, r["name"], r["namespaced"])
        return found

    # --- filling it

    def load(self, documents, threads=4):
        """Creates objects: definitions and namespaces first.  What the server refuses is returned."""
        first = [d for d in documents if d["kind"] in ("CustomResourceDefinition", "Namespace")]
        rest = [d for d in documents if d["kind"] not in ("CustomResourceDefinition", "Namespace")]
        refused = self._create(first, threads)
        if any(d["kind"] == "CustomResourceDefinition" for d in first):
            time.sleep(3)
        return refused + self._create(rest, threads)

    def _create(self, documents, threads):
        kinds, work, refused = self.resources(), queue.SimpleQueue(), []
        for d in documents:
            work.put(d)

        def worker():
            c = self.connection()
            while True:
                try:
                    d = work.get_nowait()
                except queue.Empty:
                    c.close()
                    return
                where = kinds.get((d["apiVersion"], d["kind"]))
                if not where:
                    refused.append((d, 0, b"not served"))
                    continue
                prefix, name, namespaced = where
                namespace = d["metadata"].setdefault("namespace", "default") if namespaced else None
                path = f"{prefix}/namespaces/{namespace}/{name}" if namespaced else f"{prefix}/{name}"
                try:
                    status, data = self.request("POST", path, d, connection=c)
                except (OSError, http.client.HTTPException) as e:
                    status, data, c = 0, repr(e).encode(), self.connection()
                if status not in (200, 201, 409):
                    refused.append((d, status, data))
        workers = [threading.Thread(target=worker, daemon=True) for _ in range(threads)]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        return refused

    def apply_role(self, document, user="auditor"):
        """Makes the Role or ClusterRole what is given, bound to the user."""
        group = "rbac.authorization.k8s.io"
        kind, name, namespace = document["kind"], document["metadata"]["name"], document["metadata"].get("namespace")
        base = f"/apis/{group}/v1" + (f"/namespaces/{namespace}" if namespace else "")
        if self.request("POST", f"{base}/{kind.lower()}s", document)[0] == 409:
            self.request("PUT", f"{base}/{kind.lower()}s/{name}", document)
        self.request("POST", f"{base}/{kind.lower()}bindings", {
            "apiVersion": f"{group}/v1", "kind": f"{kind}Binding", "metadata": {"name": user},
            "roleRef": {"apiGroup": group, "kind": kind, "name": name},
            "subjects": [{"apiGroup": group, "kind": "User", "name": user}]})

    # --- looking at it

    def dump(self, folder):
        """Every list that the server has, one file each, as `kubectl get --raw` would save them."""
        os.makedirs(folder, exist_ok=True)
        preferred = {("", "v1")} | {(g["name"], g["preferredVersion"]["version"])
                                    for g in self.get("/apis")["groups"]}
        for (group_version, _), (prefix, name, _) in sorted(self.resources().items()):
            group, _, version = group_version.rpartition("/")
            if (group, version) in preferred and (group, name) not in (("", "events"), ("", "componentstatuses"),
                                                                       ("events.k8s.io", "events")):
                with open(os.path.join(folder, f"{group or 'core'}.{name}.json"), "w") as f:
                    json.dump(self.get(f"{prefix}/{name}"), f)

    def kubectl_list(self, folder, path):
        """The lists of dump() in one, as `kubectl get -o json -A KIND,KIND...` prints them."""
        everything = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name)) as f:
                one = json.load(f)
            kind = {"apiVersion": one["apiVersion"], "kind": one["kind"][:-len("List")]}
            everything += [dict(kind, **item) for item in one["items"]]
        with open(path, "w") as f:
            json.dump({"apiVersion": "v1", "items": everything, "kind": "List",
                       "metadata": {"resourceVersion": ""}}, f, indent=4)

    def client_key(self):
        """What must never be seen: the key as the kubeconfig has it, and lines of it."""
        with open(self.path("client.key"), "rb") as f:
            key = f.read()
        return [base64.b64encode(key)] + [line for line in key.splitlines() if b"-----" not in line]

    def kubeconfig(self, user, certificate=False):
        path = self.path(f"kubeconfig-{user}" + ("-certificate" if certificate else ""))
        credentials = {"token": TOKENS[user][0]}
        if certificate:
            credentials = {}
            for name, file in (("client-certificate-data", "client.crt"), ("client-key-data", "client.key")):
                with open(self.path(file), "rb") as f:
                    credentials[name] = base64.b64encode(f.read()).decode()
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{self.port}",
                                                   "certificate-authority": self.ca_file}}],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": "test", "context": {"cluster": "c", "user": user}}]}
        with open(path, "w") as f:
            json.dump(config, f)
        return path

    def cpu_seconds(self):
        with open(f"/proc/{self.server.pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def audit_events(self, since=0):
        time.sleep(0.5)
        with open(self.path("audit.log")) as f:
            events = [json.loads(line) for line in f]
        # A request that may last has two: that an answer began, and that it ended.
        return [e for e in events if e["user"]["username"] == "auditor" and e["stage"] != "ResponseStarted"][since:]
