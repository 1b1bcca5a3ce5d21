#!/usr/bin/env python3
"""Writes the dump of a made-up cluster, as LIST calls of the API server return it.

    gendump.py --pods 150000 --nodes 5000 OUTDIR

About thirty pods a node, twenty a workload, two hundred and fifty a namespace, with managedFields
and status, since those are most of what a real dump holds.  The same arguments give the same bytes.
"""
import argparse
import hashlib
import json
import os
import re

PAGE = 500
STAMP = "2026-01-01T00:00:00Z"


def digest(*parts, n=32):
    return hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=n // 2).hexdigest()


def meta(kind, ns, name, **more):
    h = digest(kind, ns, name)
    m = {"name": name, "uid": f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}",
         "resourceVersion": str(int(h[:6], 16)), "creationTimestamp": STAMP}
    if ns:
        m["namespace"] = ns
    m.update(more)
    return m


def write(outdir, name, api, kind, items):
    with open(os.path.join(outdir, name), "w") as f:
        json.dump({"kind": kind + "List", "apiVersion": api, "metadata": {"resourceVersion": "9999999"},
                   "items": items}, f, separators=(",", ":"))


def fields(*names, **nested):
    """A managedFields tree."""
    tree = {"f:" + n: {} for n in names}
    tree.update({"f:" + k.replace("_", "-"): v for k, v in nested.items()})
    return tree


def managed_fields(containers):
    each = {f'k:{{"name":"{c["name"]}"}}': dict(fields(
        "args", "env", "image", "imagePullPolicy", "name", "ports", "terminationMessagePath",
        "terminationMessagePolicy", securityContext=fields("allowPrivilegeEscalation", "capabilities",
                                                          "readOnlyRootFilesystem", "runAsNonRoot"),
        resources=fields(limits=fields("cpu", "memory"), requests=fields("cpu", "memory")),
        readinessProbe=fields("failureThreshold", "httpGet", "periodSeconds", "successThreshold",
                              "timeoutSeconds"), volumeMounts=fields("mountPath", "name")), **{".": {}})
        for c in containers}
    spec = fields("dnsPolicy", "enableServiceLinks", "restartPolicy", "schedulerName",
                  "terminationGracePeriodSeconds", containers=each)
    md = fields(labels=fields("app", "tier", "pod-template-hash"), annotations=fields("checksum/config"),
                ownerReferences=fields("uid"))
    conditions = {f'k:{{"type":"{t}"}}': fields("lastProbeTime", "lastTransitionTime", "status", "type")
                  for t in ("ContainersReady", "Initialized", "Ready")}
    return [{"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": STAMP,
             "fieldsType": "FieldsV1", "fieldsV1": fields(metadata=md, spec=spec)},
            {"manager": "kubelet", "operation": "Update", "apiVersion": "v1", "time": STAMP,
             "fieldsType": "FieldsV1", "subresource": "status", "fieldsV1": fields(status=fields(
                 "containerStatuses", "hostIP", "phase", "podIP", "startTime", conditions=conditions))}]


