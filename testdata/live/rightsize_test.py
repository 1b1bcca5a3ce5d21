"""`kassay rightsize` against a real kube-apiserver: /usr/bin/python3 rightsize_test.py KASSAY ASSETS

Clients with far too broad grants do what rightsize_client.py says, and the server writes an audit log.  What
kassay makes of log and grants is applied to the server, and the clients do the same again: they must be refused
just what they were refused before, and each rule must be needed by a request.  The last line is
`N passed, N failed`.
"""
import collections
import copy
import gzip
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rightsize_client as client  # noqa: E402
from cluster import TOKENS, Cluster  # noqa: E402
from reviews_test import ask  # noqa: E402

TOKENS[client.CAROL] = ("token-of-carol", "devs")
RBAC = f"/apis/{client.RBAC}/v1"
PLURAL = {"Role": "roles", "ClusterRole": "clusterroles", "RoleBinding": "rolebindings",
          "ClusterRoleBinding": "clusterrolebindings"}
# As clusters have it: more of what is written for some kinds, less for what everybody reads.
AUDIT = {"rules": [{"level": "RequestResponse", "resources": [{"group": "", "resources": ["configmaps"]}]},
                   {"level": "Metadata"}]}
tally = {"passed": 0, "failed": 0}


def check(name, wrong):
    tally["failed" if wrong else "passed"] += 1
    print(("FAILED " if wrong else "ok     ") + name + (f": {str(wrong)[:3000]}" if wrong else ""), flush=True)


# --- the clients ------------------------------------------------------------------------------------

def token(c, account):
    if isinstance(account, str):
        return TOKENS[account][0]
    ns, name = account
    status, data = c.request("POST", f"{client.CORE}/namespaces/{ns}/serviceaccounts/{name}/token", {
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}})
    if status != 201:
        raise RuntimeError(f"no token for {account}: {status} {data[:300]!r}")
    return json.loads(data)["status"]["token"]


def send(connection, token_text, step, audit_id):
    """(status, what was said)"""
    _, method, path, body, more = step
    connection.putrequest(method, path)
    headers = {"Authorization": f"Bearer {token_text}", "Content-Type": "application/json", "Audit-ID": audit_id, **more}
    data = json.dumps(body).encode() if body is not None else b""
    if data or method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(data))
    for key, value in headers.items():
        for one in value if isinstance(value, list) else [value]:
            connection.putheader(key, one)
    connection.endheaders(data)
    answer = connection.getresponse()
    return answer.status, answer.read()


def play(c, tokens, turn):
    """What each step was answered: ({number: status}, {number: who was refused what, or None})."""
    out, refused = {}, {}
    connections = {}
    for n, step in enumerate(client.steps()):
        account = step[0]
        if account not in connections:
            connections[account] = c.connection()
        try:
            out[n], data = send(connections[account], tokens[account], step, f"{turn}-{n}")
        except (OSError, http.client.HTTPException) as e:
            raise RuntimeError(f"step {n}, {step[:3]}: {e!r}")
        words = re.search(rb"User '[^']*' cannot [^,]*", data.replace(b'\\"', b"'"))
        refused[n] = (words.group().decode() if words else "somebody") if out[n] == 403 else None
        # No kubelet runs these pods.
        kubelet = urllib.parse.urlsplit(step[2]).path.rpartition("/")[2] in ("exec", "portforward", "log")
        if out[n] in (401, 422) or out[n] == 400 and not kubelet:
            raise RuntimeError(f"step {n}, {step[:3]}: {out[n]} {data[:500]!r}")
    for connection in connections.values():
        connection.close()
    return out, refused


def told(n):
    account, method, path, _, more = client.steps()[n]
    return f"{client.user_of(account)}: {method} {path}" + (f" as {more['Impersonate-User']}" if "Impersonate-User" in more else "")


# --- what a request asks the authorizer -------------------------------------------------------------

def groups_of(user):
    parts = user.split(":")
    if parts[:2] == ["system", "serviceaccount"]:
        return ["system:serviceaccounts", f"system:serviceaccounts:{parts[2]}", "system:authenticated"]
    return [g for _, g in (TOKENS[user],)] + ["system:authenticated"]


