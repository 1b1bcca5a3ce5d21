"""Nodes with pods, and what kubelets may ask for, made from a seed.

    world = make(seed)                  # what to load into a server
    specs = questions(world, seed, 400) # specs of SubjectAccessReviews

Rules: plugin/pkg/auth/authorizer/node/{node_authorizer,graph}.go of Kubernetes.
"""
import random

NAMESPACES = ["nodes-a", "nodes-b"]
NODES = ["node-0", "node-1", "node-2"]
NAMES = [f"n-{i}" for i in range(8)]       # of what pods refer to: few, so that several do


def meta(name, namespace=None, **more):
    return {"name": name, **({"namespace": namespace} if namespace else {}), **more}


class World:
    def __init__(self, seed):
        self.seed, self.documents = seed, []
        self.near = []          # (kind, namespace, name, node): what is referred to, on which node or none


VOLUMES = {
    "secret": lambda n: ("secrets", {"secret": {"secretName": n}}),
    "configMap": lambda n: ("configmaps", {"configMap": {"name": n}}),
    "projected secret": lambda n: ("secrets", {"projected": {"sources": [{"secret": {"name": n}}]}}),
    "projected configMap": lambda n: ("configmaps", {"projected": {"sources": [{"configMap": {"name": n}}]}}),
    "claim": lambda n: ("persistentvolumeclaims", {"persistentVolumeClaim": {"claimName": n}}),
    "csi": lambda n: ("secrets", {"csi": {"driver": "csi.example.com", "nodePublishSecretRef": {"name": n}}}),
    "azure": lambda n: ("secrets", {"azureFile": {"secretName": n, "shareName": "s"}}),
    "ceph": lambda n: ("secrets", {"cephfs": {"monitors": ["m"], "secretRef": {"name": n}}}),
    "flex": lambda n: ("secrets", {"flexVolume": {"driver": "example.com/flex", "secretRef": {"name": n}}}),
    "iscsi": lambda n: ("secrets", {"iscsi": {"targetPortal": "127.0.0.1", "iqn": "iqn.2001-04.com.example:x", "lun": 0,
                                              "secretRef": {"name": n}}}),
    "rbd": lambda n: ("secrets", {"rbd": {"monitors": ["m"], "image": "i", "secretRef": {"name": n}}}),
    "scaleIO": lambda n: ("secrets", {"scaleIO": {"gateway": "g", "system": "s", "volumeName": "v", "fsType": "xfs",
                                                  "secretRef": {"name": n}}}),
    "storageos": lambda n: ("secrets", {"storageos": {"volumeName": "v", "secretRef": {"name": n}}}),
}


def container(r, used, name):
    made = {"name": name, "image": "registry.example.com/app:1"}
    x, n = r.random(), r.choice(NAMES)
    if x < .2:
        made["env"] = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": n, "key": "k"}}}]
        used.append(("secrets", n))
    elif x < .4:
        made["env"] = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": n, "key": "k"}}}]
        used.append(("configmaps", n))
    elif x < .5:
        made["envFrom"] = [{"secretRef": {"name": n}}]
        used.append(("secrets", n))
    elif x < .6:
        made["envFrom"] = [{"configMapRef": {"name": n}}]
        used.append(("configmaps", n))
    return made


