"""Records what a real kube-apiserver lets be written and impersonated, for src/analysis/rbac_recorded_test.c:

    /usr/bin/python3 record_gifts.py ASSETS FOLDER [--seed S] [--rows N]

ASSETS is a folder with etcd and kube-apiserver.  FOLDER gets `world.jsonl`, the RBAC objects that were in the
server, and `answers.tsv`, a question and its answer a row:

    role USER GROUPS VERB NAMESPACE NAME RULES AGGREGATED          yes | no
    binding USER GROUPS NAMESPACE ROLE-KIND ROLE-NAME              yes | no
    impersonate USER GROUPS AS UID AS-GROUPS EXTRA-KEY EXTRA-VALUES    GROUPS | no

Lists are joined by commas, '' is an empty word and "-" an empty field; rules are written as in
src/analysis/rbac_rules_testing.h.  Roles and bindings are written with dryRun=All.  Impersonated is the creation
of a SelfSubjectReview; "*" for the groups of nodes, which depend on the mode by which the caller came through before.
"""
import argparse
import json
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cluster  # noqa: E402

GROUP = "rbac.authorization.k8s.io"
BASE = f"/apis/{GROUP}/v1"
KINDS = {"roles": "Role", "clusterroles": "ClusterRole", "rolebindings": "RoleBinding",
         "clusterrolebindings": "ClusterRoleBinding"}
NAMESPACES = ["a", "b"]
WRITERS = [f"writer-{i}" for i in range(5)]
GROUPS = ["group-0", "group-1"]
CALLERS = [f"caller-{i}" for i in range(8)]
EVERYBODY = ["system:authenticated", "system:unauthenticated"]
FIELDS = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"]
# Few words, so that rules often meet.
WORDS = {
    "verbs": ["get", "list", "create", "*", "bind", "escalate"],
    "apiGroups": ["", "apps", GROUP, "*"],
    "resources": ["pods", "pods/log", "*/log", "*", "roles", "clusterroles", "deployments", "pods/*"],
    "resourceNames": ["x", "y", "*"],
    "nonResourceURLs": ["/a", "/a/*", "/b*", "*", "/a/b"],
}
IMPERSONATION = {
    "verbs": ["impersonate", "impersonate:user-info", "impersonate:serviceaccount", "impersonate:arbitrary-node",
              "impersonate-on:user-info:create", "impersonate-on:serviceaccount:create",
              "impersonate-on:arbitrary-node:create", "impersonate-on:arbitrary-node:list"],
    "apiGroups": ["", "authentication.k8s.io"],
    "resources": ["users", "groups", "serviceaccounts", "nodes", "uids", "userextras/a.io/k", "userextras/*",
                  "userextras/k", "selfsubjectreviews"],
    "resourceNames": ["alice", "g", "*", "web", "n1", "u1", "v", "system:masters"],
}
AS = ["alice", "bob", "system:serviceaccount:a:web", "system:serviceaccount:b:web", "system:serviceaccount:A:web",
      "system:node:n1", "system:node:n2", "system:node:N_1", "system:anonymous"]
AS_GROUPS = [[], [], ["g"], ["g", "h"], ["system:masters"], ["g", "h", "i", "j"], ["system:unauthenticated"]]
EXTRAS = [("", []), ("", []), ("a.io/k", ["v"]), ("a.io/k", ["v", "w"]), ("k", ["v"]), ("a.io/k", ["v", "w", "x", "y"])]


def some(r, words, most=3, least=1):
    return sorted({r.choice(words) for _ in range(r.randint(least, most))})


def rule(r, urls):
    if urls and r.random() < .25:
        return {"verbs": some(r, WORDS["verbs"][:4]), "nonResourceURLs": some(r, WORDS["nonResourceURLs"])}
    made = {key: some(r, WORDS[key]) for key in FIELDS[:3]}
    if r.random() < .25:
        made["resourceNames"] = some(r, WORDS["resourceNames"], 2)
    return made


def impersonation(r):
    made = {"verbs": some(r, IMPERSONATION["verbs"], 5), "apiGroups": some(r, IMPERSONATION["apiGroups"], 2),
            "resources": some(r, IMPERSONATION["resources"], 5)}
    if r.random() < .4:
        made["resourceNames"] = some(r, IMPERSONATION["resourceNames"])
    return made


