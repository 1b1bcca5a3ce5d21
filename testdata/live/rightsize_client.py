"""What the clients of the right-sizing test have and do: grants that are far too broad, and requests in a known
order, which leave the cluster as they found it, so that they can be sent again.

A step is (account, method, path, body, headers).  Bodies of PATCH say their kind by the header.
"""
RBAC = "rbac.authorization.k8s.io"
NAMESPACES = ["shop", "dev", "ops"]
CORE, APPS = "/api/v1", "/apis/apps/v1"
MERGE = {"Content-Type": "application/merge-patch+json"}
APPLY = {"Content-Type": "application/apply-patch+yaml"}
WATCH = "timeoutSeconds=1"

# Who sends: a service account, (namespace, name), or a user of the token file.
CONTROLLER, READER, BREAKER = ("shop", "controller"), ("shop", "reader"), ("ops", "breaker")
GUEST, IDLE, SPREAD, CAROL = ("dev", "guest"), ("dev", "idle"), ("dev", "spread"), "carol"
OPERATOR = ("ops", "operator")
ACCOUNTS = [CONTROLLER, READER, BREAKER, GUEST, IDLE, SPREAD, OPERATOR]


def user_of(account):
    return account if isinstance(account, str) else "system:serviceaccount:" + ":".join(account)


def meta(name, namespace=None, **more):
    return {"name": name, **({"namespace": namespace} if namespace else {}), **more}


def role(kind, name, rules, namespace=None):
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": meta(name, namespace), "rules": rules}


def binding(name, kind, role_name, subjects, namespace=None):
    return {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
            "metadata": meta(name, namespace), "roleRef": {"apiGroup": RBAC, "kind": kind, "name": role_name},
            "subjects": subjects}


def sa(account):
    return {"kind": "ServiceAccount", "namespace": account[0], "name": account[1]}


def person(kind, name):
    return {"kind": kind, "apiGroup": RBAC, "name": name}


def template():
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}


def deployment(name, namespace, replicas=2):
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(name, namespace), "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template()}}


def config_map(name, namespace, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(name, namespace, labels={"made": "here"}), "data": data}


