#!/usr/bin/env python3
"""Writes the RBAC of a large made-up cluster, as LIST calls of the API server return it.

    genrbac.py --bindings 50000 --namespaces 5000 OUTDIR

Namespaces, five service accounts in each, Roles of their own, some hundred ClusterRoles, and bindings: a twentieth
of them ClusterRoleBindings, most to one account, some to groups.  The same arguments give the same bytes.
"""
import argparse
import json
import os
import random

RBAC = "rbac.authorization.k8s.io/v1"
RESOURCES = {"": ["pods", "pods/log", "pods/exec", "secrets", "configmaps", "services", "serviceaccounts", "events",
                  "persistentvolumeclaims"],
             "apps": ["deployments", "statefulsets", "daemonsets", "deployments/scale"],
             "batch": ["jobs", "cronjobs"], "rbac.authorization.k8s.io": ["roles", "rolebindings"],
             "networking.k8s.io": ["ingresses", "networkpolicies"]}
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"]


def rules(rand, n):
    for _ in range(n):
        group = rand.choice(list(RESOURCES))
        rule = {"apiGroups": [group], "resources": rand.sample(RESOURCES[group], rand.randint(1, 2)),
                "verbs": rand.sample(VERBS, rand.randint(1, 5))}
        if rand.random() < 0.2:
            rule["resourceNames"] = [f"object-{rand.randrange(50)}"]
        yield rule


def meta(name, ns=None):
    m = {"name": name, "uid": f"{ns}/{name}", "resourceVersion": "1", "creationTimestamp": "2026-01-01T00:00:00Z"}
    if ns:
        m["namespace"] = ns
    return m


def write(outdir, name, api, kind, items):
    with open(os.path.join(outdir, name + ".json"), "w") as f:
        json.dump({"kind": kind + "List", "apiVersion": api, "metadata": {"resourceVersion": "9999999"},
                   "items": items}, f, separators=(",", ":"))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bindings", type=int, default=50000)
    p.add_argument("--namespaces", type=int, default=5000)
    p.add_argument("outdir")
    a = p.parse_args()
    os.makedirs(a.outdir, exist_ok=True)
    rand = random.Random(1)
    spaces = [f"rbac-{i:05d}" for i in range(a.namespaces)]
    write(a.outdir, "rbac-namespaces", "v1", "Namespace", [{"metadata": meta(ns)} for ns in spaces])
    write(a.outdir, "rbac-accounts", "v1", "ServiceAccount",
          [{"metadata": meta(f"sa-{i}", ns)} for ns in spaces for i in range(5)])
    write(a.outdir, "rbac-roles", RBAC, "Role",
          [{"metadata": meta(f"role-{i}", ns), "rules": list(rules(rand, 4))} for ns in spaces for i in range(2)])
    write(a.outdir, "rbac-clusterroles", RBAC, "ClusterRole",
          [{"metadata": meta(f"clusterrole-{i}"), "rules": list(rules(rand, 6))} for i in range(300)])
    every, one = [], []
    for i in range(a.bindings):
        ns = rand.choice(spaces)
        subjects = [{"kind": "ServiceAccount", "namespace": rand.choice(spaces) if rand.random() < 0.1 else ns,
                     "name": f"sa-{rand.randrange(5)}"}]
        chance = rand.random()
        if chance < 0.05:
            subjects = [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": f"team-{rand.randrange(500)}"}]
        elif chance < 0.06:
            subjects.append({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io",
                             "name": f"system:serviceaccounts:{rand.choice(spaces)}"})
        cluster = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                   "name": f"clusterrole-{rand.randrange(300)}"}
        if i % 20 == 0:
            every.append({"metadata": meta(f"binding-{i}"), "roleRef": cluster, "subjects": subjects})
        else:
            own = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": f"role-{rand.randrange(2)}"}
            one.append({"metadata": meta(f"binding-{i}", ns), "roleRef": own if rand.random() < 0.5 else cluster,
                        "subjects": subjects})
    write(a.outdir, "rbac-clusterrolebindings", RBAC, "ClusterRoleBinding", every)
    write(a.outdir, "rbac-rolebindings", RBAC, "RoleBinding", one)


if __name__ == "__main__":
    main()
