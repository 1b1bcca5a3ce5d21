"""The RBAC authorizer in few lines and slowly: which bindings allow what is asked.

Rules: pkg/apis/rbac/v1/evaluation_helpers.go, pkg/registry/rbac/validation/rule.go and
plugin/pkg/auth/authorizer/rbac/rbac.go of Kubernetes.
"""
import json


def quoted(text):
    """%q of Go, as far as names here need it."""
    return json.dumps(text, ensure_ascii=False)


def rule_allows(rule, spec):
    asked = spec.get("resourceAttributes")
    if asked is None:
        asked = spec["nonResourceAttributes"]
        path = asked.get("path", "")
        return verb_allows(rule, asked) and any(
            u in ("*", path) or u.endswith("*") and path.startswith(u.rstrip("*"))
            for u in rule.get("nonResourceURLs") or ())
    sub = asked.get("subresource", "")
    whole = asked.get("resource", "") + ("/" + sub if sub else "")
    names = rule.get("resourceNames") or ()
    return (verb_allows(rule, asked) and
            any(g in ("*", asked.get("group", "")) for g in rule.get("apiGroups") or ()) and
            any(x in ("*", whole) or sub and x == "*/" + sub for x in rule.get("resources") or ()) and
            (not names or asked.get("name", "") in names))


def verb_allows(rule, asked):
    return any(v in ("*", asked.get("verb", "")) for v in rule["verbs"])


def subject_of(binding, spec):
    """The first subject of the binding that whoever asks is, or None."""
    namespace = binding["metadata"].get("namespace", "")
    for s in binding.get("subjects") or ():
        space = s.get("namespace") or namespace
        if s["kind"] == "User" and s["name"] == spec.get("user", "") or \
           s["kind"] == "Group" and s["name"] in (spec.get("groups") or ()) or \
           s["kind"] == "ServiceAccount" and space and f"system:serviceaccount:{space}:{s['name']}" == spec.get("user"):
            return s
    return None


def described(binding, kind, subject):
    name, namespace = binding["metadata"]["name"], binding["metadata"].get("namespace", "")
    who = subject["name"]
    if subject["kind"] == "ServiceAccount":
        who += "/" + (subject.get("namespace") or namespace)
    ref = binding["roleRef"]
    return (f"RBAC: allowed by {kind} {quoted(name + ('/' + namespace if namespace else ''))} of {ref['kind']} "
            f"{quoted(ref['name'])} to {subject['kind']} {quoted(who)}")


class Model:
    """Over the objects of a server: {kind: [object]}."""
    def __init__(self, objects):
        self.roles = {(kind, d["metadata"].get("namespace"), d["metadata"]["name"]): d.get("rules") or []
                      for kind in ("Role", "ClusterRole") for d in objects[kind]}
        self.bindings = {None: objects["ClusterRoleBinding"]}
        for b in objects["RoleBinding"]:
            self.bindings.setdefault(b["metadata"]["namespace"], []).append(b)

    def reasons(self, spec):
        """(what the server may say, what it misses): only bindings of the first kind that allows count."""
        missing = set()
        for namespace in (None, spec.get("resourceAttributes", {}).get("namespace") or None):
            kind, found = ("RoleBinding", set()) if namespace else ("ClusterRoleBinding", set())
            for b in self.bindings.get(namespace, ()):
                subject = subject_of(b, spec)
                if not subject:
                    continue
                ref = b["roleRef"]
                rules = self.roles.get((ref["kind"], namespace if ref["kind"] == "Role" else None, ref["name"]))
                if rules is None:
                    missing.add(f'{ref["kind"].lower()}.rbac.authorization.k8s.io {quoted(ref["name"])} not found')
                elif any(rule_allows(x, spec) for x in rules):
                    found.add(described(b, kind, subject))
            if found:
                return found, missing
            if not namespace and not spec.get("resourceAttributes", {}).get("namespace"):
                break
        return set(), missing