def meta(name, namespace, **more):
    return {"name": name, **({"namespace": namespace} if namespace else {}), **more}


def role(namespace, name, rules, aggregated=False, **more):
    made = {"apiVersion": f"{GROUP}/v1", "kind": "Role" if namespace else "ClusterRole",
            "metadata": meta(name, namespace, **more), "rules": rules}
    if aggregated:
        made["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": {"x": "y"}}]}
    return made


def binding(namespace, name, kind, role_name, subjects):
    return {"apiVersion": f"{GROUP}/v1", "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
            "metadata": meta(name, namespace), "roleRef": {"apiGroup": GROUP, "kind": kind, "name": role_name},
            "subjects": [{"apiGroup": GROUP, "kind": k, "name": n} for k, n in subjects]}


def world(r):
    made = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in NAMESPACES]
    made += [role(None, f"wide-{i}", [rule(r, True) for _ in range(r.randint(0, 3))]) for i in range(8)]
    made += [role(n, f"near-{i}", [rule(r, False) for _ in range(r.randint(0, 3))])
             for n in NAMESPACES for i in range(4)]
    for i in range(14):
        namespace = r.choice([None] + NAMESPACES)
        kind = "Role" if namespace and r.random() < .5 else "ClusterRole"
        name = r.choice([f"near-{r.randrange(4)}" if kind == "Role" else f"wide-{r.randrange(8)}"] * 4 + ["gone"])
        subjects = [("User", r.choice(WRITERS)) if r.random() < .7 else ("Group", r.choice(GROUPS))
                    for _ in range(r.randint(1, 2))]
        made.append(binding(namespace, f"some-{i}", kind, name, subjects))
    made.append(role(None, "writer", [{"verbs": ["create", "update"], "apiGroups": [GROUP], "resources": list(KINDS)}]))
    made.append(binding(None, "writer", "ClusterRole", "writer", [("User", u) for u in WRITERS[:4]]))
    for i in range(16):
        made.append(role(None, f"act-{i}", [impersonation(r) for _ in range(r.randint(1, 4))]))
        made += [binding(r.choice([None, None, "a"]), f"act-{i}-{k}", "ClusterRole", f"act-{i}",
                         [("User", r.choice(CALLERS))]) for k in range(2)]
    made.append(role(None, "self", [{"verbs": ["create"], "apiGroups": ["authentication.k8s.io"],
                                     "resources": ["selfsubjectreviews"]}]))
    made.append(binding(None, "self", "ClusterRole", "self", [("Group", g) for g in EVERYBODY]))
    return made


def joined(words):
    return ",".join(w or "''" for w in words) or "-"


def rules_text(rules):
    return ";".join("|".join(",".join(w or "''" for w in x.get(f, [])) for f in FIELDS) for x in rules) or "-"