def impersonating(step):
    """What the server asks before a request is taken for another's."""
    user, groups = step[4].get("Impersonate-User"), step[4].get("Impersonate-Group", ())
    asked = []
    if user:
        parts = user.split(":")
        if parts[:2] == ["system", "serviceaccount"]:
            asked.append({"resource": "serviceaccounts", "namespace": parts[2], "name": parts[3]})
        else:
            asked.append({"resource": "users", "name": user})
    asked += [{"resource": "groups", "name": g} for g in groups]
    group = {"group": "authentication.k8s.io"}
    for key, values in step[4].items():
        if key.startswith("Impersonate-Extra-"):
            extra = urllib.parse.unquote(key[len("Impersonate-Extra-"):].lower())
            asked += [{**group, "resource": "userextras", "subresource": extra, "name": v} for v in values]
        elif key == "Impersonate-Uid":
            asked.append({**group, "resource": "uids", "name": values})
    return [{"verb": "impersonate", **a} for a in asked]


def spec(user, groups, resource):
    kind = "nonResourceAttributes" if "path" in resource else "resourceAttributes"
    return {"user": user, "groups": groups, kind: {k: v for k, v in resource.items() if v}}


def asked(step, event, status):
    """The reviews that stand for an allowed step; the log tells what the request was."""
    user = client.user_of(step[0])
    groups = groups_of(user)
    out = [spec(user, groups, a) for a in impersonating(step)]
    if out:
        user, groups = event["impersonatedUser"]["username"], event["impersonatedUser"]["groups"]
        if status == 403:
            return out      # it was let through, to be refused as somebody else
    ref = event.get("objectRef")
    if not ref:
        path = urllib.parse.urlsplit(event["requestURI"]).path
        return out + [spec(user, groups, {"verb": event["verb"], "path": path})]
    name = ref.get("name")
    # The body of a new object has a name, which is known only after the authorizer was asked.
    if event["verb"] == "create" and not ref.get("subresource"):
        name = None
    a = {"verb": event["verb"], "group": ref.get("apiGroup"), "resource": ref["resource"], "name": name,
         "subresource": ref.get("subresource"), "namespace": ref.get("namespace")}
    out.append(spec(user, groups, a))
    if event["verb"] in ("patch", "update") and status == 201:
        out.append(spec(user, groups, dict(a, verb="create")))
    return out


def reviews(path, turn, statuses):
    """{step: [spec]} of the steps that were allowed, at least to be refused as somebody else."""
    with open(path) as f:
        events = {e["auditID"]: e for e in map(json.loads, f) if e["stage"] == "ResponseComplete"}
    out = {}
    for n, step in enumerate(client.steps()):
        event = events[f"{turn}-{n}"]
        if statuses[n] != 403 or "impersonatedUser" in event:
            out[n] = asked(step, event, statuses[n])
    return out


def unique(found):
    return {json.dumps(s, sort_keys=True): s for some in found.values() for s in some}


# --- applying ---------------------------------------------------------------------------------------

def place(d):
    ns = d["metadata"].get("namespace")
    return f"{RBAC}{f'/namespaces/{ns}' if ns else ''}/{PLURAL[d['kind']]}"


def apply(c, d):
    """As `kubectl apply` of an object that it has not made: lists are replaced, what is not named stays."""
    status, data = c.request("POST", place(d), d)
    if status == 409:
        connection = c.connection()
        connection.request("PATCH", f"{place(d)}/{urllib.parse.quote(d['metadata']['name'])}", json.dumps(d), {
            "Authorization": f"Bearer {TOKENS['admin'][0]}", "Content-Type": "application/merge-patch+json"})
        answer = connection.getresponse()
        status, data = answer.status, answer.read()
        connection.close()
    return None if status in (200, 201) else (d["kind"], d["metadata"]["name"], status, data[:500])


def until(c, wanted, specs):
    """Waits until the server answers as wanted."""
    for _ in range(200):
        if all(bool(s.get("allowed")) == wanted for s in ask(c, specs, 1)):
            return
        time.sleep(.05)
    raise RuntimeError("the authorizer does not see what was applied")


def sentinel(c, turn):
    """Waits until the authorizer has seen all that was applied before."""
    user, name = f"sentinel {turn}", f"sentinel-{turn}"
    specs = []
    for kind, ns in (("Role", "ops"), ("ClusterRole", None)):
        rules = [{"verbs": ["see"], "apiGroups": ["sentinel"], "resources": [kind]}]
        for d in (client.role(kind, name, rules, ns), client.binding(name, kind, name, [client.person("User", user)], ns)):
            wrong = apply(c, d)
            if wrong:
                raise RuntimeError(wrong)
        specs.append({"user": user, "resourceAttributes": {"verb": "see", "group": "sentinel", "resource": kind,
                                                           **({"namespace": ns} if ns else {})}})
    until(c, True, specs)