def objects():
    out = [{"apiVersion": "v1", "kind": "Namespace", "metadata": meta(n)} for n in NAMESPACES]
    out += [{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(n, ns)} for ns, n in ACCOUNTS]
    out.append({"apiVersion": "v1", "kind": "Node", "metadata": meta("node-0"),
                "status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}]}})
    for ns in NAMESPACES:
        out.append(deployment("web", ns))
        out.append(config_map("settings", ns, mode="fast"))
        for name in ("db", "tls"):
            out.append({"apiVersion": "v1", "kind": "Secret", "metadata": meta(name, ns), "stringData": {"k": "v"}})
        out.append({"apiVersion": "v1", "kind": "Service", "metadata": meta("web", ns), "spec": {"ports": [{"port": 80}]}})
        for i in range(2):
            out.append({"apiVersion": "v1", "kind": "Pod", "metadata": meta(f"web-{i}", ns, labels={"app": "web"}),
                        "spec": template()["spec"]})
    return out


def grants():
    every = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
    return [
        role("ClusterRole", "controller", [
            {"verbs": every, "apiGroups": ["", "apps", "batch", "events.k8s.io", "coordination.k8s.io"], "resources": ["*"]},
            {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*/scale", "*/status", "widgets"]},
            {"verbs": ["*"], "nonResourceURLs": ["*"]}]),
        role("ClusterRole", "reading", [
            {"verbs": ["get", "list", "watch"], "apiGroups": ["*"], "resources": ["*"]}]),
        # No controller fills the aggregated roles of the server.
        role("ClusterRole", "viewing", [
            {"verbs": ["get", "list", "watch"], "apiGroups": ["", "apps"],
             "resources": ["pods", "pods/log", "pods/status", "services", "configmaps", "endpoints", "deployments"]}]),
        role("ClusterRole", "editing", [
            {"verbs": ["*"], "apiGroups": ["", "apps"], "resources": ["pods", "configmaps", "secrets", "deployments"]}]),
        role("Role", "settings", [
            {"verbs": ["*"], "apiGroups": [""], "resources": ["configmaps", "secrets"]}], "dev"),
        role("Role", "named", [
            {"verbs": ["get", "update", "delete"], "apiGroups": [""], "resources": ["configmaps"],
             "resourceNames": ["settings", "other"]},
            {"verbs": ["create"], "apiGroups": [""], "resources": ["pods/exec", "pods/portforward"],
             "resourceNames": ["web-0", "web-1"]}], "dev"),
        binding("controller", "ClusterRole", "controller", [sa(CONTROLLER)]),
        # What it needs is in one of these namespaces only, and by two ways.
        binding("reading", "ClusterRole", "reading", [sa(READER), sa(SPREAD), person("User", CAROL)]),
        binding("reading", "ClusterRole", "viewing", [sa(READER), sa(IDLE)], "dev"),
        binding("breaker", "ClusterRole", "cluster-admin", [sa(BREAKER)]),
        role("ClusterRole", "operating", [
            {"verbs": ["*"], "apiGroups": [RBAC], "resources": ["*"]}]),
        binding("operating", "ClusterRole", "operating", [sa(OPERATOR)]),
        binding("settings", "Role", "settings", [sa(GUEST), {"kind": "ServiceAccount", "name": "spread"},
                                                 person("User", user_of(READER))], "dev"),
        binding("named", "Role", "named", [sa(GUEST), person("User", CAROL)], "dev"),
        # By way of groups, which stay: everybody of a namespace, and of a group of people.
        binding("shop", "ClusterRole", "viewing", [person("Group", "system:serviceaccounts:shop")], "shop"),
        binding("devs", "ClusterRole", "editing", [person("Group", "devs")], "dev"),
        # Whom is impersonated.
        binding("alice", "ClusterRole", "viewing", [person("User", "alice")], "dev"),
    ]


def controller():
    pods, apps = f"{CORE}/namespaces/shop/pods", f"{APPS}/namespaces/shop/deployments"
    maps = f"{CORE}/namespaces/shop/configmaps"
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta("leader", "shop"), "spec": {}}
    leases = "/apis/coordination.k8s.io/v1/namespaces/shop/leases"
    event = {"metadata": meta("seen", "shop"), "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-0"},
             "reason": "Seen", "type": "Normal"}
    new = {"eventTime": "2024-01-01T00:00:00.000000Z", "action": "See", "reason": "Seen", "type": "Normal",
           "reportingController": "example.com/test", "reportingInstance": "test-0", "metadata": meta("seen-new", "shop"),
           "regarding": {"kind": "Pod", "namespace": "shop", "name": "web-0"}}
    steps = [
        # An informer of the whole cluster, and one of a namespace; a watch of one object.
        ("GET", f"{CORE}/pods?limit=500"), ("GET", f"{CORE}/pods?watch=1&{WATCH}"),
        ("GET", f"{apps}?limit=500"), ("GET", f"{apps}?watch=true&{WATCH}"),
        ("GET", f"{CORE}/watch/namespaces/shop/services?{WATCH}"),
        ("GET", f"{maps}?fieldSelector=metadata.name%3Dsettings"),
        ("GET", f"{maps}?watch=1&fieldSelector=metadata.name%3Dsettings&{WATCH}"),
        ("GET", f"{CORE}/nodes"), ("GET", f"{CORE}/nodes/node-0"), ("GET", f"{CORE}/namespaces/shop"),
        ("PATCH", f"{CORE}/nodes/node-0", {"metadata": {"labels": {"seen": "yes"}}}, MERGE),
        ("PATCH", f"{CORE}/namespaces/shop", {"metadata": {"labels": {"seen": "yes"}}}, MERGE),
        # Named reading; what is not there was allowed too.
        ("GET", f"{CORE}/namespaces/shop/secrets/db"), ("GET", f"{CORE}/namespaces/shop/secrets/absent"),
        ("HEAD", f"{CORE}/namespaces/shop/secrets/tls"),
        # Life of an object.
        ("POST", maps, config_map("made", "shop")), ("GET", f"{maps}/made"),
        ("PUT", f"{maps}/made", config_map("made", "shop", n="1")),
        ("PATCH", f"{maps}/made", {"data": {"n": "2"}}, MERGE), ("POST", maps, config_map("made", "shop")),
        ("DELETE", f"{maps}/made"), ("DELETE", f"{maps}/made"),
        ("POST", maps, config_map("made-too", "shop")),
        ("DELETE", f"{maps}?labelSelector=made%3Dhere,no%3Dsuch"), ("DELETE", f"{maps}/made-too"),
        # Two ways to make an object by its name: the server asks for `create` without telling the log.
        ("PATCH", f"{maps}/applied?fieldManager=test", config_map("applied", "shop", n="1"), APPLY),
        ("PATCH", f"{maps}/applied?fieldManager=test", config_map("applied", "shop", n="2"), APPLY),
        ("DELETE", f"{maps}/applied"),
        ("PUT", f"{leases}/leader", lease), ("GET", f"{leases}/leader"), ("DELETE", f"{leases}/leader"),
        # Subresources.
        ("GET", f"{apps}/web/scale"), ("PATCH", f"{apps}/web/scale", {"spec": {"replicas": 3}}, MERGE),
        ("PATCH", f"{apps}/web/scale", {"spec": {"replicas": 2}}, MERGE),
        ("PATCH", f"{apps}/web/status", {"status": {"observedGeneration": 1}}, MERGE), ("GET", f"{apps}/web/status"),
        ("GET", f"{pods}/web-0/log"), ("GET", f"{pods}/absent/log"),
        ("POST", f"{CORE}/namespaces/shop/serviceaccounts/controller/token", {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}),
        ("GET", f"{CORE}/namespaces/shop/services/web/proxy/path"),
        ("POST", f"{CORE}/namespaces/shop/events", {"apiVersion": "v1", "kind": "Event", **event}),
        ("DELETE", f"{CORE}/namespaces/shop/events/seen"),
        ("POST", "/apis/events.k8s.io/v1/namespaces/shop/events",
         {"apiVersion": "events.k8s.io/v1", "kind": "Event", **new}),
        ("DELETE", "/apis/events.k8s.io/v1/namespaces/shop/events/seen-new"),
        # Not served here, yet asked for and allowed.
        ("GET", "/apis/example.com/v1/widgets"),
        # Not resources.  Some of these everybody may.
        ("GET", "/version"), ("GET", "/healthz"), ("GET", "/healthz/ping"), ("GET", "/metrics"), ("GET", "/api"),
        ("GET", "/apis/apps/v1"), ("GET", "/livez/ping"), ("HEAD", "/readyz"), ("GET", "/no/such/page"),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}),
        # Refused.
        ("GET", f"/apis/{RBAC}/v1/clusterroles"), ("POST", f"/apis/{RBAC}/v1/clusterrolebindings", {}),
        ("GET", "/apis/storage.k8s.io/v1/csinodes/node-0"),
    ]
    return steps