def container(w, i, ns):
    context = {"allowPrivilegeEscalation": w % 6 == 0, "runAsNonRoot": w % 8 != 0,
               "readOnlyRootFilesystem": w % 2 == 0}
    if w % 4:
        context["capabilities"] = {"drop": ["ALL"]}
    if w % 233 == 0 and i == 0:
        context["privileged"] = True
    return {"name": ("main", "sidecar")[i],
            "image": f"registry.example.net/{ns}/app-{w}:" + ("latest" if w % 13 == 0 else f"2.{w % 31}.0"),
            "args": ["serve", f"--port={8000 + i}"], "imagePullPolicy": "IfNotPresent",
            "env": [{"name": "LOG", "value": "info"},
                    {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}},
                    {"name": "SETTINGS", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "main"}}}],
            "ports": [{"name": "web", "containerPort": 8000 + i, "protocol": "TCP"}],
            "resources": {"limits": {"cpu": "1", "memory": "512Mi"}, "requests": {"cpu": "50m", "memory": "64Mi"}},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": "web", "scheme": "HTTP"}, "timeoutSeconds": 2,
                               "periodSeconds": 5, "successThreshold": 1, "failureThreshold": 3},
            "volumeMounts": [{"name": "work", "mountPath": "/work"},
                             {"name": "token", "readOnly": True,
                              "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "securityContext": context}


def pod_spec(w, ns, account):
    work = {"name": "work", "hostPath": {"path": "/var/lib", "type": ""}} if w % 311 == 0 else \
           {"name": "work", "emptyDir": {}}
    token = {"name": "token", "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}]}}
    return {"containers": [container(w, i, ns) for i in range(2 if w % 3 == 0 else 1)], "volumes": [work, token],
            "serviceAccountName": account, "serviceAccount": account, "restartPolicy": "Always",
            "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "enableServiceLinks": True,
            "terminationGracePeriodSeconds": 30, "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
            "tolerations": [{"key": f"node.kubernetes.io/{t}", "operator": "Exists", "effect": "NoExecute",
                             "tolerationSeconds": 300} for t in ("not-ready", "unreachable")]}


def pod(w, p, ns, spec, managed, nodes):
    rs = f"app-{w}-{digest('rs', w, n=10)}"
    name = f"{rs}-{digest('pod', w, p, n=6)}"
    ip = f"10.{w >> 8 & 255}.{w & 255}.{p + 1}"
    statuses = [{"name": c["name"], "ready": True, "restartCount": 0, "started": True, "lastState": {},
                 "state": {"running": {"startedAt": STAMP}}, "image": c["image"],
                 "imageID": f"{c['image'].rsplit(':', 1)[0]}@sha256:{digest('image', w, n=64)}",
                 "containerID": f"containerd://{digest(name, c['name'], n=64)}"} for c in spec["containers"]]
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": rs, "uid": digest("uid", rs),
             "controller": True, "blockOwnerDeletion": True}
    return {"metadata": meta("Pod", ns, name, generateName=rs + "-", ownerReferences=[owner], managedFields=managed,
                             labels={"app": f"app-{w}", "tier": ("web", "api", "db")[w % 3],
                                     "pod-template-hash": rs[-10:]},
                             annotations={"checksum/config": digest("config", w, n=64)}),
            "spec": dict(spec, nodeName=f"node-{(w * 20 + p) % nodes}"),
            "status": {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "hostIP": "172.16.0.1",
                       "qosClass": "Burstable", "startTime": STAMP, "containerStatuses": statuses,
                       "conditions": [{"type": t, "status": "True", "lastProbeTime": None, "lastTransitionTime": STAMP}
                                      for t in ("PodReadyToStartContainers", "Initialized", "Ready",
                                                "ContainersReady", "PodScheduled")]}}


def policies(ns):
    dns = {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
           "ports": [{"protocol": "UDP", "port": 53}]}
    web = {"from": [{"podSelector": {"matchLabels": {"tier": "web"}}}], "ports": [{"protocol": "TCP", "port": 8000}]}
    return [{"metadata": meta("NetworkPolicy", ns, "deny"), "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
            {"metadata": meta("NetworkPolicy", ns, "dns"),
             "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": [dns]}},
            {"metadata": meta("NetworkPolicy", ns, "web-to-api"),
             "spec": {"podSelector": {"matchLabels": {"tier": "api"}}, "policyTypes": ["Ingress"], "ingress": [web]}}]


class Dump:
    """Everything but the pods, which go out page by page."""

    def __init__(self, outdir):
        self.outdir = outdir
        self.lists = {}

    def add(self, api, kind, item):
        self.lists.setdefault((api, kind), []).append(item)

    def close(self):
        for (api, kind), items in self.lists.items():
            plural = re.sub("y$", "ie", kind.lower()) + "s"
            write(self.outdir, plural + ".json", api, kind, items)


def workload(d, w, ns):
    """The objects around workload w; its pod spec."""
    name, rbac = f"app-{w}", "rbac.authorization.k8s.io"
    account = name if w % 3 == 0 else "default"
    if account == name:
        d.add("v1", "ServiceAccount", {"metadata": meta("ServiceAccount", ns, name)})
    if w % 12 == 0:
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]
        if w % 48 == 0:
            rules.append({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]})
        d.add(rbac + "/v1", "Role", {"metadata": meta("Role", ns, name), "rules": rules})
        d.add(rbac + "/v1", "RoleBinding", {
            "metadata": meta("RoleBinding", ns, name), "roleRef": {"apiGroup": rbac, "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": ns}]})
    spec = pod_spec(w, ns, account)
    labels = {"app": name, "tier": ("web", "api", "db")[w % 3]}
    d.add("apps/v1", "Deployment", {
        "metadata": meta("Deployment", ns, name), "spec": {"replicas": 20, "selector": {"matchLabels": {"app": name}},
                                                        "template": {"metadata": {"labels": labels}, "spec": spec}}})
    d.add("v1", "Service", {"metadata": meta("Service", ns, name), "spec": {
        "type": "ClusterIP", "clusterIP": f"10.96.{w >> 8 & 255}.{w & 255}", "selector": {"app": name},
        "ports": [{"name": "web", "port": 80, "targetPort": "web", "protocol": "TCP"}]}})
    return spec


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pods", type=int, default=3000)
    p.add_argument("--nodes", type=int, default=100)
    p.add_argument("outdir")
    a = p.parse_args()
    os.makedirs(a.outdir, exist_ok=True)
    d = Dump(a.outdir)
    spaces = ["default", "kube-system"] + [f"team-{i}" for i in range(max(1, a.pods // 250))]
    for i, ns in enumerate(spaces):
        labels = {"kubernetes.io/metadata.name": ns}
        if i % 3:
            labels["pod-security.kubernetes.io/enforce"] = ("baseline", "restricted")[i % 2]
        d.add("v1", "Namespace", {"metadata": meta("Namespace", None, ns, labels=labels)})
        d.add("v1", "ServiceAccount", {"metadata": meta("ServiceAccount", ns, "default")})
        for policy in policies(ns) if i % 10 else []:
            d.add("networking.k8s.io/v1", "NetworkPolicy", policy)
    for i in range(a.nodes):
        d.add("v1", "Node", {"metadata": meta("Node", None, f"node-{i}"), "spec": {},
                             "status": {"nodeInfo": {"kubeletVersion": "v1.34.0", "operatingSystem": "linux"}}})
    page, pages, left = [], 0, a.pods
    for w in range((a.pods + 19) // 20):
        ns = spaces[2 + w % (len(spaces) - 2)]
        spec = workload(d, w, ns)
        managed = managed_fields(spec["containers"])
        for i in range(min(20, left)):
            page.append(pod(w, i, ns, spec, managed, a.nodes))
        left -= 20
        if len(page) >= PAGE or left <= 0:
            write(a.outdir, f"pods-{pages:05d}.json", "v1", "Pod", page)
            page, pages = [], pages + 1
    d.close()


if __name__ == "__main__":
    main()
