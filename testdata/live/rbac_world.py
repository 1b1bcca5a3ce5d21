"""Worlds of RBAC, and questions about them, made from a seed.

    world = make(seed)                  # world.documents: what to load into a server
    specs = questions(world, 1, 4000)   # specs of SubjectAccessReviews, about half of them to be allowed

Every rule of pkg/apis/rbac/v1/evaluation_helpers.go and pkg/registry/rbac/validation/rule.go is on both
sides of its border here.  Nothing that the server's validation refuses is made.
"""
import random

GROUP = "rbac.authorization.k8s.io"
NAMESPACES = [f"world-{x}" for x in ("a", "b", "c", "d", "e", "f")]
ACCOUNTS = ["app", "web", "robot"]
LABEL = "kassay-world"

VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate",
         "impersonate", "approve", "associated-node:update", "fly", "GET", "get,list", ""]
GROUPS = ["", "apps", "batch", GROUP, "*.example.com", "example.com", "APPS", "storage.k8s.io"]
RESOURCES = ["pods", "pods", "secrets", "configmaps", "deployments", "namespaces", "nodes", "persistentvolumes", "roles",
             "clusterroles", "serviceaccounts", "users", "gadgets", "Pods", "pod", ""]
SUBRESOURCES = ["exec", "log", "status", "scale", "token", "proxy", "finalize", "a/b", "*", "Exec"]
NAMES = ["a", "b", "ab", "*", "A", "world-a", "world-b", "", "x y"]
URLS = ["/", "/healthz", "/healthz/ping", "/healthz/", "/api", "/apis", "/api/v1", "/metrics", "/a", "/ab", "/aXb", "/a*b",
        "/HEALTHZ", "*", "", "/version", "/openapi/v3", "api"]
URL_RULES = ["*", "/api*", "/healthz/*", "/a*b", "/healthz/*", "/a*b", "/healthz", "/metrics", "/a**", "**", "/", "", "/*", "api*", "/healthz*",
             "/version/", "/*/ping"]
OWN_GROUPS = ["devs", "ops", "Devs", "nobody in it"]
USERS = ["alice", "bob", "Alice", "system:anonymous", "system:kube-scheduler", "carol@example.com", "*"]
ODD_NAMES = ["role:of:many:parts", "Upper", "with space", 'quo"ted', "grün", "dots.and-dashes", "back\\slash", "tab\there"]


class World:
    def __init__(self, seed):
        self.seed, self.documents = seed, []
        self.tag = f"w{seed}"
        self.roles = {}         # (namespace or None, name): rules, as the server holds them
        self.bindings = []

    def add(self, kind, name, namespace=None, labels=None, **more):
        meta = {"name": name, "labels": {LABEL: self.tag, **(labels or {})}}
        if namespace:
            meta["namespace"] = namespace
        document = {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": meta, **more}
        self.documents.append(document)
        if kind in ("Role", "ClusterRole"):
            self.roles[namespace, name] = document.get("rules") or []
        else:
            self.bindings.append(document)
        return document


def account(namespace, name):
    return f"system:serviceaccount:{namespace}:{name}"


def some(r, of, most):
    return r.sample(of, r.randint(1, most))


def resource(r):
    x = r.random()
    if x < .1:
        return "*"
    if x < .2:
        return "*/" + r.choice(SUBRESOURCES + ["*"])
    if x < .45:
        return r.choice(RESOURCES) + "/" + r.choice(SUBRESOURCES)
    return r.choice(RESOURCES)


def resource_rule(r):
    rule = {"verbs": ["*"] if r.random() < .15 else some(r, VERBS, 4),
            "apiGroups": ["*"] if r.random() < .25 else [""] if r.random() < .4 else some(r, GROUPS, 2),
            "resources": [resource(r) for _ in range(r.randint(1, 3))]}
    if r.random() < .3:
        rule["resourceNames"] = some(r, NAMES, 3)
    return rule


def url_rule(r):
    return {"verbs": ["*"] if r.random() < .3 else some(r, ["get", "post", "head", "put", "GET", "list"], 2),
            "nonResourceURLs": some(r, URL_RULES, 2)}


def rules(r, namespaced):
    made = [resource_rule(r) if namespaced or r.random() < .65 else url_rule(r) for _ in range(r.randint(0, 3))]
    if r.random() < .08:
        made.append({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]})
    return made


def subject(r, namespace):
    """One of a binding in the namespace, None: of a ClusterRoleBinding."""
    x = r.random()
    if x < .35:
        made = {"kind": "ServiceAccount", "name": r.choice(ACCOUNTS), "namespace": r.choice(NAMESPACES)}
        if namespace and r.random() < .5:
            del made["namespace"]
        return made
    if x < .65:
        name = r.choice(USERS)
        if r.random() < .25:
            name = account(r.choice(NAMESPACES), r.choice(ACCOUNTS))
        elif r.random() < .1:
            name = "system:node:node-0"
        return {"kind": "User", "apiGroup": GROUP, "name": name}
    name = r.choice(OWN_GROUPS)
    if r.random() < .45:
        # For all there are: seldom, else everything would be allowed.
        name = r.choice([f"system:serviceaccounts:{r.choice(NAMESPACES)}"] * 6 +
                        ["system:serviceaccounts", "system:unauthenticated", "system:masters", "system:nodes"] +
                        ["system:authenticated"] * (1 if r.random() < .5 else 0))
    return {"kind": "Group", "apiGroup": GROUP, "name": name}