def reader():
    return [
        ("GET", f"{CORE}/namespaces/dev/pods"), ("GET", f"{CORE}/namespaces/dev/pods/web-0"),
        ("GET", f"{CORE}/namespaces/dev/pods?watch=1&{WATCH}"),
        ("GET", f"{CORE}/namespaces/shop/pods"), ("GET", f"{CORE}/namespaces/shop/pods/web-1/status"),
        ("GET", f"{CORE}/namespaces/ops/secrets/db"), ("GET", f"{APPS}/namespaces/ops/deployments"),
        ("PATCH", f"{CORE}/namespaces/dev/configmaps/settings", {"data": {"by": "reader"}}, MERGE),
        ("DELETE", f"{CORE}/namespaces/shop/pods/web-0"), ("POST", f"{CORE}/namespaces/ops/configmaps", config_map("x", "ops")),
        ("GET", "/metrics"), ("POST", f"{CORE}/namespaces/dev/pods/web-0/exec?command=true"),
    ]


def spread():
    """Its ClusterRoleBinding is used in two namespaces of many."""
    return [(method, f"{CORE}/namespaces/{ns}/services{rest}") for ns in ("dev", "ops")
            for method, rest in (("GET", ""), ("GET", "/web"))] + [
        ("GET", f"{CORE}/namespaces/dev/secrets/db"), ("GET", f"{CORE}/namespaces/dev/endpoints"),
        ("DELETE", f"{CORE}/namespaces/ops/services/web")]


