"""Wrong authorizers, each with one mistake that has been made: a good set of questions tells every one of them
from a server."""
import copy

from rbac_model import Model, rule_allows, subject_of


def changed(spec, **more):
    s = copy.deepcopy(spec)
    s["resourceAttributes"].update(more)
    return s


def whole(asked):
    return asked.get("resource", "") + ("/" + asked["subresource"] if asked.get("subresource") else "")


class Wrong(Model):
    """Only answers yes or no.  Its methods are where the mistakes are made."""
    def allows(self, spec):
        namespaces = [None] + [x for x in [spec.get("resourceAttributes", {}).get("namespace")] if x]
        for namespace in self.scopes(namespaces):
            for b in self.bindings.get(namespace, ()):
                if not self.subject(b, spec):
                    continue
                ref = b["roleRef"]
                rules = self.find(ref, namespace)
                if any(self.rule(x, spec) for x in rules or ()):
                    return True
        return False

    def scopes(self, namespaces):
        return namespaces

    def find(self, ref, namespace):
        return self.roles.get((ref["kind"], namespace if ref["kind"] == "Role" else None, ref["name"]))

    def subject(self, binding, spec):
        return subject_of(binding, spec)

    def rule(self, rule, spec):
        return rule_allows(rule, spec)


def with_rule(f):
    return type("WrongRule", (Wrong,), {"rule": lambda self, rule, spec: f(rule, spec)})


def on_resources(f):
    """A mistake about resources, in no rule of URLs."""
    return with_rule(lambda rule, spec: f(rule, spec, spec["resourceAttributes"]) if "resourceAttributes" in spec
                     else rule_allows(rule, spec))


def extra(f):
    """Allows more than it should: f says of a resource of a rule whether it matches, too."""
    def rule_of(rule, spec, asked):
        more = any(f(x, asked) for x in rule.get("resources") or ())
        return rule_allows(dict(rule, resources=["*"]) if more else rule, spec)
    return on_resources(rule_of)


def lower(rule, spec, asked):
    down = {k: [x.lower() for x in v] for k, v in rule.items()}
    return rule_allows(down, changed(spec, **{k: v.lower() for k, v in asked.items() if isinstance(v, str)}))


def path_of(f):
    def rule_of(rule, spec):
        if "nonResourceAttributes" not in spec:
            return rule_allows(rule, spec)
        verbs, path = rule["verbs"], spec["nonResourceAttributes"].get("path", "")
        return ("*" in verbs or spec["nonResourceAttributes"].get("verb", "") in verbs) and any(
            f(u, path) for u in rule.get("nonResourceURLs") or ())
    return with_rule(rule_of)


def glob(pattern, path):
    head, star, tail = pattern.partition("*")
    return path.startswith(head) and path.endswith(tail) and len(path) >= len(head + tail) if star else pattern == path


class NoSubjectNamespace(Wrong):
    def subject(self, binding, spec):
        return subject_of(dict(binding, subjects=[s for s in binding.get("subjects") or () if "namespace" in s or
                                                  s["kind"] != "ServiceAccount"]), spec)


class OwnNamespace(Wrong):
    """A service account of another namespace is dropped."""
    def subject(self, binding, spec):
        ns = binding["metadata"].get("namespace")
        return subject_of(dict(binding, subjects=[s for s in binding.get("subjects") or () if not ns or
                                                  s.get("namespace", ns) == ns]), spec)


class Implied(Wrong):
    """Groups that the account would have count, though the review does not name them."""
    def subject(self, binding, spec):
        groups, parts = list(spec.get("groups") or ()), spec.get("user", "").split(":")
        if parts[:2] == ["system", "serviceaccount"] and len(parts) == 4:
            groups += ["system:serviceaccounts", f"system:serviceaccounts:{parts[2]}", "system:authenticated"]
        return subject_of(binding, dict(spec, groups=groups))


