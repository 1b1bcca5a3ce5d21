"""kassay against a real kube-apiserver: /usr/bin/python3 live_test.py KASSAY ASSETS [CORPUS]

ASSETS is a folder with etcd and kube-apiserver.  KASSAY_LIVE_PODS sets how many pods the memory test
loads (default 4,000).  The last line is `N passed, N failed`.
"""
import base64
import collections
import copy
import glob
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import objects  # noqa: E402
from cluster import TOKENS, Cluster  # noqa: E402

KASSAY, ASSETS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CORPUS = sys.argv[3] if len(sys.argv) > 3 else None
PODS = int(os.environ.get("KASSAY_LIVE_PODS", "4000"))
HERE = os.path.dirname(os.path.abspath(__file__))
# What they find hangs on the version of the server, which a dump does not tell.
VERSIONED = {"rbac-exec", "rbac-port-forward"}
FACTS = {"KubeletConfig", "NodeFiles", "ApiEndpoint", "ApiMetrics"}
PAGE = 500
tally = {"passed": 0, "failed": 0}


def check(name, wrong):
    tally["failed" if wrong else "passed"] += 1
    print(("FAILED " if wrong else "ok     ") + name + (f": {str(wrong)[:1500]}" if wrong else ""), flush=True)


def resident(pid):
    """The most that the process has had in memory, in KB.  What wait4() says counts ours before its exec too."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return next((int(line.split()[1]) for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def kassay(folder, *arguments, ok=(0, 1, 3)):
    """Runs it as a person would; {"out", "err", "code", "kb", "seconds"}."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        child = subprocess.Popen([KASSAY, *arguments], stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=folder,
                                 env={"PATH": os.environ["PATH"], "HOME": folder})
        kb, before = 0, resource.getrusage(resource.RUSAGE_CHILDREN)
        while child.poll() is None:
            kb = max(kb, resident(child.pid))
            time.sleep(.005)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = time.monotonic() - start
        out.seek(0)
        err.seek(0)
        result = {"out": out.read().decode(), "err": err.read().decode(), "code": child.returncode,
                  "kb": kb, "seconds": seconds,
                  "cpu": usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime}
    if ok and result["code"] not in ok:
        raise RuntimeError(f"{arguments}: status {result['code']}: {result['err'][-1000:]}")
    return result


def audit(folder, *arguments):
    return json.loads(kassay(folder, "audit", "--quiet", "-o", "json", *arguments)["out"])


def findings(report, without=()):
    return {(f["id"], f["severity"], f["path"], f["observed"], f["expected"], f["message"], f["instances"])
            for f in report["findings"] if f["check"] not in without}


def statuses(report, without=()):
    return {(c["key"], c["status"], c["seen"], c["failed"]) for c in report["checks"] if c["key"] not in without}


def difference(a, b):
    return [x for x in sorted(a ^ b, key=repr)][:4] if a != b else None


def documents(folder):
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.y*ml"), recursive=True)):
        try:
            with open(path) as f:
                found = list(yaml.safe_load_all(f))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        for d in found:
            items = d.get("items", [d]) if isinstance(d, dict) else []
            yield from (i for i in items if isinstance(i, dict) and i.get("kind") and i.get("apiVersion") and
                        isinstance(i.get("metadata"), dict) and i["metadata"].get("name"))


def fill(c):
    loaded = list(documents(os.path.join(HERE, "..", "demo")))
    loaded = [d for d in loaded if d["apiVersion"] != "kassay/v1"]
    if CORPUS:
        loaded += documents(os.path.join(CORPUS, "clusters"))
    loaded = json.loads(json.dumps(loaded, default=str))
    # No kubelet answers for these nodes; so the server says that at once.
    for d in loaded:
        if d["kind"] == "Node":
            d.setdefault("status", {})["addresses"] = [{"type": "InternalIP", "address": "127.0.0.1"}]
    names = {d["metadata"].get("namespace") for d in loaded} - {None}
    spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in sorted(names)]
    webhooks = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService")
    last = [d for d in loaded if d["kind"] in webhooks and d["kind"] != "APIService"]
    rest = spaces + [d for d in loaded if d["kind"] not in webhooks] + objects.make(1, 3000)
    refused = c.load(rest)
    # Nobody answers them here: they must stop nothing.
    for d in last:
        for hook in d.get("webhooks", ()):
            hook.update(failurePolicy="Ignore", timeoutSeconds=1)
            hook["namespaceSelector"] = {"matchLabels": {"no-such": "label"}}
    refused += c.load(last)
    kinds = {}
    for d, status, data in refused:
        key = (d["kind"], status)
        kinds[key] = kinds.get(key, 0) + 1
    print(f"loaded {len(rest) + len(last) - len(refused)} objects; the server refused {kinds}")


