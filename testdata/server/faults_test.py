"""What the cluster client makes of an API server that misbehaves: /usr/bin/python3 faults_test.py KASSAY

Every scenario ends in the right result (the same findings as an audit of the same objects as files,
nothing lost and nothing twice) or in one clear line, in bounded time and memory.  The last line is
`N passed, N failed`.
"""
import concurrent.futures
import json
import os
import re
import resource
import stat
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import RESOURCES, RESOURCE_VERSION, Fault, Server, group_version  # noqa: E402

KASSAY = os.path.abspath(sys.argv[1])
TOKEN = "token-of-the-test"
CANARIES = ("token-of-the-test", "second-token-of-the-test", "canary-of-a-secret", "canary-of-a-plugin")
PODS, PAGE = 45, 10
MEMORY_KB = 80 * 1024
# Sanitizers keep what is freed.
if os.environ.get("KASSAY_SANITIZED"):
    MEMORY_KB *= 8


def meta(name, namespace=None, n=[0]):
    n[0] += 1
    m = {"name": name, "uid": f"00000000-0000-4000-8000-{n[0]:012}", "resourceVersion": str(1000 + n[0]),
         "creationTimestamp": "2026-01-01T00:00:00Z"}
    if namespace:
        m["namespace"] = namespace
    return m


def make_objects():
    namespaces = ["default", "kube-system", "shop"]
    objects = {r: [] for _, _, r, _, _ in RESOURCES}
    for ns in namespaces:
        objects["namespaces"].append({"metadata": meta(ns), "status": {"phase": "Active"}})
        objects["serviceaccounts"].append({"metadata": meta("default", ns)})
    for i in range(PODS):
        container = {"name": "main", "image": f"registry.example.com/app:{i % 3}",
                     "securityContext": {"privileged": i % 5 == 0}}
        objects["pods"].append({
            "metadata": meta(f"pod-{i:03}", "shop"),
            "spec": {"containers": [container], "serviceAccountName": "default", "hostPID": i % 7 == 0},
            "status": {"phase": "Running"}})
    for i in range(3):
        secret = {"metadata": meta(f"secret-{i}", "shop"), "type": "Opaque",
                  "data": {"password": "Y2FuYXJ5LW9mLWEtc2VjcmV0", "plain": "canary-of-a-secret"}}
        objects["secrets"].append(secret)
    objects["clusterroles"].append({"metadata": meta("all"), "rules": [
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]})
    objects["clusterrolebindings"].append({
        "metadata": meta("all"), "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                                             "name": "all"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "shop"}]})
    return objects


OBJECTS = make_objects()


class Case:
    def __init__(self, name, fault=None, **more):
        self.name, self.fault = name, fault
        self.status = more.pop("status", None)          # of pods in the ledger
        self.said = more.pop("said", None)              # on standard error, or in the ledger's reason
        self.seconds = more.pop("seconds", 25)
        self.setup = more.pop("setup", None)            # called with (server, folder, user)
        self.options = more.pop("options", [])
        self.server = more


# --- running ---------------------------------------------------------------------------------------

def kubeconfig(folder, server, user, cluster=None):
    path = os.path.join(folder, "kubeconfig")
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "c", "cluster": dict({"server": server.url,
                                                    "certificate-authority": server.ca_file}, **(cluster or {}))}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "test", "context": {"cluster": "c", "user": "u"}}],
    }
    with open(path, "w") as f:
        json.dump(config, f)
    return path


