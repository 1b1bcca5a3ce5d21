"""Kubernetes objects of many shapes, made from a seed."""
import random

RBAC = "rbac.authorization.k8s.io/v1"
CANARY = "canary-value-of-a-secret"


def meta(name, namespace=None, **more):
    m = {"name": name, **more}
    if namespace:
        m["namespace"] = namespace
    return m


def pod_spec(r):
    security = {}
    if r.random() < .2:
        security["privileged"] = True
    if r.random() < .4:
        security["runAsNonRoot"] = r.random() < .8
    if r.random() < .3:
        security["capabilities"] = {"drop": ["ALL"]} if r.random() < .6 else {"add": ["NET_ADMIN"]}
    if r.random() < .3:
        security["seccompProfile"] = {"type": "RuntimeDefault"}
    if r.random() < .3:
        security["allowPrivilegeEscalation"] = security.get("privileged", False)
    container = {"name": "main", "image": f"registry.example.com/app-{r.randrange(9)}:{r.choice(['1', 'latest'])}",
                 "args": ["--verbose", f"--shard={r.randrange(3)}"]}
    if security:
        container["securityContext"] = security
    if r.random() < .4:
        container["resources"] = {"limits": {"cpu": "1500m", "memory": "1Gi"}, "requests": {"cpu": ".5"}}
    if r.random() < .3:
        container["ports"] = [{"containerPort": 8080, "name": "http"}]
        container["livenessProbe"] = {"httpGet": {"path": "/healthz", "port": r.choice(["http", 8080])}}
    if r.random() < .3:
        container["env"] = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                            {"name": "MODE", "value": "fast"}]
    spec = {"containers": [container]}
    if r.random() < .2:
        spec["initContainers"] = [{"name": "init", "image": "registry.example.com/init@sha256:" + "ab" * 32}]
    if r.random() < .2:
        spec["hostNetwork"] = True
    if r.random() < .1:
        spec["hostPID"] = True
    if r.random() < .3:
        spec["volumes"] = [{"name": "v", "hostPath": {"path": r.choice(["/", "/var/log", "/etc/kubernetes"])}}]
        container["volumeMounts"] = [{"name": "v", "mountPath": "/v", "readOnly": r.random() < .5}]
    if r.random() < .4:
        spec["automountServiceAccountToken"] = r.random() < .5
    if r.random() < .4:
        spec["serviceAccountName"] = r.choice(["app", "missing"])
    if r.random() < .2:
        spec["securityContext"] = {"runAsUser": r.choice([0, 1000])}
        if not spec.get("hostNetwork"):
            spec["securityContext"]["sysctls"] = [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]
    return spec


def workload(r, n, namespace):
    labels = {"app": f"app-{n % 7}"}
    template = {"metadata": {"labels": labels}, "spec": pod_spec(r)}
    kind = r.choice(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"])
    spec = {"selector": {"matchLabels": labels}, "template": template}
    version = "apps/v1"
    if kind == "StatefulSet":
        spec["serviceName"] = "web"
    if kind in ("Job", "CronJob"):
        template["spec"]["restartPolicy"] = "Never"
        template["metadata"].pop("labels")
        spec, version = {"template": template}, "batch/v1"
    if kind == "CronJob":
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": spec}}
    return {"apiVersion": version, "kind": kind, "metadata": meta(f"work-{n}", namespace), "spec": spec}


def rule(r):
    return {"verbs": r.sample(["get", "list", "watch", "create", "update", "delete", "*", "bind"], 2),
            "apiGroups": r.choice([[""], ["*"], ["apps", ""]]),
            "resources": r.sample(["pods", "secrets", "configmaps", "pods/exec", "*", "deployments",
                                   "serviceaccounts/token", "nodes/proxy"], 2)}


def rbac(r, n, namespace):
    role = r.choice(["Role", "ClusterRole"])
    one = {"apiVersion": RBAC, "kind": role, "rules": [rule(r) for _ in range(r.randrange(3))],
           "metadata": meta(f"role-{n}", namespace if role == "Role" else None)}
    binding = "ClusterRoleBinding" if role == "ClusterRole" and r.random() < .4 else "RoleBinding"
    two = {"apiVersion": RBAC, "kind": binding,
           "metadata": meta(f"bind-{n}", namespace if binding == "RoleBinding" else None),
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": f"role-{n}"},
           "subjects": [{"kind": "ServiceAccount", "name": "app", "namespace": namespace},
                        {"apiGroup": "rbac.authorization.k8s.io", "kind": r.choice(["User", "Group"]),
                         "name": f"person-{n % 5}"}][:r.randrange(3)]}
    if not two["subjects"]:
        del two["subjects"]
    return [one, two]


def small(r, n, namespace):
    v1 = {"apiVersion": "v1"}
    return [
        dict(v1, kind="Secret", metadata=meta(f"secret-{n}", namespace), type="Opaque",
             stringData={"password": CANARY, "user": "root"}),
        dict(v1, kind="ConfigMap", metadata=meta(f"config-{n}", namespace),
             data={"mode": "fast", "db_password": CANARY if n % 9 == 0 else "", "n": str(n)}),
        dict(v1, kind="Service", metadata=meta(f"service-{n}", namespace), spec={
            "selector": {"app": f"app-{n % 7}"}, "ports": [{"port": 80, "targetPort": "http"}],
            "type": r.choice(["ClusterIP", "NodePort", "LoadBalancer"])}),
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta(f"policy-{n}", namespace),
         "spec": {"podSelector": {"matchLabels": {"app": f"app-{n % 7}"}} if n % 3 else {},
                  "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {}}]}][:n % 2]}},
    ]


def make(seed, count, namespaces=12):
    """About `count` objects."""
    r = random.Random(seed)
    names = [f"team-{i}" for i in range(namespaces)]
    out = []
    for i, ns in enumerate(names):
        labels = {"pod-security.kubernetes.io/enforce": "privileged"} if i % 2 else {}
        out.append({"apiVersion": "v1", "kind": "Namespace", "metadata": meta(ns, labels=labels)})
        out.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta("app", ns)})
        out.append({"apiVersion": "v1", "kind": "Secret", "metadata": meta(
            "app-token", ns, annotations={"kubernetes.io/service-account.name": "app"}),
            "type": "kubernetes.io/service-account-token"})
    out.append({"apiVersion": RBAC, "kind": "ClusterRole", "metadata": meta("sum"), "rules": [],
                "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"sum": "true"}}]}})
    while len(out) < count:
        n, ns = len(out), r.choice(names)
        out.extend(r.choice([
            lambda: [{"apiVersion": "v1", "kind": "Pod", "metadata": meta(f"pod-{n}", ns), "spec": pod_spec(r)}],
            lambda: [workload(r, n, ns)], lambda: rbac(r, n, ns), lambda: small(r, n, ns)])())
    return out


def pods(seed, count, replicas=50):
    """As Deployments make them: `replicas` of each spec, owned by a ReplicaSet."""
    r = random.Random(seed)
    for i in range(count):
        if i % replicas == 0:
            spec, app, template = pod_spec(r), f"app-{i // replicas}", f"{r.randrange(1 << 32):x}"
        yield {"apiVersion": "v1", "kind": "Pod", "spec": spec, "metadata": meta(
            f"{app}-{template}-{r.randrange(1 << 24):06x}{i % replicas}", "many", labels={
                "app": app, "pod-template-hash": template},
            ownerReferences=[{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{app}-{template}",
                              "uid": f"00000000-0000-4000-8000-{i // replicas:012}", "controller": True}])}