class Recorder:
    def __init__(self, c):
        self.c, self.connection = c, c.connection()

    def ask(self, method, path, body, caller, headers):
        """Headers may come twice."""
        text = json.dumps(body).encode()
        self.connection.putrequest(method, path)
        for key, value in [("Authorization", f"Bearer {cluster.TOKENS[caller][0]}"),
                           ("Content-Type", "application/json"), ("Content-Length", str(len(text)))] + headers:
            self.connection.putheader(key, value)
        self.connection.endheaders(text)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def write(self, r, documents):
        """A row about a role or a binding; None when the server finds the object itself at fault."""
        user, groups, namespace = r.choice(WRITERS), some(r, GROUPS, 2, 0), r.choice([None] + NAMESPACES)
        headers = [("Impersonate-User", user)] + [("Impersonate-Group", g) for g in groups]
        base = BASE + (f"/namespaces/{namespace}" if namespace else "")
        row = [user, joined(groups + EVERYBODY[:1])]
        if r.random() < .5:
            rules = [rule(r, not namespace) for _ in range(r.randint(0, 2))]
            if r.random() < .3:
                known = r.choice([d for d in documents if "rules" in d])["rules"]
                rules = [x for x in known if not namespace or "resources" in x]
            aggregated, path = not namespace and r.random() < .2, "/roles" if namespace else "/clusterroles"
            known = f"{'near' if namespace else 'wide'}-{r.randrange(4)}"
            verb, name = r.choice([("create", "new"), ("update", known)])
            # A label, so that it is more than what the garbage collector may write.
            body = role(namespace, name, rules, aggregated, labels={"changed": str(r.randrange(1 << 30))})
            status, data = self.ask("POST" if verb == "create" else "PUT", base + path +
                                    ("" if verb == "create" else f"/{name}") + "?dryRun=All", body, "admin", headers)
            row = ["role"] + row + [verb, namespace or "-", name, rules_text(rules), "yes" if aggregated else "no"]
        else:
            kind = "Role" if namespace and r.random() < .5 else "ClusterRole"
            name = r.choice([f"near-{i}" for i in range(4)] if kind == "Role" else
                            [f"wide-{i}" for i in range(8)] + ["view", "edit"]) if r.random() < .9 else "gone"
            status, data = self.ask("POST", base + ("/rolebindings" if namespace else "/clusterrolebindings") +
                                    "?dryRun=All", binding(namespace, "new", kind, name, []), "admin", headers)
            row = ["binding"] + row + [namespace or "-", kind, name]
        if status == 422:
            return None
        if status not in (200, 201, 403, 404):
            raise RuntimeError(f"{row}: {status} {data[:300]!r}")
        return row + ["yes" if status < 300 else "no"]

    def impersonate(self, r):
        caller, user, uid = r.choice(CALLERS), r.choice(AS), r.choice(["", "", "", "u1", "u2"])
        groups, (key, values) = r.choice(AS_GROUPS), r.choice(EXTRAS)
        headers = [("Impersonate-User", user)] + ([("Impersonate-Uid", uid)] if uid else []) + \
            [("Impersonate-Group", g) for g in groups] + \
            [("Impersonate-Extra-" + key.replace("/", "%2f"), v) for v in values]
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        status, data = self.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body, caller, headers)
        now = "no"
        if status == 201:
            now = joined(json.loads(data)["status"]["userInfo"]["groups"])
        elif status != 403:
            raise RuntimeError(f"{caller} as {user}: {status} {data[:300]!r}")
        if status == 201 and user.startswith("system:node:n"):
            now = "*"
        return ["impersonate", caller, joined([f"{caller}-group"] + EVERYBODY[:1]), user, uid or "-", joined(groups),
                key or "-", joined(values), now]


def save_world(c, path):
    """What was loaded, and the server's own that matters to everybody."""
    own = ("view", "edit", "system:basic-user", "system:discovery", "system:public-info-viewer")
    with open(path, "w") as f:
        for resource, kind in KINDS.items():
            for item in c.get(f"{BASE}/{resource}")["items"]:
                name, labels = item["metadata"]["name"], item["metadata"].get("labels", {})
                if "kubernetes.io/bootstrapping" in labels and name not in own or name.startswith("system:") and \
                        name not in own:
                    continue
                item["metadata"] = {k: v for k, v in item["metadata"].items() if k in ("name", "namespace", "uid")}
                f.write(json.dumps({"apiVersion": f"{GROUP}/v1", "kind": kind, **item}, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("assets", type=os.path.abspath)
    parser.add_argument("folder", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=1200)
    options = parser.parse_args()
    r = random.Random(options.seed)
    for name in CALLERS:
        cluster.TOKENS[name] = (f"token-of-{name}", f"{name}-group")
    documents, rows = world(r), []
    with tempfile.TemporaryDirectory() as folder, cluster.Cluster(options.assets, folder) as c:
        refused = c.load(documents)
        if refused:
            raise RuntimeError(f"the server refuses {refused[0]}")
        time.sleep(3)       # until its authorizer has seen all of it
        recorder = Recorder(c)
        while len(rows) < options.rows // 2:
            row = recorder.write(r, documents)
            if row:
                rows.append(row)
        rows += [recorder.impersonate(r) for _ in range(options.rows // 2)]
        os.makedirs(options.folder, exist_ok=True)
        save_world(c, os.path.join(options.folder, "world.jsonl"))
        with open(os.path.join(options.folder, "answers.tsv"), "w") as f:
            f.write(f"# kube-apiserver {c.get('/version')['gitVersion']}, seed {options.seed}\n")
            f.writelines("\t".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()
