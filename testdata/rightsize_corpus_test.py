#!/usr/bin/env python3
"""Runs `kassay rightsize` over what a real API server logged, and judges its YAML by `kassay can`.

    rightsize_corpus_test.py KASSAY CORPUS

CORPUS/audit/*/{objects.json,audit.log.gz,expected.json}: what the clients were allowed they still are after the
YAML is applied to the objects, what they were refused they still are, every new rule is needed by one of their
requests, and the rollback gives the objects back.

Prints a line for each case that failed and `N passed, N failed` at the end.
"""
import copy
import gzip
import json
import os
import subprocess
import sys
import tempfile

import yaml

tally = {"passed": 0, "failed": 0}


def check(name, wrong):
    tally["failed" if wrong else "passed"] += 1
    if wrong:
        print(f"FAILED {name}: {str(wrong)[:1000]}", flush=True)


def run(kassay, *args, stdin=None):
    p = subprocess.run([kassay, *args], input=stdin, capture_output=True, text=True)
    if p.returncode not in (0, 3):
        raise RuntimeError(f"{args}: status {p.returncode}: {p.stderr[-1000:]}")
    return p.stdout


def key(obj):
    return obj["kind"], obj["metadata"].get("namespace"), obj["metadata"]["name"]


def applied(objects, documents):
    """As kubectl apply leaves them."""
    new = {key(d): d for d in documents}
    items = []
    for obj in objects["items"]:
        d = new.pop(key(obj), None)
        items.append({**obj, **{k: v for k, v in d.items() if k != "metadata"}} if d else obj)
    return {**objects, "items": items + list(new.values())}


def review(user, row):
    namespace = user.split(":")[2]
    spec = {"user": user, "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}",
                                     "system:authenticated"]}
    if row["resource"].startswith("/"):
        spec["nonResourceAttributes"] = {"verb": row["verb"], "path": row["resource"]}
        return spec
    resource, _, sub = row["resource"].partition("/")
    # A new object's name is in its body, and known only after the authorizer was asked.
    name = "" if row["verb"] == "create" and not sub else row["name"]
    a = {"verb": row["verb"], "group": row["apiGroup"], "resource": resource, "subresource": sub,
         "namespace": row["namespace"], "name": name}
    spec["resourceAttributes"] = {k: v for k, v in a.items() if v}
    return spec


def impersonations(log, users):
    """What is asked before somebody is taken for another: expected.json has only what comes after."""
    out = set()
    with gzip.open(log, "rt") as f:
        for e in map(json.loads, f):
            user, other = e["user"].get("username"), e.get("impersonatedUser", {}).get("username", "").split(":")
            if user in users and other[:2] == ["system", "serviceaccount"]:
                out.add((user, other[2], other[3]))
    return [review(u, {"verb": "impersonate", "apiGroup": "", "resource": "serviceaccounts", "namespace": ns, "name": n})
            for u, ns, n in sorted(out)]


def ask(kassay, folder, objects, specs):
    path, questions = os.path.join(folder, "objects.json"), os.path.join(folder, "questions.json")
    with open(path, "w") as f:
        json.dump(objects, f)
    with open(questions, "w") as f:
        f.writelines(json.dumps({"kind": "SubjectAccessReview", "spec": s}) + "\n" for s in specs)
    out = run(kassay, "can", "-q", "-f", path, "--reviews", questions)
    return [json.loads(line)["status"]["allowed"] for line in out.splitlines()]


def needed(kassay, folder, objects, documents, specs):
    """The rules of new roles that can go, and nobody misses them."""
    spare = []
    for d in documents:
        for n in range(len(d.get("rules", ()))):
            less = copy.deepcopy(documents)
            gone = next(x for x in less if key(x) == key(d))["rules"].pop(n)
            if all(ask(kassay, folder, applied(objects, less), specs)):
                spare.append((key(d), gone))
    return spare


def one_case(kassay, case, folder):
    source, log = os.path.join(case, "objects.json"), os.path.join(case, "audit.log.gz")
    with open(source) as f:
        objects = json.load(f)
    with open(os.path.join(case, "expected.json")) as f:
        expected = json.load(f)
    args = ["rightsize", "-q", "-f", source, "--audit-log", log, "--min-window", "0",
            *(a for user in expected["allowed"] for a in ("--for", user))]
    documents = [d for d in yaml.safe_load_all(run(kassay, *args)) if d]
    after = applied(objects, documents)
    allowed = [review(u, r) for u, rows in expected["allowed"].items() for r in rows]
    allowed += impersonations(log, expected["allowed"])
    denied = [review(u, r) for u, rows in expected["denied"].items() for r in rows]
    name = os.path.basename(case)
    check(f"{name}: there is advice", not documents)
    check(f"{name}: what was allowed is allowed by the objects",
          [s for s, ok in zip(allowed, ask(kassay, folder, objects, allowed)) if not ok])
    check(f"{name}: it still is afterwards",
          [s for s, ok in zip(allowed, ask(kassay, folder, after, allowed)) if not ok])
    check(f"{name}: what was denied still is",
          [s for s, ok in zip(denied, ask(kassay, folder, after, denied)) if ok])
    check(f"{name}: every rule is needed", needed(kassay, folder, objects, documents, allowed))
    roles = [r for d in documents for r in d.get("rules", ())]
    check(f"{name}: no rule has a star", [r for r in roles for words in r.values() if "*" in words])
    back = [d for d in yaml.safe_load_all(run(kassay, *args, "-o", "rollback")) if d]
    was = {key(o): o for o in objects["items"]}
    check(f"{name}: the rollback has the bindings as they were",
          [key(d) for d in back if not same_binding(d, was[key(d)])] or not back)
    report = json.loads(run(kassay, *args, "-o", "json"))
    for s in report["subjects"]:
        p = s["proof"]
        check(f"{name}: the proof of {s['subject']}",
              p["allowedBefore"] != p["allowedAfter"] or p["deniedAllowedAfter"] or not p["covered"] or
              p["rules"] != p["neededRules"])


def same_binding(a, b):
    def plain(s, namespace):
        return s["kind"], s.get("namespace") or (namespace if s["kind"] == "ServiceAccount" else None), s["name"]
    ns = b["metadata"].get("namespace")
    return a["roleRef"] == b["roleRef"] and \
        [plain(s, ns) for s in a["subjects"]] == [plain(s, ns) for s in b["subjects"]]


def main():
    kassay, audit = os.path.abspath(sys.argv[1]), os.path.join(sys.argv[2], "audit")
    cases = sorted(c for c in (os.path.join(audit, n) for n in os.listdir(audit))
                   if os.path.exists(os.path.join(c, "expected.json")))
    check("there are cases", not cases)
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            one_case(kassay, case, folder)
    print(f"{tally['passed']} passed, {tally['failed']} failed")
    return tally["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