def pod(r, world, n):
    namespace, name, used = r.choice(NAMESPACES), f"pod-{n}", []
    spec = {"containers": [container(r, used, "main")]}
    if r.random() < .3:
        spec["initContainers"] = [container(r, used, "init")]
    if r.random() < .3:
        s = r.choice(NAMES)
        spec["imagePullSecrets"] = [{"name": s}]
        used.append(("secrets", s))
    volumes = []
    for i in range(r.randrange(3)):
        if r.random() < .1:
            volumes.append({"name": f"v{i}", "ephemeral": {"volumeClaimTemplate": {"spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}})
            used.append(("persistentvolumeclaims", f"{name}-v{i}"))
            continue
        kind, source = VOLUMES[r.choice(list(VOLUMES) + ["claim"] * 4)](r.choice(NAMES))
        volumes.append({"name": f"v{i}", **source})
        used.append((kind, next(iter(find_names(source)))))
    if volumes:
        spec["volumes"] = volumes
    node = r.choice(NODES + [None])
    if node:
        spec["nodeName"] = node
    spec["serviceAccountName"] = r.choice(["default", "app", "web"])
    used += [("serviceaccounts", spec["serviceAccountName"]), ("pods", name)]
    labels = meta(name, namespace)
    if r.random() < .1 and node:
        # A copy of what a kubelet runs by itself: it gives the node nothing but the pod.
        labels["annotations"] = {"kubernetes.io/config.mirror": "copy"}
    world.near += [(kind, namespace, name, node) for kind, name in used]
    world.documents.append({"apiVersion": "v1", "kind": "Pod", "metadata": labels, "spec": spec})


def find_names(source):
    """The names in a volume's source."""
    for key, value in source.items():
        if key in ("secretName", "claimName", "name") and value in NAMES:
            yield value
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from find_names(one)


def volume(r, world, n):
    """A PersistentVolume, most of them claimed, with Secrets that a kubelet sees or does not."""
    namespace, claim = r.choice(NAMESPACES), r.choice(NAMES)
    claims = [x for x in world.near if x[0] == "persistentvolumeclaims"]
    if r.random() < .8:
        _, namespace, claim, _ = r.choice(claims)
    def ref():
        return {"name": r.choice(NAMES), "namespace": r.choice(NAMESPACES)}
    x = r.random()
    if x < .5:
        source = {"csi": {"driver": "csi.example.com", "volumeHandle": f"h{n}"}}
        for key in ("nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef", "controllerPublishSecretRef",
                    "controllerExpandSecretRef"):
            if r.random() < .4:
                source["csi"][key] = ref()
    elif x < .6:
        source = {"azureFile": {"secretName": r.choice(NAMES), "shareName": "s",
                                **({"secretNamespace": r.choice(NAMESPACES)} if r.random() < .5 else {})}}
    elif x < .7:
        source = {"cephfs": {"monitors": ["m"], "secretRef": ref() if r.random() < .7 else {"name": r.choice(NAMES)}}}
    elif x < .8:
        source = {"flexVolume": {"driver": "example.com/flex", "secretRef": {"name": r.choice(NAMES)}}}
    elif x < .9:
        source = {"rbd": {"monitors": ["m"], "image": "i", "secretRef": ref()}}
    else:
        source = {"hostPath": {"path": "/data"}}
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], **source}
    if r.random() < .8:
        spec["claimRef"] = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim}
    nodes = [x[3] for x in world.near if x[:3] == ("persistentvolumeclaims", namespace, claim)]
    node = r.choice(nodes) if nodes else None
    world.near.append(("persistentvolumes", "", f"pv-{n}", node))
    for key, value in source.items():
        for one in [value] + [v for v in value.values() if isinstance(v, dict)]:
            for name in ("secretName", "name"):
                if one.get(name) in NAMES:
                    where = one.get("namespace") or one.get("secretNamespace") or namespace
                    world.near.append(("secrets", where, one[name], node))
    world.documents.append({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta(f"pv-{n}"), "spec": spec})


def make(seed, pods=24, volumes=12):
    r = random.Random(f"nodes {seed}")
    world = World(seed)
    world.documents += [{"apiVersion": "v1", "kind": "Namespace", "metadata": meta(n)} for n in NAMESPACES]
    world.documents += [{"apiVersion": "v1", "kind": "Node", "metadata": meta(n)} for n in NODES[:2]]
    for i in range(pods):
        pod(r, world, i)
    for i in range(volumes):
        volume(r, world, i)
    return world


GROUP_OF = {"leases": "coordination.k8s.io", "csinodes": "storage.k8s.io", "volumeattachments": "storage.k8s.io",
            "csidrivers": "storage.k8s.io", "certificatesigningrequests": "certificates.k8s.io",
            "runtimeclasses": "node.k8s.io", "tokenreviews": "authentication.k8s.io",
            "subjectaccessreviews": "authorization.k8s.io", "resourceslices": "resource.k8s.io",
            "podcertificaterequests": "certificates.k8s.io", "clustertrustbundles": "certificates.k8s.io"}
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
USUAL = {"serviceaccounts": [("create", "token")] * 3 + [("get", "")], "persistentvolumeclaims": [("get", "")] * 3 + [
    ("update", "status"), ("patch", "status"), ("get", "status")], "pods": [("get", "")] * 2 + [
    ("list", ""), ("watch", ""), ("create", ""), ("delete", ""), ("patch", "status"), ("update", "status"),
    ("create", "eviction")], "persistentvolumes": [("get", "")]}
REST = ["nodes", "nodes", "leases", "csinodes", "csidrivers", "volumeattachments", "certificatesigningrequests", "services",
        "endpoints", "events", "runtimeclasses", "tokenreviews", "subjectaccessreviews", "resourceslices", "configmaps",
        "podcertificaterequests", "clustertrustbundles", "pods", "secrets", "namespaces", "serviceaccounts", "gadgets"]


def who(r, node):
    groups = ["system:nodes", "system:authenticated"]
    user = f"system:node:{node}"
    x = r.random()
    if x < .04:
        groups.remove("system:nodes")
    elif x < .06:
        groups = []
    elif x < .08:
        user = r.choice(["system:node:", node, f"system:nodes:{node}", f"System:node:{node}"])
    return {"user": user, "groups": groups}


def question(r, world):
    if r.random() < .6:
        kind, namespace, name, node = r.choice(world.near)
        if not node or r.random() < .15:
            node = r.choice(NODES)
        verb, sub = r.choice(USUAL.get(kind, [(v, "") for v in ("get", "get", "list", "watch")]))
        if r.random() < .1:
            verb = r.choice(VERBS)
        if r.random() < .05:
            sub = r.choice(["status", "token", "x", ""])
        if r.random() < .1:
            name = r.choice(NAMES + [""])
        if r.random() < .08:
            namespace = r.choice(NAMESPACES + [""])
    else:
        node, kind = r.choice(NODES), r.choice(REST)
        verb, sub = r.choice(VERBS), r.choice(["", "", "", "status"])
        namespace = r.choice(["", "kube-node-lease", "kube-node-lease", "nodes-a"])
        name = r.choice([node, node, "", r.choice(NODES), r.choice(NAMES)])
    group = GROUP_OF.get(kind, "") if r.random() < .97 else "example.com"
    asked = {"verb": verb, "group": group, "resource": kind, "subresource": sub, "namespace": namespace, "name": name}
    if verb in ("list", "watch", "deletecollection") and r.random() < .4:
        key = r.choice(["spec.nodeName"] * 4 + ["metadata.name"])
        value = node if r.random() < .8 else r.choice(NODES)
        asked["fieldSelector"] = r.choice([
            {"requirements": [{"key": key, "operator": "In", "values": [value]}]},
            {"requirements": [{"key": key, "operator": "NotIn", "values": [value]}]},
            {"requirements": [{"key": key, "operator": "In", "values": [value]},
                              {"key": "status.phase", "operator": "NotIn", "values": ["Failed"]}]},
            {"requirements": [{"key": key, "operator": "In", "values": [value, "other"]}]},
            {"rawSelector": f"{key}={value}"}])
    return {**who(r, node), "resourceAttributes": {k: v for k, v in asked.items() if v}}


def questions(world, seed, count):
    r = random.Random(f"node questions {world.seed} {seed}")
    return [question(r, world) for _ in range(count)]
