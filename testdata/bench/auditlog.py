#!/usr/bin/env python3
"""Writes an audit log of a made-up cluster, as kube-apiserver writes it.

    auditlog.py --mb 1000 FILE

Some hundred service accounts that get, list and watch what controllers do, people, refused requests,
impersonation, and now and then a line with the request's body.  The same arguments give the same bytes.
"""
import argparse
import json
import random

RESOURCES = [("", "pods"), ("", "configmaps"), ("", "secrets"), ("", "services"), ("apps", "deployments"),
             ("apps", "replicasets"), ("coordination.k8s.io", "leases"), ("batch", "jobs"), ("", "events")]
VERBS = ["get", "get", "get", "list", "watch", "update", "patch", "create", "delete"]


def stamp(us):
    s, us = divmod(us, 1000000)
    return f"2026-{1 + s // 2592000 % 12:02}-{1 + s // 86400 % 28:02}T{s // 3600 % 24:02}:{s // 60 % 60:02}:{s % 60:02}.{us:06}Z"


def event(rand, n, bodies):
    ns = f"team-{rand.randrange(100)}"
    account = f"sa-{rand.randrange(8)}"
    group, resource = rand.choice(RESOURCES)
    verb = rand.choice(VERBS)
    name = "" if verb in ("list", "watch") else f"object-{rand.randrange(40)}"
    path = f"/api/v1/namespaces/{ns}/{resource}" if not group else f"/apis/{group}/v1/namespaces/{ns}/{resource}"
    user = {"username": f"system:serviceaccount:{ns}:{account}", "uid": "5c12e5d4-3f0e-4f1a-9a38-0d5b2a3f4c11",
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{ns}", "system:authenticated"],
            "extra": {"authentication.kubernetes.io/pod-name": [f"{account}-7c9d8b6f5-x2v4{rand.randrange(10)}"],
                      "authentication.kubernetes.io/pod-uid": ["9b0a4c1e-6a57-4d53-8f0f-1f5f5f0a7b1d"]}}
    e = {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"{n:08x}-3a52-4e8e-a6b8-2b8d3b5d6c7e",
         "stage": "ResponseComplete", "requestURI": path + (f"/{name}" if name and verb != "create" else "?limit=500"),
         "verb": verb, "user": user}
    if rand.random() < 0.01:
        e["impersonatedUser"] = {"username": f"person-{rand.randrange(30)}", "groups": ["devs", "system:authenticated"]}
    e.update({"sourceIPs": [f"10.1.{rand.randrange(255)}.{rand.randrange(255)}"],
              "userAgent": "manager/v0.0.0 (linux/amd64) kubernetes/$Format/leader-election"})
    ref = {"resource": resource, "namespace": ns}
    if name:
        ref["name"] = name
    if group:
        ref["apiGroup"] = group
    ref["apiVersion"] = "v1"
    e["objectRef"] = ref
    allowed = rand.random() > 0.03
    e["responseStatus"] = {"metadata": {}, "code": 200} if allowed else {
        "metadata": {}, "status": "Failure", "message": f"{resource} is forbidden", "reason": "Forbidden", "code": 403}
    if bodies and rand.random() < 0.02:
        e["level"] = "Request"
        e["requestObject"] = {"kind": "Pod", "spec": {"containers": [
            {"name": f"c{i}", "image": "registry/app:1", "env": [{"name": "A", "value": "x" * 100}]} for i in range(8)]}}
    e["requestReceivedTimestamp"] = stamp(n * 500)
    e["stageTimestamp"] = stamp(n * 500 + 1234)
    e["annotations"] = {"authorization.k8s.io/decision": "allow" if allowed else "forbid", "authorization.k8s.io/reason":
                        f"RBAC: allowed by RoleBinding \"{account}/{ns}\" of Role \"{account}\" to ServiceAccount "
                        f"\"{account}/{ns}\"" if allowed else ""}
    return e


def received(e):
    e = {k: v for k, v in e.items() if k not in ("responseStatus", "annotations", "requestObject")}
    return dict(e, stage="RequestReceived", stageTimestamp=e["requestReceivedTimestamp"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mb", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--no-bodies", action="store_true")
    p.add_argument("file")
    a = p.parse_args()
    rand = random.Random(a.seed)
    block = []
    for n in range(20000):
        e = event(rand, n, not a.no_bodies)
        block += [received(e), e]
    text = "".join(json.dumps(e, separators=(",", ":")) + "\n" for e in block).encode()
    with open(a.file, "wb") as f:
        for _ in range(max(1, a.mb * 1000000 // len(text))):
            f.write(text)


if __name__ == "__main__":
    main()