# --- the tests --------------------------------------------------------------------------------------

def fresh(c, folder):
    """A server that nobody has written to: the built-in table of resources, and Kubernetes' own subjects."""
    def held(*arguments):
        answer = json.loads(kassay(folder, "can", "--as", "Group:system:masters", "-o", "json", *arguments)["out"])
        return answer["catalogue"], {(r["group"], r["resource"]): tuple(r["verbs"])
                                     for s in answer["scopes"] if s["cluster"] for r in s["resources"]}
    served, live = held("--kubeconfig", c.kubeconfig("admin"))
    with open(os.path.join(folder, "masters.json"), "w") as f:
        group = "rbac.authorization.k8s.io"
        f.write(json.dumps({"apiVersion": f"{group}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "all"},
                            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
                            "subjects": [{"kind": "Group", "name": "system:masters"}]}))
    table, known = held("-f", "masters.json")
    sources = (served, table)
    check("resources come from discovery, or from the table", sources != ("discovery", "built-in") and sources)
    check("the table has all that is served, with the same verbs",
          {k: (v, known.get(k)) for k, v in live.items() if known.get(k) != v})
    if c.get("/version")["minor"].startswith("37"):
        check("the table has nothing besides", set(known) - set(live))
    report = audit(folder, "--kubeconfig", c.kubeconfig("admin"))
    check("whom a fresh server binds are Kubernetes' own",
          {s["name"] for s in report["subjects"] if not s["builtin"]} - {"system:serviceaccounts"})


def agreement(c, folder, facts):
    kubeconfig = c.kubeconfig("admin")
    live = {wire: audit(folder, "--kubeconfig", kubeconfig, "--wire", wire) for wire in ("json", "protobuf")}
    reports = {"json": live["json"], "protobuf": live["protobuf"]}
    for wire in ("json", "protobuf"):
        name = f"snapshot-{wire}.jsonl" + (".zst" if wire == "json" else "")
        kassay(folder, "snapshot", "--kubeconfig", kubeconfig, "--wire", wire, "-o", name)
        reports["snapshot " + wire] = audit(folder, "-f", name)
    c.dump(os.path.join(folder, "dump"))
    dumped, facts = audit(folder, "-f", "dump"), facts | VERSIONED
    base = reports["json"]
    check("an audit of the cluster finds something", len(base["findings"]) < 500 and len(base["findings"]))
    broken = [e for e in base["evidence"] if e["status"] not in ("complete", "absent") and e["kind"] not in FACTS]
    check("everything was read", broken)
    del reports["json"]
    for name, report in reports.items():
        check(f"findings of {name} are those of json", difference(findings(report), findings(base)))
        check(f"statuses of {name} are those of json", difference(statuses(report), statuses(base)))
    check("findings of the dump are those of json", difference(findings(dumped, facts), findings(base, facts)))
    check("statuses of the dump are those of json", difference(statuses(dumped, facts), statuses(base, facts)))
    # One List has no place for kinds of which there is nothing: what it cannot tell must be unknown.
    c.kubectl_list(os.path.join(folder, "dump"), os.path.join(folder, "kubectl.json"))
    listed = audit(folder, "-f", "kubectl.json")
    untold = facts | {x["key"] for x in listed["checks"] if x["status"] == "unknown"}
    check("findings of a List are those of json", difference(findings(listed, untold), findings(base, untold)))
    check("statuses of a List are those of json", difference(
        {x[:2] for x in statuses(listed, untold)}, {x[:2] for x in statuses(base, untold)}))
    check("a List tells most", len(untold - facts) > 3 and untold - facts)
    absent = {e["kind"] for e in dumped["evidence"] if e["status"] == "not-offered"}
    check("the dump holds what was listed", {k for k in absent - FACTS
                                             if any(e["kind"] == k and e["count"] for e in base["evidence"])})
    lines = {}
    for wire in ("json", "protobuf"):
        kassay(folder, "snapshot", "--kubeconfig", kubeconfig, "--wire", wire, "-o", f"{wire}.jsonl")
        with open(os.path.join(folder, f"{wire}.jsonl")) as f:
            lines[wire] = f.read().splitlines()[1:-1]
    # But for the order of some members, which is that of the wire.
    canon = {w: {json.dumps(json.loads(x), sort_keys=True) for x in lines[w]} for w in lines}
    check("every object is the same in protobuf as in JSON", difference(canon["json"], canon["protobuf"]))