def run(arguments, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "NO_PROXY": "*"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    start = time.monotonic()
    child = subprocess.Popen([KASSAY] + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, env=environment)
    killer = threading.Timer(90, child.kill)
    killer.start()
    out, err = [], []
    readers = [threading.Thread(target=lambda: out.append(child.stdout.read())),
               threading.Thread(target=lambda: err.append(child.stderr.read()))]
    for r in readers:
        r.start()
    kb = 0
    while child.poll() is None:
        kb = max(kb, resident(child.pid))
        time.sleep(.005)
    for r in readers:
        r.join()
    killer.cancel()
    return {"code": child.returncode, "out": out[0].decode(), "err": err[0].decode(),
            "seconds": time.monotonic() - start, "kb": kb}


def resident(pid):
    """The most that the process has had in memory.  What wait4() says counts ours before its exec too."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return next((int(line.split()[1]) for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def dump(folder):
    """The same objects as the API's lists in files."""
    os.mkdir(os.path.join(folder, "dump"))
    for group, version, name, kind, _ in RESOURCES:
        with open(os.path.join(folder, "dump", f"{group or 'core'}.{name}.json"), "w") as f:
            json.dump({"kind": kind + "List", "apiVersion": group_version(group, version),
                       "metadata": {"resourceVersion": RESOURCE_VERSION}, "items": OBJECTS[name]}, f)
    return os.path.join(folder, "dump")


def findings(report):
    return sorted((f["id"], f["check"], f["path"] or "", f["observed"] or "", f["message"], f["instances"])
                  for f in report["findings"])


def ledger(report, kind):
    return next(e for e in report["evidence"]["kinds"] if e["kind"] == kind) \
        if isinstance(report["evidence"], dict) else next(e for e in report["evidence"] if e["kind"] == kind)


def judge(case, result, expected):
    """What is wrong, or None."""
    if result["code"] < 0 or result["code"] > 3:
        return f"ended with {result['code']}: {result['err'][-2000:]}"
    if result["seconds"] > case.seconds:
        return f"took {result['seconds']:.1f} s"
    if result["kb"] > MEMORY_KB:
        return f"took {result['kb']} KB"
    for canary in CANARIES:
        if canary in result["out"] or canary in result["err"]:
            return "showed a secret"
    if case.status is None:
        lines = result["err"].strip().splitlines()
        if result["code"] != 2 or len(lines) != 1 or result["out"]:
            return f"status {result['code']}, {len(lines)} lines: {result['err']}"
        return None if re.search(case.said, lines[0]) else f"said {lines[0]}"
    report = json.loads(result["out"])
    pods = ledger(report, "Pod")
    if pods["status"] != case.status:
        return f"pods are {pods['status']}: {pods['reason']}"
    if case.said and not re.search(case.said, (pods["reason"] or "") + result["err"]):
        return f"said {pods['reason']!r} and {result['err']!r}"
    if case.status == "complete":
        if pods["count"] != PODS:
            return f"{pods['count']} pods"
        if findings(report) != expected:
            return "other findings than from files"
        return None
    return None if result["code"] == 3 else f"status {result['code']}"


def live(case, server, folder):
    user = {"token": TOKEN}
    cluster = {}
    if case.setup:
        case.setup(server, folder, user, cluster)
    path = kubeconfig(folder, server, user, cluster)
    return run(["audit", "--kubeconfig", path, "--page-size", str(PAGE), "--request-timeout", "2",
                "--deadline", "6", "--check", "pod-*", "--check", "rbac-*", "--check", "sa-*", "-o", "json"]
               + case.options, folder)


# --- what a scenario needs -------------------------------------------------------------------------

def plugin(script, **more):
    def setup(server, folder, user, cluster):
        path = os.path.join(folder, "plugin.sh")
        with open(path, "w") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod(path, stat.S_IRWXU)
        user.clear()
        user["exec"] = dict({"apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin.sh",
                             "interactiveMode": "Never"}, **more)
    return setup


def credential(token):
    return ("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",""" +
            """"status":{"token":"%s"}}'""" % token)


def token_file(server, folder, user, cluster):
    """The token in the file runs out after a few requests, and another has taken its place by then."""
    path = os.path.join(folder, "token")
    with open(path, "w") as f:
        f.write(TOKEN)
    user.clear()
    user["tokenFile"] = path
    seen = []

    def accepts(token):
        seen.append(token)
        if len(seen) == 6:
            server.tokens = {"second-token-of-the-test"}
            with open(path, "w") as f:
                f.write("second-token-of-the-test\n")
        return token in server.tokens
    server.accepts = accepts


def rotating_plugin(server, folder, user, cluster):
    plugin(f'if test -e "{folder}/ran"; then {credential("second-token-of-the-test")}; '
           f'else touch "{folder}/ran"; {credential(TOKEN)}; fi')(server, folder, user, cluster)
    seen = []

    def accepts(token):
        seen.append(token)
        if len(seen) == 6:
            server.tokens = {"second-token-of-the-test"}
        return token in server.tokens
    server.accepts = accepts


def wrong_token(server, folder, user, cluster):
    user["token"] = "canary-of-a-plugin"


def system_trust(server, folder, user, cluster):
    cluster["certificate-authority"] = None


def expect_name(server, folder, user, cluster):
    cluster["tls-server-name"] = "api.example.com"


def no_trust(server, folder, user, cluster):
    cluster["certificate-authority"] = None
    cluster["insecure-skip-tls-verify"] = True


WHOLE = {"status": "complete"}
LOST = {"status": "failed"}
CASES = [
    Case("nothing is wrong", **WHOLE),
    Case("410 in the middle, with a token to go on", Fault("gone"), **WHOLE),
    Case("410 in the middle, without", Fault("gone_for_good", page=3), **WHOLE),
    Case("410 whenever the third page is asked for", Fault("gone_for_good", page=3, times=1000),
         status="failed", said="too old"),
    Case("429 to the first eight requests", Fault("storm", times=8), seconds=60,
         options=["--deadline", "60"], **WHOLE),
    Case("429 for ever", Fault("storm", times=100000), said="429|too many", seconds=40),
    Case("500 twice", Fault("500", times=2), **WHOLE),
    Case("500 for ever", Fault("500", times=1000), status="failed", said="timed out"),
    Case("503 twice, in words of a proxy", Fault("503", times=2), **WHOLE),
    Case("reset inside a body, three times", Fault("reset", times=3), **WHOLE),
    Case("a body shorter than announced", Fault("truncated", times=2), **WHOLE),
    Case("a body longer than announced", Fault("overlong"), **WHOLE),
    Case("a cut list in a whole body", Fault("short"), **LOST),
    Case("words after the list, for ever", Fault("trailing", times=1000), **LOST),
    Case("a web page instead of a list", Fault("html", times=1000), status="failed", said="text/html"),
    Case("a list of another kind", Fault("other_kind", times=1000), **LOST),
    Case("a gzip bomb", Fault("bomb", times=1000), status="failed", said="large", seconds=60),
    Case("a page that repeats its token for ever", Fault("endless", times=1000000), status="failed",
         said="continue"),
    Case("a body that trickles, once", Fault("loris"), **WHOLE),
    Case("a body that trickles for ever", Fault("loris", times=1000), **LOST),
    Case("a request that is never answered", Fault("silent", times=1000), **LOST),
    Case("pods are forbidden", forbidden=["pods"], status="forbidden", said="cannot list resource"),
    Case("a token file that rotates", setup=token_file, **WHOLE),
    Case("a plugin whose token runs out", setup=rotating_plugin, **WHOLE),
    Case("a token that is not accepted", setup=wrong_token, said="Unauthorized|401|credential"),
    Case("a certificate of an unknown authority", certificate="stranger", said="authority"),
    Case("the system's authorities do not know it", setup=system_trust, said="authority|signed"),
    Case("a certificate that has expired", certificate="expired", said="expired"),
    Case("a certificate of tomorrow", certificate="future", said="not valid yet.*clock|clock"),
    Case("a certificate for another host", certificate="otherhost", said="name|address"),
    Case("another name is expected", certificate="otherhost", setup=expect_name, **WHOLE),
    Case("nothing is verified, and that is told", certificate="stranger", setup=no_trust, status="complete",
         said="not verified|insecure"),
    Case("a plugin that brings a token", setup=plugin(credential(TOKEN)), **WHOLE),
    Case("a plugin that fails", setup=plugin("echo canary-of-a-plugin; echo no session >&2; exit 3"),
         said="plugin.*status 3: no session"),
    Case("a plugin that prints garbage", setup=plugin("echo canary-of-a-plugin"), said="plugin.*no JSON"),
    Case("a plugin that is not there", setup=lambda s, f, u, c: (u.clear(), u.update(exec={
        "apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin", "interactiveMode": "Never",
        "installHint": "ask your platform team"})), said="no-such-plugin.*ask your platform team"),
    Case("a plugin that wants a person", setup=plugin(credential(TOKEN), interactiveMode="Always"),
         said="terminal"),
]


# --- all of them ------------------------------------------------------------------------------------

def attempt(case, expected):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(OBJECTS, fault=case.fault, **case.server)
        try:
            result = live(case, server, folder)
        finally:
            server.close()
    try:
        return case, result, judge(case, result, expected)
    except (KeyError, StopIteration, ValueError) as e:
        return case, result, f"{type(e).__name__} {e}: {result['err'][-500:]}"


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = run(["audit", "-f", dump(folder), "--check", "pod-*", "--check", "rbac-*", "--check", "sa-*",
                     "-o", "json"], folder)
        expected = findings(json.loads(files["out"]))
        assert len(expected) > 20, "the files give hardly any finding"
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for case, result, wrong in pool.map(lambda c: attempt(c, expected), [c for c in CASES if wanted in c.name]):
            passed += wrong is None
            failed += wrong is not None
            print(f"{'FAILED' if wrong else 'ok    '} {case.name} ({result['seconds']:.1f} s, {result['kb']} KB)"
                  + (f": {wrong}" if wrong else ""), flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
