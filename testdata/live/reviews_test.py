"""`kassay can --reviews` against SubjectAccessReviews of a real kube-apiserver:

    /usr/bin/python3 reviews_test.py KASSAY ASSETS [--seed S] [--pairs N] [--world N] [--threads N]

ASSETS is a folder with etcd and kube-apiserver.  Worlds of RBAC are loaded one after the other, of each of
them as many questions are asked as --world says, in all --pairs.  A difference is printed with what makes it
again.  The last line is `N passed, N failed`.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rbac_mistakes  # noqa: E402
import rbac_model  # noqa: E402
import rbac_world  # noqa: E402
from cluster import TOKENS, Cluster  # noqa: E402

RBAC = f"/apis/{rbac_world.GROUP}/v1"
KINDS = {"Role": "roles", "ClusterRole": "clusterroles", "RoleBinding": "rolebindings",
         "ClusterRoleBinding": "clusterrolebindings"}
BATCH = 32      # reviews under way on one connection
tally = {"passed": 0, "failed": 0}


def check(name, wrong):
    tally["failed" if wrong else "passed"] += 1
    print(("FAILED " if wrong else "ok     ") + name + (f": {str(wrong)[:3000]}" if wrong else ""), flush=True)


# --- asking the server ------------------------------------------------------------------------------

def posted(c, spec):
    body = json.dumps({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}).encode()
    return (f"POST /apis/authorization.k8s.io/v1/subjectaccessreviews HTTP/1.1\r\nHost: 127.0.0.1:{c.port}\r\n"
            f"Authorization: Bearer {TOKENS['admin'][0]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def answer(stream):
    status = int(stream.readline().split()[1])
    length = 0
    while True:
        line = stream.readline().strip().lower()
        if not line:
            break
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return status, stream.read(length)


def ask(c, specs, threads):
    """The status of each review, in order.  HTTP/1.1 lets requests follow each other unanswered."""
    out = [None] * len(specs)

    def worker(first):
        connection = c.connection()
        connection.connect()
        stream = connection.sock.makefile("rb")
        for at in range(first * BATCH, len(specs), threads * BATCH):
            some = specs[at:at + BATCH]
            connection.sock.sendall(b"".join(posted(c, s) for s in some))
            for i in range(len(some)):
                code, data = answer(stream)
                out[at + i] = json.loads(data)["status"] if code == 201 else {"refused": code, "data": data.decode()}
        stream.close()
        connection.close()
    workers = [threading.Thread(target=worker, args=(i,), daemon=True) for i in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    return out


# --- loading a world --------------------------------------------------------------------------------

def remove(c, tag):
    """What was loaded of a world; its namespaces stay."""
    query = f"labelSelector={rbac_world.LABEL}%3D{tag}"
    for kind, plural in KINDS.items():
        places = [RBAC] if kind.startswith("Cluster") else [f"{RBAC}/namespaces/{n}" for n in rbac_world.NAMESPACES]
        for place in places:
            status, data = c.request("DELETE", f"{place}/{plural}?{query}")
            if status != 200:
                raise RuntimeError(f"DELETE {place}/{plural}: {status} {data[:300]!r}")


def settle(c, world, threads):
    """Waits until the authorizer has seen all that was loaded: what is loaded last, it sees last."""
    namespace, user, name = rbac_world.NAMESPACES[0], f"sentinel of {world.tag}", f"{world.tag}:sentinel"
    def rule(x):
        return [{"verbs": ["see"], "apiGroups": ["sentinel"], "resources": [x]}]
    documents = []
    for kind in ("Role", "ClusterRole"):
        space = {"namespace": namespace} if kind == "Role" else {}
        meta = {"name": name, "labels": {rbac_world.LABEL: world.tag}, **space}
        documents.append({"apiVersion": f"{rbac_world.GROUP}/v1", "kind": kind, "metadata": meta, "rules": rule(kind)})
        documents.append({"apiVersion": f"{rbac_world.GROUP}/v1", "kind": f"{kind}Binding", "metadata": meta,
                          "roleRef": {"apiGroup": rbac_world.GROUP, "kind": kind, "name": name},
                          "subjects": [{"kind": "User", "apiGroup": rbac_world.GROUP, "name": user}]})
    refused = c.load(documents, threads)
    specs = [{"user": user, "resourceAttributes": {"verb": "see", "group": "sentinel", "resource": kind, **space}}
             for kind, space in (("Role", {"namespace": namespace}), ("ClusterRole", {}))]
    for _ in range(200):
        if all(s.get("allowed") for s in ask(c, specs, 1)):
            return refused
        time.sleep(.05)
    raise RuntimeError("the authorizer does not see what was loaded")


def listed(c, folder):
    """{kind: [object]} of the server, and a file of each list in the folder."""
    os.makedirs(folder)
    out = {}
    for kind, plural in KINDS.items():
        out[kind] = c.get(f"{RBAC}/{plural}")
        with open(os.path.join(folder, f"{plural}.json"), "w") as f:
            json.dump(out[kind], f)
        out[kind] = out[kind]["items"]
    with open(os.path.join(folder, "namespaces.json"), "w") as f:
        json.dump(c.get("/api/v1/namespaces"), f)
    return out


# --- comparing --------------------------------------------------------------------------------------

def ours(kassay, source, path, specs, form):
    """What kassay answers, in order.  Reviews come as objects, or as bare specs, in a file made here."""
    with open(path, "w") as f:
        for s in specs:
            whole = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": s}
            f.write(json.dumps(whole if form == "objects" else s) + "\n")
    start = time.monotonic()
    run = subprocess.run([kassay, "can", *source, "--reviews", path], capture_output=True, text=True,
                         stdin=subprocess.DEVNULL)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"can --reviews: status {run.returncode}: {run.stderr[-1000:]}")
    lines = [json.loads(line)["status"] for line in run.stdout.splitlines()]
    return lines, time.monotonic() - start


def complaint(reason):
    """What a refusal misses, as a set: the server finds it in no order.  A newer one
    puts the name of the authorizer before it."""
    reason = reason.removeprefix("rbac: ")
    if not reason.startswith("RBAC: "):
        return {reason} if reason else set()
    text = reason[len("RBAC: "):]
    return set(text[1:-1].split(", ") if text.startswith("[") else [text])


def wrong_with(model, spec, theirs, mine):
    """Why the two answers are not the same, or None."""
    if "refused" in theirs:
        return "the server does not take the review"
    if bool(theirs.get("allowed")) != bool(mine.get("allowed")):
        return "one allows it, the other does not"
    if bool(theirs.get("denied")) != bool(mine.get("denied")):
        return "one denies it, the other does not"
    right, missing = model.reasons(spec)
    if "system:masters" in (spec.get("groups") or ()):
        right = {""}
    reason, said = theirs.get("reason", ""), mine.get("reason", "")
    if theirs.get("allowed"):
        if reason not in right:
            return f"the server's reason is none of {sorted(right)}"
        return said not in right and f"the reason is none of {sorted(right)}" or None
    if right or complaint(reason) != missing:
        return f"the model allows it, or misses {sorted(missing)}"
    return complaint(said) != missing and f"what is missing is {sorted(missing)}" or None


def compare(model, world, specs, theirs, mine, seen):
    wrong = [] if len(mine) == len(specs) else [f"{len(mine)} answers to {len(specs)} reviews"]
    for spec, t, m in zip(specs, theirs, mine):
        seen["allowed"] += bool(t.get("allowed"))
        seen["URL"] += "nonResourceAttributes" in spec
        seen["missing role"] += "not found" in t.get("reason", "")
        seen["by a RoleBinding"] += "allowed by RoleBinding" in t.get("reason", "")
        why = wrong_with(model, spec, t, m)
        if why:
            wrong.append({"why": why, "seed": world.seed, "spec": spec, "server": t, "kassay": m})
    seen["pairs"] += len(specs)
    return wrong


WHO = [["get", "pods"], ["list", "secrets"], ["create", "pods/exec", "a"], ["update", "deployments.apps/scale", "b"],
       ["bind", "clusterroles"], ["impersonate", "users", "a"], ["get", "namespaces", "world-a"], ["get", "nodes"],
       ["delete", "configmaps", "ab"], ["get", "/healthz/ping"], ["get", "/apis"], ["fly", "gadgets.example.com"],
       ["create", "serviceaccounts/token", "a"], ["get", "/healthz"], ["patch", "persistentvolumes"]]


def who_can(c, options, dump, world, seen):
    """Whoever stands in a binding is asked for by himself, and `who-can` must name those that are let through."""
    wrong = []
    everybody = {}
    for b in world.bindings:
        for s in b.get("subjects") or ():
            if s["kind"] == "Group":
                everybody["", s["name"]] = {"user": "nobody of the test", "groups": [s["name"]]}
                continue
            user = s["name"]
            if s["kind"] == "ServiceAccount":
                user = rbac_world.account(s.get("namespace") or b["metadata"]["namespace"], user)
            everybody[user, ""] = {"user": user}
    for n, question in enumerate(WHO):
        namespace = rbac_world.NAMESPACES[(world.seed + n) % len(rbac_world.NAMESPACES)]
        nowhere = question[1].startswith("/") or question[1] in ("namespaces", "nodes", "persistentvolumes")
        where = ["-n", namespace] if (world.seed + n) % 3 and not nowhere else []
        run = subprocess.run([options.kassay, "who-can", "-f", dump, "-o", "json", *where, *question],
                             capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if run.returncode not in (0, 3):
            raise RuntimeError(f"who-can {question}: status {run.returncode}: {run.stderr[-1000:]}")
        answer = json.loads(run.stdout)
        named = set()
        for s in answer["subjects"]:
            user = s["name"]
            if s["kind"] == "ServiceAccount":
                user = rbac_world.account(s["namespace"], user)
            named.add(("", s["name"]) if s["kind"] == "Group" else (user, ""))
        asked = answer["request"]
        kind = "nonResourceAttributes" if "path" in asked else "resourceAttributes"
        for who, status in zip(everybody, ask(c, [dict(s, **{kind: asked}) for s in everybody.values()], options.threads)):
            seen["who-can"] += 1
            if bool(status.get("allowed")) != (who in named):
                wrong.append({"seed": world.seed, "who-can": question + where, "who": who, "server": status,
                              "request": asked})
    return wrong


def discovered(c):
    """{(group, resource): (verbs, whether it has namespaces)} of the kinds that Kubernetes itself has."""
    out = {}
    prefixes = ["/api/v1"] + [f"/apis/{g['preferredVersion']['groupVersion']}" for g in c.get("/apis")["groups"]]
    for prefix in prefixes:
        for r in c.get(prefix)["resources"]:
            group = "" if prefix == "/api/v1" else prefix.split("/")[2]
            out.setdefault((group, r["name"]), (set(r["verbs"]), r["namespaced"]))
    return out


def claimed(scopes, served):
    """{(namespace, group, resource, verb, name)} of all that `can` lists; no name: of every object."""
    out = set()
    for scope in scopes:
        for namespace in scope.get("namespaces") or [None] + rbac_world.NAMESPACES:
            for cell in scope["resources"]:
                group, resource = cell["group"], cell["resource"]
                if namespace and not served.get((group, resource), ((), True))[1] and "namespaces" not in scope:
                    continue
                out |= {(namespace, group, resource, v, None) for v in cell.get("verbs", ())}
                for one in cell.get("named", ()):
                    out |= {(namespace, group, resource, v, one["name"]) for v in one.get("verbs", ())}
                out |= {(namespace, group, resource, v, namespace) for v in cell.get("itself", ())}
    return out


def matrix(c, options, dump, world, seen):
    """All that `can` lists of an account is allowed, and what else the server serves is not."""
    namespace = rbac_world.NAMESPACES[world.seed % len(rbac_world.NAMESPACES)]
    name = rbac_world.ACCOUNTS[world.seed % len(rbac_world.ACCOUNTS)]
    run = subprocess.run([options.kassay, "can", "-f", dump, "-o", "json", "--as",
                          f"ServiceAccount:{namespace}:{name}"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"can: status {run.returncode}: {run.stderr[-1000:]}")
    served = discovered(c)
    listed_here = claimed(json.loads(run.stdout)["scopes"], served)
    asked = set(listed_here)
    for (group, resource), (verbs, namespaced) in served.items():
        for where in [None] + rbac_world.NAMESPACES[:3] * namespaced:
            asked |= {(where, group, resource, v, None) for v in verbs}
    specs = []
    asked = sorted(asked, key=repr)
    for where, group, resource, verb, one in asked:
        resource, _, sub = resource.partition("/")
        a = {"verb": verb, "group": group, "resource": resource, "subresource": sub, "namespace": where, "name": one}
        specs.append({"user": rbac_world.account(namespace, name), "groups": [
            "system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"],
            "resourceAttributes": {k: v for k, v in a.items() if v}})
    wrong = []
    for cell, status in zip(asked, ask(c, specs, options.threads)):
        seen["cells"] += 1
        seen["cells allowed"] += bool(status.get("allowed"))
        # What is held of every object is held of each.
        if bool(status.get("allowed")) != (cell in listed_here or cell[:4] + (None,) in listed_here):
            wrong.append({"seed": world.seed, "account": f"{namespace}:{name}", "cell": cell, "server": status})
    return wrong


def mistaken(unseen, objects, specs, theirs):
    """Takes away from the mistakes those that these reviews tell from a server."""
    for name in list(unseen):
        model = rbac_mistakes.MISTAKES[name](objects)
        if any(model.allows(s) != t["allowed"] for s, t in zip(specs, theirs)
               if "system:masters" not in s.get("groups", ())):
            unseen.remove(name)


def one_world(c, folder, options, seed, count, times, seen):
    def timed(name, f, *arguments):
        start = time.monotonic()
        result = f(*arguments)
        times[name] += time.monotonic() - start
        return result
    world = rbac_world.make(seed)
    refused = timed("load", c.load, world.documents, options.threads)
    refused += timed("settle", settle, c, world, options.threads)
    if refused:
        raise RuntimeError(f"the server refuses what was made: {refused[0]}")
    specs = rbac_world.questions(world, options.seed, count)
    theirs = timed("server", ask, c, specs, options.threads)
    dump = os.path.join(folder, world.tag)
    objects = timed("dump", listed, c, dump)
    model = rbac_model.Model(objects)
    reviews = dump + "-reviews.jsonl"
    mine, seconds = ours(options.kassay, ["-f", dump], reviews, specs, "objects" if seed % 2 else "specs")
    times["kassay"] += seconds
    if not seen["pairs"]:
        live = ["--kubeconfig", c.kubeconfig("admin")]
        subprocess.run([options.kassay, "snapshot", *live, "-o", f"{dump}.jsonl.zst"], check=True, capture_output=True)
        for name, source in (("a live cluster", live), ("a snapshot", ["-f", f"{dump}.jsonl.zst"])):
            same = ours(options.kassay, source, reviews, specs, "objects")[0]
            check(f"{name} gives the answers of a dump", [x for x in zip(specs, mine, same) if x[1] != x[2]][:3])
    wrong = timed("compare", compare, model, world, specs, theirs, mine, seen)
    if seen["pairs"] <= 3 * options.world:
        options.named += timed("who-can", who_can, c, options, dump, world, seen)
        options.cells += timed("matrix", matrix, c, options, dump, world, seen)
    timed("mistakes", mistaken, options.unseen, objects, specs, theirs)
    timed("remove", remove, c, world.tag)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kassay", type=os.path.abspath)
    parser.add_argument("assets", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--world", type=int, default=500)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    options.named, options.cells = [], []
    options.unseen = list(rbac_mistakes.MISTAKES)
    wrong, times, seen = [], collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder, Cluster(options.assets, folder) as c:
        print(f"kube-apiserver {c.get('/version')['gitVersion']}")
        c.load([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n}} for n in rbac_world.NAMESPACES])
        seed = options.seed * 1000
        while seen["pairs"] < options.pairs:
            seed += 1
            count = min(options.world, options.pairs - seen["pairs"])
            wrong += one_world(c, folder, options, seed, count, times, seen)
    print("       seconds: " + ", ".join(f"{k} {v:.1f}" for k, v in times.items()))
    print("       seen: " + ", ".join(f"{k} {v}" for k, v in seen.items()))
    for x in wrong[:20]:
        print("       " + json.dumps(x, ensure_ascii=False))
    check(f"{seen['pairs']} reviews are answered as the server does", wrong and f"{len(wrong)} differences")
    for x in options.named[:10] + options.cells[:10]:
        print("       " + json.dumps(x, ensure_ascii=False))
    check(f"can lists what the server allows, {seen['cells']} cells", options.cells and f"{len(options.cells)} differences")
    check(f"who-can names whom the server lets through, {seen['who-can']} times asked",
          options.named and f"{len(options.named)} differences")
    check("about half of them are allowed", abs(seen["allowed"] / seen["pairs"] - .5) > .2 and seen)
    if options.pairs >= 4000:
        check(f"they tell {len(rbac_mistakes.MISTAKES) - 1} mistakes from a server",
              options.unseen != ["none"] and options.unseen or None)
    print(f"{tally['passed']} passed, {tally['failed']} failed")
    return tally["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