def drop(role, index, resource):
    """The role without one resource of one of its rules."""
    r = copy.deepcopy(role)
    rule = r["rules"][index]
    key = "resources" if "resources" in rule else "nonResourceURLs"
    rule[key].remove(resource)
    if not rule[key]:
        del r["rules"][index]
    return r


def dry_run(folder, kubeconfig):
    """The paths that --dry-run says are refused."""
    out = kassay(folder, "audit", "--kubeconfig", kubeconfig, "--dry-run")["out"]
    return {line.split()[1].partition("?")[0] for line in out.splitlines() if line.startswith("refused ")}


def forbidden(c, folder, kinds_of):
    text = kassay(folder, "role", ok=(0,))["out"]
    role = next(d for d in yaml.safe_load_all(text) if d["kind"] == "ClusterRole")
    c.apply_role(role)
    kubeconfig = c.kubeconfig("auditor")
    time.sleep(1)
    whole = audit(folder, "--kubeconfig", kubeconfig)
    check("with the role of `kassay role` nothing is refused",
          [(e["kind"], e["reason"]) for e in whole["evidence"] if e["status"] in ("forbidden", "failed", "truncated")
           # There is no kubelet behind the nodes that were loaded, and no right to ask one by way of the server.
           and e["kind"] != "KubeletConfig"])
    before = {x["key"]: x["status"] for x in whole["checks"]}
    by_resource = {(e["group"], e["resource"]): e["kind"] for e in whole["evidence"]
                   if e["status"] == "complete" and e["kind"] not in FACTS}
    for index, rule in enumerate(role["rules"]):
        for name in rule.get("resources", ()):
            kind = by_resource.get((rule["apiGroups"][0], name))
            if not kind:
                continue
            c.apply_role(drop(role, index, name))
            time.sleep(.4)
            report = audit(folder, "--kubeconfig", kubeconfig)
            evidence = next(e for e in report["evidence"] if e["kind"] == kind)
            unknown = {x["key"] for x in report["checks"] if x["status"] == "unknown"}
            # Without the names of nodes no kubelet can be asked.
            lost = {kind, "KubeletConfig"} if kind == "Node" else {kind}
            expected = {k for k, kinds in kinds_of.items() if kinds & lost} | \
                       {k for k, s in before.items() if s == "unknown"}
            reasons = [x["reason"] for x in report["checks"]
                       if x["key"] in kinds_of and kind in kinds_of[x["key"]] and x["status"] == "unknown"]
            wrong = difference(unknown, expected)
            foreseen = dry_run(folder, kubeconfig)
            # What is optional stays refused.
            if {path for path in foreseen if path.startswith("/api")} != {evidence["apiPath"]}:
                wrong = f"--dry-run foresees {foreseen}"
            elif evidence["status"] != "forbidden":
                wrong = f"{kind} is {evidence['status']}"
            elif not all(f"grant `list` on {name} in" in x for x in reasons):
                wrong = [x for x in reasons if f"grant `list` on {name} in" not in x][:1]
            check(f"without {name} just its checks are unknown, and say so", wrong)
    metrics = next(i for i, r in enumerate(role["rules"]) if "/metrics" in r.get("nonResourceURLs", ()))
    c.apply_role(drop(role, metrics, "/metrics"))
    time.sleep(.4)
    report = audit(folder, "--kubeconfig", kubeconfig, "--check", "api-secrets-encrypted")
    one = report["checks"][0]
    check("without /metrics encryption is unknown, and the rule is named",
          (one["status"] != "unknown" or "/metrics" not in one["reason"]) and one)
    c.apply_role(role)


def is_list(event):
    return event["verb"] == "list" and "objectRef" in event