class UserIsNoAccount(Wrong):
    def subject(self, binding, spec):
        return subject_of(dict(binding, subjects=[s for s in binding.get("subjects") or () if s["kind"] != "User" or
                                                  not s["name"].startswith("system:serviceaccount:")]), spec)


class ByName(Wrong):
    """Roles are found by their name, whatever their kind and namespace."""
    def find(self, ref, namespace):
        return next((rules for (_, _, name), rules in sorted(self.roles.items(), key=repr) if name == ref["name"]), None)


class Everywhere(Wrong):
    """A RoleBinding counts for the whole cluster."""
    def scopes(self, namespaces):
        return list(self.bindings)


class NoClusterRoles(Wrong):
    """A RoleBinding of a ClusterRole is passed over."""
    def find(self, ref, namespace):
        return None if namespace and ref["kind"] == "ClusterRole" else super().find(ref, namespace)


MISTAKES = {
    "none": Wrong,
    "pods/* is a wildcard": extra(lambda x, a: x.endswith("/*") and x[:-2] == a.get("resource")),
    "*/* is a wildcard": extra(lambda x, a: x == "*/*" and a.get("subresource")),
    "*/sub is no wildcard": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, resources=[x for x in rule.get("resources") or () if not x.startswith("*/") or x == whole(a)]), spec)),
    "*/sub allows the resource too": extra(lambda x, a: x.startswith("*/") and not a.get("subresource")),
    "a resource allows its subresources": extra(lambda x, a: x == a.get("resource") and a.get("subresource")),
    "* has no subresources": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, resources=[x for x in rule.get("resources") or () if x != "*" or not a.get("subresource")]), spec)),
    "case does not matter": on_resources(lower),
    "groups do not matter": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, apiGroups=["*"]) if rule.get("apiGroups") else rule, spec)),
    "* is not the core group": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, apiGroups=[g for g in rule.get("apiGroups") or () if g != "*" or a.get("group")]), spec)),
    "resourceNames do not matter": on_resources(lambda rule, spec, a: rule_allows(dict(rule, resourceNames=[]), spec)),
    "* of resourceNames is a wildcard": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, resourceNames=[]) if "*" in rule.get("resourceNames", ()) else rule, spec)),
    "no name is every name": on_resources(lambda rule, spec, a: rule_allows(
        rule if a.get("name") else dict(rule, resourceNames=[]), spec)),
    "no name never is in resourceNames": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, resourceNames=[n for n in rule["resourceNames"] if n] or ["\0"]) if rule.get("resourceNames") else rule,
        spec)),
    "* has no made-up verbs": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, verbs=["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"])
        if "*" in rule["verbs"] else rule, spec)),
    "list is in get": on_resources(lambda rule, spec, a: rule_allows(
        dict(rule, verbs=rule["verbs"] + ["list"]) if "get" in rule["verbs"] else rule, spec)),
    "prefixes end at a slash": path_of(lambda u, p: u in ("*", p) or u.endswith("*") and (
        p == u.rstrip("*") or p.startswith(u.rstrip("*").rstrip("/") + "/"))),
    "a star matches in the middle": path_of(lambda u, p: glob(u, p) or u.endswith("*") and p.startswith(u.rstrip("*"))),
    "/healthz/* is /healthz": path_of(lambda u, p: u in ("*", p) or u.endswith("*") and (p + "/").startswith(u.rstrip("*"))),
    "one star ends a prefix": path_of(lambda u, p: u in ("*", p) or u.endswith("*") and p.startswith(u[:-1])),
    "URLs are exact": path_of(lambda u, p: u in ("*", p)),
    "an account without namespace is nobody": NoSubjectNamespace,
    "an account of another namespace is nobody": OwnNamespace,
    "groups are implied": Implied,
    "a user is no service account": UserIsNoAccount,
    "roles are found by name": ByName,
    "a RoleBinding counts everywhere": Everywhere,
    "a RoleBinding has no ClusterRole": NoClusterRoles,
}