def selector(r):
    x = r.random()
    if x < .4:
        return {"matchLabels": {"sum": r.choice(["one", "two", "three"])}}
    if x < .5:
        return {}
    key, operator = r.choice(["sum", "tier", "none"]), r.choice(["In", "NotIn", "Exists", "DoesNotExist"])
    expression = {"key": key, "operator": operator}
    if operator in ("In", "NotIn"):
        expression["values"] = some(r, ["one", "two", "three"], 2)
    return {"matchExpressions": [expression], **({"matchLabels": {"tier": "low"}} if r.random() < .3 else {})}


def selects(one, labels):
    """metav1.LabelSelectorAsSelector"""
    for key, value in one.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for e in one.get("matchExpressions", ()):
        has, values = e["key"] in labels, e.get("values", ())
        if not {"In": has and labels.get(e["key"]) in values, "NotIn": not has or labels[e["key"]] not in values,
                "Exists": has, "DoesNotExist": not has}[e["operator"]]:
            return False
    return True


def aggregate(world):
    """What pkg/controller/clusterroleaggregation does in one pass over half of those that aggregate; a server
    without the controller keeps the others as they were loaded, with rules that the selectors do not explain or
    with none."""
    whole = [d for d in world.documents if d["kind"] == "ClusterRole"]
    for n, d in enumerate(x for x in whole if "aggregationRule" in x):
        if n % 2:
            continue
        found = []
        for other in sorted(whole, key=lambda x: x["metadata"]["name"]):
            if other is not d and any(selects(s, other["metadata"]["labels"])
                                      for s in d["aggregationRule"]["clusterRoleSelectors"]):
                found += [x for x in other.get("rules") or [] if x not in found]
        d["rules"] = found[:6]
        world.roles[None, d["metadata"]["name"]] = d["rules"]


def make(seed, bindings=90):
    r = random.Random(f"world {seed}")
    world = World(seed)
    cluster = [f"cr-{i}" for i in range(24)] + [f"{n}" for n in ODD_NAMES[:4]]
    for name in cluster:
        labels = {"sum": r.choice(["one", "two", "three", "four"])} if r.random() < .5 else {}
        if r.random() < .3:
            labels["tier"] = r.choice(["low", "high"])
        more = {}
        if r.random() < .3:
            more["aggregationRule"] = {"clusterRoleSelectors": [selector(r) for _ in range(r.randint(1, 2))]}
        made = rules(r, False)
        if more and r.random() < .6:
            made = []
        world.add("ClusterRole", f"{world.tag}:{name}", labels=labels, rules=made, **more)
    aggregate(world)
    for namespace in NAMESPACES:
        for i in range(7):
            # Some have the name of a ClusterRole: a binding means one of them, not both.
            name = r.choice(cluster) if r.random() < .3 else f"r-{i}"
            if (namespace, f"{world.tag}:{name}") not in world.roles:
                world.add("Role", f"{world.tag}:{name}", namespace, rules=rules(r, True))
    for i in range(bindings):
        namespace = r.choice(NAMESPACES) if r.random() < .75 else None
        kind, known = "ClusterRole", [n for n in cluster]
        if namespace and r.random() < .6:
            kind = "Role"
            known = [n[len(world.tag) + 1:] for s, n in world.roles if s == namespace] + [f"r-{r.randrange(9)}"]
        name = f"{world.tag}:{r.choice(known)}"
        if r.random() < .06:
            name = r.choice(["missing", f"{world.tag}:missing", "view", "edit", "admin", "system:node"])
        made = {"roleRef": {"apiGroup": GROUP, "kind": kind, "name": name}}
        if r.random() < .97:
            made["subjects"] = [subject(r, namespace) for _ in range(r.choice([1, 1, 2, 3]))]
        odd = r.choice(ODD_NAMES) if r.random() < .1 else "b"
        world.add("RoleBinding" if namespace else "ClusterRoleBinding", f"{world.tag}:{odd}-{i}", namespace, **made)
    return world


# --- questions --------------------------------------------------------------------------------------

def groups_of(r, user):
    """As a server would give them, or not: a review names all that count."""
    if user.startswith("system:serviceaccount:"):
        right = ["system:serviceaccounts", "system:serviceaccounts:" + user.split(":")[2], "system:authenticated"]
    elif user == "system:anonymous":
        right = ["system:unauthenticated"]
    else:
        right = r.sample(OWN_GROUPS, r.randrange(2)) + ["system:authenticated"]
    x = r.random()
    if x < .25:
        return []
    if x < .35:
        return some(r, right, len(right)) + r.sample(OWN_GROUPS, 1)
    if x < .37:
        return right + ["system:masters"]
    return right