def many(c, folder):
    c.load([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "many"}}])
    refused = c.load(list(objects.pods(2, PODS)), threads=8)
    check(f"{PODS} pods are loaded", refused[:1])
    for wire in ("json", "protobuf"):
        before, cpu = len(c.audit_events()), c.cpu_seconds()
        result = kassay(folder, "audit", "--quiet", "--kubeconfig", c.kubeconfig("auditor"), "--wire", wire,
                        "-o", f"json=many-{wire}.json")
        cpu = c.cpu_seconds() - cpu
        events = c.audit_events(before)
        with open(os.path.join(folder, f"many-{wire}.json")) as f:
            report = json.load(f)
        print(f"       {wire}: {result['seconds']:.2f} s, {result['cpu']:.2f} s of processor, {result['kb'] / 1024:.1f} MB "
              f"at most; the server took {cpu:.2f} s of processor for {len(events)} requests")
        check(f"{wire}: memory stays below 80 MB", result["kb"] > 80 * 1024 and f"{result['kb']} KB")
        check(f"{wire}: nothing is asked for twice", [u for u, n in collections.Counter(
            e["requestURI"] for e in events).items() if n > 1][:3])
        check(f"{wire}: as many requests as pages, discovery and facts", difference(requests(events), expected(c, report)))
        flying = most_at_once(events)
        check(f"{wire}: never two pages of a kind at once", flying)


def in_namespaces(c, folder):
    spaces = ["team-0", "team-1"]
    options = [x for name in spaces for x in ("-n", name)]
    for role in yaml.safe_load_all(kassay(folder, "role", *options, ok=(0,))["out"]):
        c.apply_role(role, "nobody")
    time.sleep(1)
    whole = audit(folder, "--kubeconfig", c.kubeconfig("admin"))
    part = audit(folder, "--kubeconfig", c.kubeconfig("nobody"), *options)
    served = {kind for (_, kind), (_, _, namespaced) in c.resources().items() if namespaced}
    check("with the roles of `kassay role -n` nothing in the namespaces is refused",
          [(e["kind"], e["reason"]) for e in part["evidence"] if e["kind"] in served and e["status"] != "truncated"])
    check("it sees something of two namespaces", len(part["findings"]) < 300 and len(part["findings"]))
    check("it sees nothing of others", {f["object"].get("namespace") for f in part["findings"]} - {None, *spaces})
    check("what it finds there is found on the whole", sorted(findings(part) - findings(whole), key=repr)[:4])
    right = {x["key"] for x in part["checks"] if x["status"] in ("pass", "na")}
    check("no check passes there that fails on the whole",
          {x["key"] for x in whole["checks"] if x["status"] in ("fail", "unknown")} & right)


def requests(events):
    """How often what was asked, all pages of a list as one."""
    asked = collections.Counter()
    for e in events:
        at = urllib.parse.urlsplit(e["requestURI"])
        query = [(k, v) for k, v in urllib.parse.parse_qsl(at.query) if k != "continue"]
        asked[at.path + "".join(f" {k}={v}" for k, v in query)] += 1
    return set(asked.items())