def dump(c, folder):
    """The lists that tell who may what, one file each."""
    os.makedirs(folder)
    for path in [f"{RBAC}/{p}" for p in PLURAL.values()] + [f"{client.CORE}/{p}" for p in (
            "namespaces", "serviceaccounts", "pods", "nodes")] + [f"{client.APPS}/deployments"]:
        with open(os.path.join(folder, path.rpartition("/")[2] + ".json"), "w") as f:
            json.dump(c.get(path), f)


# --- the test ---------------------------------------------------------------------------------------

def halves(log):
    """The log as it would be found later: its older half is compressed."""
    with open(log, "rb") as f:
        lines = f.readlines()
    with gzip.open(log + ".1.gz", "wb") as f:
        f.writelines(lines[:len(lines) // 2])
    with open(log + ".0", "wb") as f:
        f.writelines(lines[len(lines) // 2:])
    return ["--audit-log", log + ".1.gz", "--audit-log", log + ".0"]


def rightsize(kassay, folder, log, *form):
    """The documents that it wants applied."""
    run = subprocess.run([kassay, "rightsize", "-f", os.path.join(folder, "dump"), *halves(log), *OPTIONS, *form],
                         capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if run.returncode not in (0, 3):  # 3: of an account that did nothing there is no evidence
        raise RuntimeError(f"rightsize: status {run.returncode}: {run.stderr[-2000:]}")
    if os.environ.get("KASSAY_LIVE_KEEP"):
        with open(os.environ["KASSAY_LIVE_KEEP"], "w") as f:
            f.write(run.stdout)
    documents = [d for d in yaml.safe_load_all(run.stdout) if d]
    return [i for d in documents for i in (d["items"] if d["kind"] == "List" else [d])]


# The log is of a minute: nobody would trust it otherwise.
OPTIONS = ["--min-window", "0"] + [o for a in client.ACCOUNTS + [client.CAROL] for o in ("--for", client.user_of(a))]


# Asked beside a request, and not logged: who held them keeps them.
UNLOGGED = {"bind", "escalate"}


def tuples(rule):
    """Each single thing that a rule allows, if the log can tell of it."""
    rule = dict(rule, verbs=[v for v in rule["verbs"] if v not in UNLOGGED])
    if "nonResourceURLs" in rule:
        return [(v, None, u, None) for v in rule["verbs"] for u in rule["nonResourceURLs"]]
    return [(v, g, x, n) for v in rule["verbs"] for g in rule["apiGroups"] for x in rule["resources"]
            for n in rule.get("resourceNames") or [None]]


def users_of(documents, d):
    """Whose a new role is."""
    out = set()
    for b in documents:
        if b["kind"].endswith("Binding") and b["roleRef"]["kind"] == d["kind"] and \
           b["roleRef"]["name"] == d["metadata"]["name"]:
            for s in b.get("subjects") or ():
                out.add(s["name"] if s["kind"] != "ServiceAccount" else
                        client.user_of((s.get("namespace") or b["metadata"]["namespace"], s["name"])))
    return out


def used(specs):
    """(user, namespace, tuple) of what was asked."""
    out = set()
    for s in specs:
        if "nonResourceAttributes" in s:
            a = s["nonResourceAttributes"]
            out.add((s["user"], None, (a["verb"], None, a["path"], None)))
            continue
        a = s["resourceAttributes"]
        whole = a["resource"] + ("/" + a["subresource"] if "subresource" in a else "")
        out.add((s["user"], a.get("namespace"), (a["verb"], a.get("group", ""), whole, a.get("name"))))
    return out


def exact(documents, specs):
    """No new role allows what nobody did."""
    known, wrong = used(specs), []
    for d in documents:
        for rule in d.get("rules") or ():
            for user in users_of(documents, d):
                namespace = d["metadata"].get("namespace")
                wrong += [(d["metadata"]["name"], user, t) for t in tuples(rule) if (user, namespace, t) not in known]
    return wrong


def needed(c, documents, specs):
    """The rules of new roles that can go, and nobody misses them."""
    wrong, turn = [], 0
    for d in documents:
        if not d["kind"].endswith("Role"):
            continue
        for index in range(len(d["rules"])):
            if not tuples(d["rules"][index]):
                continue
            turn += 1
            less = copy.deepcopy(d)
            gone = less["rules"].pop(index)
            failed = apply(c, less)
            sentinel(c, f"without-{turn}")
            if failed:
                wrong.append(failed)
            elif all(s.get("allowed") for s in ask(c, specs, 4)):
                wrong.append((d["metadata"]["name"], gone))
        apply(c, d)
    sentinel(c, "whole")
    return wrong, turn


def bound(folder):
    """{binding: (role, subjects)}, as a dump has them."""
    out = {}
    for plural in ("rolebindings", "clusterrolebindings"):
        with open(os.path.join(folder, plural + ".json")) as f:
            for d in json.load(f)["items"]:
                subjects = sorted(json.dumps(s, sort_keys=True) for s in d.get("subjects") or ())
                out[plural, d["metadata"].get("namespace"), d["metadata"]["name"]] = (d["roleRef"]["name"], subjects)
    return out


def back(c, documents, old, before):
    """What the rollback says makes everything as it was."""
    check("the server takes the rollback", [x for x in [apply(c, d) for d in old] if x][:3])
    kept = {(d["kind"], d["metadata"].get("namespace"), d["metadata"]["name"]) for d in old}
    for d in documents:
        if (d["kind"], d["metadata"].get("namespace"), d["metadata"]["name"]) not in kept:
            c.request("DELETE", f"{place(d)}/{urllib.parse.quote(d['metadata']['name'])}")
    after = os.path.join(os.path.dirname(before), "dump-after")
    dump(c, after)
    known, now = bound(before), {k: v for k, v in bound(after).items() if not k[2].startswith("sentinel-")}
    known = {k: v for k, v in known.items() if not k[2].startswith("sentinel-")}
    for k, (_, subjects) in known.items():
        # An account of a binding's own namespace may be written with it.
        if k[1]:
            subjects[:] = sorted(json.dumps({"namespace": k[1], **json.loads(s)} if "ServiceAccount" in s else
                                            json.loads(s), sort_keys=True) for s in subjects)
    check("after it all bindings are as they were", [(k, known.get(k), now.get(k)) for k in {**known, **now}
                                                     if known.get(k) != now.get(k)][:4])


def run_all(c, folder, kassay):
    check("the server takes what is loaded", (c.load(client.objects()) + c.load(client.grants()))[:1])
    tokens = {a: token(c, a) for a in client.ACCOUNTS + [client.CAROL]}
    sentinel(c, "start")
    before, refused_before = play(c, tokens, "before")
    codes = collections.Counter(before.values())
    print(f"       {len(before)} requests: " + ", ".join(f"{k}: {v}" for k, v in sorted(codes.items())))
    log = os.path.join(folder, "audit-before.log")
    time.sleep(.5)
    with open(c.path("audit.log"), "rb") as f, open(log, "wb") as g:
        g.write(f.read())
    found = unique(reviews(log, "before", before))
    specs = list(found.values())
    told_by_server = ask(c, specs, 4)
    check(f"{len(specs)} reviews stand for what was allowed", [s for s, t in zip(specs, told_by_server) if not t.get("allowed")][:3])
    dump(c, os.path.join(folder, "dump"))
    documents = rightsize(kassay, folder, log)
    roles = [d for d in documents if d["kind"].endswith("Role")]
    print(f"       {len(documents)} objects, {len(roles)} roles, {sum(len(d['rules']) for d in roles)} rules")
    check("new roles allow nothing that nobody did", exact(documents, specs)[:5])
    check("the server takes them", [x for x in [apply(c, d) for d in documents] if x][:3])
    sentinel(c, "applied")
    after, refused_after = play(c, tokens, "after")
    check("the clients are refused what they were refused before",
          [(told(n), before[n], after[n], refused_before[n], refused_after[n])
           for n in before if refused_before[n] != refused_after[n]])
    check("nothing that was allowed is refused", [s for s, t in zip(specs, ask(c, specs, 4)) if not t.get("allowed")][:5])
    wrong, turn = needed(c, documents, specs)
    check(f"each of {turn} rules is needed", wrong[:5])
    back(c, documents, rightsize(kassay, folder, log, "-o", "rollback"), os.path.join(folder, "dump"))


def main():
    kassay, assets = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder, Cluster(assets, folder, audit=AUDIT) as c:
        print(f"kube-apiserver {c.get('/version')['gitVersion']}")
        run_all(c, folder, kassay)
    print(f"{tally['passed']} passed, {tally['failed']} failed")
    return tally["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