def who(r, wanted, namespace):
    """A user and groups that the subject means, or nearly means."""
    user, groups = r.choice(USERS), None
    if wanted and wanted["kind"] == "ServiceAccount":
        space = wanted.get("namespace") or namespace or r.choice(NAMESPACES)
        user = account(space, wanted["name"])
        if r.random() < .08:
            user = r.choice([account(space, wanted["name"] + "x"), account("world-f", wanted["name"]), wanted["name"],
                             f"system:serviceaccount:{space}", user.upper(), user + ":more",
                             f"system:serviceaccount:{wanted['name']}"])
    elif wanted and wanted["kind"] == "User":
        user = wanted["name"]
        if r.random() < .08:
            user = r.choice([user.lower(), user + " ", user[:-1] or "x", "*"])
    elif wanted:
        name = wanted["name"]
        parts = name.split(":")
        if parts[:2] == ["system", "serviceaccounts"]:
            user = account(parts[2] if len(parts) > 2 else r.choice(NAMESPACES), r.choice(ACCOUNTS))
        elif r.random() < .2:
            user = ""
        groups = groups_of(r, user)
        if name not in groups and r.random() < .85:
            groups.insert(r.randrange(len(groups) + 1), name if r.random() < .92 else name.lower())
    if groups is None:
        groups = groups_of(r, user)
    if not user and not groups:
        user = "alice"
    return user, groups


def verb_for(r, rule):
    verb = r.choice(rule["verbs"])
    if verb == "get" and r.random() < .1:
        return r.choice(["list", "watch"])
    return r.choice(VERBS) if verb == "*" and r.random() < .9 or r.random() < .07 else verb


def resource_for(r, rule):
    """(resource, subresource) at the border of the rule."""
    given = r.choice(rule["resources"])
    if given == "*":
        given = resource(r)
    name, _, sub = given.partition("/")
    x = r.random()
    if name == "*" and x < .95:
        name = r.choice(RESOURCES)
    if sub == "*" and x < .7:
        sub = r.choice(SUBRESOURCES)
    if x < .04:
        sub = ""
    elif x < .08:
        sub = r.choice(SUBRESOURCES)
    elif x < .1:
        name, sub = given, ""                   # with the slash in the name of the resource
    elif x < .12:
        name, sub = "*", sub
    elif x < .14:
        name, sub = name + "/" + sub, sub
    return name, sub


def name_for(r, rule):
    given = rule.get("resourceNames")
    if given and r.random() < .85:
        return r.choice(given)
    return r.choice(NAMES) if r.random() < .6 else ""


def url_for(r, rule):
    given = r.choice(rule["nonResourceURLs"])
    x = r.random()
    if x < .3:
        return given
    if x < .5 and "*" in given:
        # What other patterns would take: /a*b for /aXb, /healthz/* for /healthz.
        return given.rstrip("*").rstrip("/") if given.endswith("*") else given.replace("*", "X")
    if given.endswith("*") and x < .85:
        return given.rstrip("*") + r.choice(["", "/", "x", "s/v1", "*"])
    return r.choice(URLS) if x < .95 else given + "/"


def question(r, world, binding):
    namespace = binding["metadata"].get("namespace")
    ref = binding["roleRef"]
    known = world.roles.get((namespace if ref["kind"] == "Role" else None, ref["name"]))
    if r.random() < .04:
        known = world.roles[r.choice(list(world.roles))]
    wanted = r.choice(binding["subjects"]) if binding.get("subjects") else None
    user, groups = who(r, wanted, namespace)
    spec = {"user": user, "groups": groups}
    rule = r.choice(known) if known else {"verbs": ["get"], "apiGroups": [""], "resources": [r.choice(RESOURCES)]}
    if "nonResourceURLs" in rule:
        verb = verb_for(r, rule)
        spec["nonResourceAttributes"] = {"verb": verb, "path": url_for(r, rule)}
        return spec
    if r.random() < .03:
        spec["nonResourceAttributes"] = {"verb": verb_for(r, rule), "path": r.choice(URLS)}
        return spec
    name, sub = resource_for(r, rule)
    group = r.choice(rule["apiGroups"])
    if group == "*" and r.random() < .95 or r.random() < .06:
        group = r.choice(GROUPS)
    space = namespace if r.random() < .88 else r.choice(NAMESPACES + [""])
    if not namespace and r.random() < .6:
        space = r.choice(NAMESPACES + ["elsewhere"])
    asked = {"namespace": space or "", "verb": verb_for(r, rule), "group": group, "resource": name, "subresource": sub,
             "name": name_for(r, rule), "version": r.choice(["v1", "*", "", "v1beta1"])}
    if r.random() < .02 and name == "namespaces":
        asked["name"] = asked["namespace"]
    if r.random() < .03:
        asked["fieldSelector"] = {"requirements": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]}
    spec["resourceAttributes"] = {k: v for k, v in asked.items() if v or r.random() < .2}
    return spec


def questions(world, seed, count):
    r = random.Random(f"questions {world.seed} {seed}")
    return [question(r, world, r.choice(world.bindings)) for _ in range(count)]