def expected(c, report):
    """The same, worked out from what there is."""
    asked = dict.fromkeys(["/api", "/apis", "/version", "/metrics"], 1)
    for node in c.get("/api/v1/nodes")["items"]:
        asked[f"/api/v1/nodes/{node['metadata']['name']}/proxy/configz"] = 1
    for e in report["evidence"]:
        if e["kind"] in FACTS | {"Secret"} or e["status"] != "complete":
            continue
        asked[f"{e['apiPath']} limit={PAGE}"] = max(1, -(-e["count"] // PAGE))
    kind = "type", "kubernetes.io/service-account-token"
    types = [s.get(kind[0]) == kind[1] for s in c.get("/api/v1/secrets")["items"]]
    for sign, is_token in (("=", True), ("!=", False)):
        path = f"/api/v1/secrets limit={PAGE} fieldSelector={sign.join(kind)}"
        asked[path] = max(1, -(-types.count(is_token) // PAGE))
    return set(asked.items())


def most_at_once(events):
    """The kinds of which two lists were being answered at the same time."""
    spans = {}
    for e in events:
        if is_list(e) and not e["requestURI"].count("fieldSelector"):
            spans.setdefault(urllib.parse.urlsplit(e["requestURI"]).path, []).append(
                (e["requestReceivedTimestamp"], e["stageTimestamp"]))
    return [p for p, s in spans.items() for a, b in zip(sorted(s), sorted(s)[1:]) if b[0] < a[1]]


def watched(folder, *arguments):
    """All that anybody can see of a run: its arguments and environment, and what it prints."""
    seen = []
    child = subprocess.Popen([KASSAY, *arguments], cwd=folder, env={"PATH": os.environ["PATH"], "HOME": folder},
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for name in ("cmdline", "environ") * 20:
        try:
            with open(f"/proc/{child.pid}/{name}", "rb") as f:
                seen.append(f.read())
        except OSError:
            pass
        time.sleep(.005)
    return seen + list(child.communicate())


def canaries(c, folder):
    value = objects.CANARY.encode()
    secrets = [value, base64.b64encode(value)] + [t.encode() for t, _ in TOKENS.values()] + c.client_key()
    check("the server has the values", b"".join(secrets[1:2]) not in c.request("GET", "/api/v1/secrets")[1])
    for certificate in (False, True):
        kubeconfig = c.kubeconfig("auditor", certificate)
        seen = watched(folder, "snapshot", "--kubeconfig", kubeconfig, "-o", "canary.jsonl")
        with open(os.path.join(folder, "canary.jsonl"), "rb") as f:
            seen.append(f.read())
        check("there is a snapshot to search", len(seen[-1]) < 100000 and len(seen[-1]))
        for form in ("json", "html", "junit", "terminal"):
            seen += watched(folder, "audit", "--kubeconfig", kubeconfig, "-o", form)
        seen += watched(folder, "audit", "--kubeconfig", kubeconfig, "--dry-run")
        seen += watched(folder, "audit", "--kubeconfig", c.kubeconfig("nobody"))
        seen += watched(folder, "audit", "--kubeconfig", kubeconfig, "--context", "no-such")
        seen += watched(folder, "audit", "--kubeconfig", kubeconfig, "--as", "somebody")
        check("no token, key or value of a Secret is seen anywhere" + (", with a certificate" if certificate else ""),
              [s for s in secrets if any(s in x for x in seen)])


def interrupted(c, folder):
    before = set(os.listdir(folder))
    child = subprocess.Popen([KASSAY, "snapshot", "--kubeconfig", c.kubeconfig("auditor"), "--page-size", "1", "-o",
                              "broken.jsonl"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env={"PATH": os.environ["PATH"], "HOME": folder})
    time.sleep(.5)
    child.send_signal(signal.SIGINT)
    start = time.monotonic()
    out, err = child.communicate(timeout=30)
    lines = err.decode().strip().splitlines()
    wrong = None
    if child.returncode != 2 or len(lines) != 1 or out or time.monotonic() - start > 3:
        wrong = (child.returncode, lines, len(out), time.monotonic() - start)
    check("Ctrl-C ends it with one line", wrong)
    check("and leaves nothing behind", set(os.listdir(folder)) - before)


def anonymous(c, folder, want):
    report = audit(folder, "--kubeconfig", c.kubeconfig("admin"), "--check", "api-anonymous-access")
    status = report["checks"][0]["status"]
    check(f"anonymous access is {'seen' if want == 'fail' else 'seen to be off'}", status != want and status)


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGTERM, lambda *a: sys.exit(1))
    kinds_of = {x["key"]: set(x["kinds"]) for x in json.loads(
        subprocess.run([KASSAY, "list", "checks", "-o", "json"], capture_output=True, check=True).stdout)}
    facts = {k for k, kinds in kinds_of.items() if kinds & FACTS}
    with tempfile.TemporaryDirectory() as folder:
        with Cluster(ASSETS, folder) as c:
            print(f"kube-apiserver {c.get('/version')['gitVersion']}")
            for part, *arguments in ((fresh, folder), (fill,), (agreement, folder, facts), (forbidden, folder, kinds_of),
                                     (in_namespaces, folder), (anonymous, folder, "pass"), (canaries, folder),
                                     (many, folder), (interrupted, folder)):
                start = time.monotonic()
                part(c, *arguments)
                print(f"       {part.__name__}: {time.monotonic() - start:.0f} s")
    with tempfile.TemporaryDirectory() as folder:
        with Cluster(ASSETS, folder, anonymous=True) as c:
            anonymous(c, folder, "fail")
    print(f"{tally['passed']} passed, {tally['failed']} failed")
    return tally["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