def guest():
    maps = f"{CORE}/namespaces/dev/configmaps"
    return [
        ("GET", f"{maps}/settings"), ("PUT", f"{maps}/settings", config_map("settings", "dev", mode="slow")),
        ("GET", f"{maps}/other"), ("DELETE", f"{maps}/other"),
        ("POST", f"{CORE}/namespaces/dev/pods/web-0/exec?command=true&stdout=1"),
        ("POST", f"{CORE}/namespaces/dev/pods/web-1/portforward"),
        ("POST", f"{CORE}/namespaces/dev/pods/web-9/exec?command=true"), ("GET", f"{CORE}/namespaces/dev/pods"),
        ("GET", f"{CORE}/namespaces/shop/configmaps/settings"),
    ]


def as_user(name, *groups):
    return {"Impersonate-User": name, "Impersonate-Group": list(groups)}


def breaker():
    secrets, pods = f"{CORE}/namespaces/dev/secrets", f"{CORE}/namespaces/dev/pods"
    return [
        ("GET", pods, None, as_user("alice")), ("GET", secrets, None, as_user("alice")),
        ("GET", pods, None, as_user("somebody", "devs")),
        ("GET", pods, None, as_user("somebody", "devs", "system:authenticated")),
        ("GET", f"{pods}/web-0", None, as_user(user_of(READER))),
        ("GET", f"{pods}/web-1", None, {**as_user("alice"), "Impersonate-Uid": "7", "Impersonate-Extra-Scopes": ["a", "b"],
                                        "Impersonate-Extra-Example.com%2fTeam": ["x"]}),
        ("GET", f"{CORE}/namespaces/ops/pods", None, as_user(user_of(GUEST))),
        ("GET", f"{CORE}/nodes", None, as_user("root", "system:masters")),
        ("GET", f"{CORE}/namespaces/kube-system/configmaps"), ("GET", f"{secrets}/db"),
        ("DELETE", f"{pods}?labelSelector=no%3Dsuch"),
        ("POST", f"{CORE}/namespaces/dev/pods/absent/eviction", {
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": meta("absent", "dev")}),
    ]


def operator():
    """Grants what it does not hold: it may, for it holds escalate and bind, which no log shows."""
    roles, bindings = (f"/apis/{RBAC}/v1/namespaces/shop/{x}" for x in ("roles", "rolebindings"))
    made = role("Role", "made", [{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}], "shop")
    bound = binding("made", "Role", "made", [person("User", "alice")], "shop")
    wide = binding("wide", "ClusterRole", "reading", [person("User", "alice")], "shop")
    return [
        ("POST", roles, made), ("GET", f"{roles}/made"),
        ("PUT", f"{roles}/made", role("Role", "made", [
            {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["secrets"]}], "shop")),
        ("POST", bindings, bound), ("POST", bindings, wide),
        ("PATCH", f"{bindings}/wide", {"metadata": {"labels": {"seen": "yes"}}}, MERGE),
        ("DELETE", f"{bindings}/wide"), ("DELETE", f"{bindings}/made"), ("DELETE", f"{roles}/made"),
        ("GET", f"{CORE}/namespaces/shop/secrets/db"),
    ]


def carol():
    return [
        ("GET", f"{CORE}/namespaces/dev/configmaps/settings"), ("GET", f"{CORE}/namespaces/shop/secrets/tls"),
        ("GET", f"{CORE}/namespaces/dev/pods"), ("POST", f"{CORE}/namespaces/dev/configmaps", config_map("hers", "dev")),
        ("DELETE", f"{CORE}/namespaces/dev/configmaps/hers"), ("DELETE", f"{CORE}/namespaces/shop/pods/web-0"),
    ]


def steps():
    out = []
    for account, made in ((CONTROLLER, controller()), (READER, reader()), (SPREAD, spread()), (GUEST, guest()),
                          (BREAKER, breaker()), (OPERATOR, operator()), (CAROL, carol())):
        for method, path, *more in made:
            body = more[0] if more else None
            out.append((account, method, path, body, more[1] if len(more) > 1 else {}))
    return out
