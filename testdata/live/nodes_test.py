"""`kassay can --reviews` about nodes, against the node authorizer of a real kube-apiserver:

    /usr/bin/python3 nodes_test.py KASSAY ASSETS [--seed S] [--pairs N]

ASSETS is a folder with etcd and kube-apiserver.  kassay is asked over the live cluster and over a snapshot of
it.  The last line is `N passed, N failed`.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import node_world  # noqa: E402
from cluster import Cluster  # noqa: E402
from reviews_test import ask, check, tally  # noqa: E402


def loaded(c, seed):
    """The world of the seed in the server, and seen by its authorizer."""
    world = node_world.make(seed)
    refused = c.load(world.documents)
    check("the server takes what is loaded", [(d["metadata"]["name"], s, b[:300]) for d, s, b in refused][:2])
    # What is loaded last, it sees last: a pod, and a volume claimed by it.
    name, node = f"last-{seed}", f"node-last-{seed}"
    space = node_world.NAMESPACES[0]
    c.load([
        {"apiVersion": "v1", "kind": "Pod", "metadata": node_world.meta(name, space), "spec": {
            "nodeName": node, "containers": [{"name": "main", "image": "app:1"}],
            "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": name}}]}},
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": node_world.meta(name), "spec": {
            "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/data"},
            "claimRef": {"namespace": space, "name": name}}}])
    last = {"user": f"system:node:{node}", "groups": ["system:nodes"],
            "resourceAttributes": {"verb": "get", "resource": "persistentvolumes", "name": name}}
    for _ in range(200):
        if ask(c, [last], 1)[0].get("allowed"):
            return world
        time.sleep(.05)
    raise RuntimeError("the node authorizer does not see what was loaded")


def ours(kassay, source, reviews, count):
    run = subprocess.run([kassay, "can", *source, "--reviews", reviews], capture_output=True, text=True,
                         stdin=subprocess.DEVNULL)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"can --reviews: status {run.returncode}: {run.stderr[-1000:]}")
    answers = [json.loads(line)["status"] for line in run.stdout.splitlines()]
    if len(answers) != count:
        raise RuntimeError(f"{len(answers)} answers to {count} reviews")
    return answers


def compare(name, specs, theirs, mine):
    """Where kassay says that it cannot know, as evaluationError, neither answer is wrong."""
    wrong, unknown = [], collections.Counter()
    for spec, t, m in zip(specs, theirs, mine):
        if m.get("evaluationError"):
            unknown[spec["resourceAttributes"]["resource"]] += 1
        elif bool(t.get("allowed")) != bool(m.get("allowed")):
            wrong.append({"spec": spec, "server": t, "kassay": m})
    for x in wrong[:10]:
        print("       " + json.dumps(x))
    check(f"{name}: {len(specs)} reviews are answered as the server does", wrong and f"{len(wrong)} differences")
    check(f"{name}: few are not known", sum(unknown.values()) > len(specs) / 20 and unknown)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kassay", type=os.path.abspath)
    parser.add_argument("assets", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Cluster(options.assets, folder) as c:
        print(f"kube-apiserver {c.get('/version')['gitVersion']}")
        world = loaded(c, options.seed)
        specs = node_world.questions(world, options.seed, options.pairs)
        theirs = ask(c, specs, 4)
        allowed = sum(s["allowed"] for s in theirs)
        check("a third to two thirds are allowed", not 1 / 4 < allowed / len(specs) < 3 / 4 and allowed)
        reviews, snapshot = os.path.join(folder, "reviews.jsonl"), os.path.join(folder, "snapshot.jsonl")
        with open(reviews, "w") as f:
            f.writelines(json.dumps(s) + "\n" for s in specs)
        live = ["--kubeconfig", c.kubeconfig("admin")]
        # No kubelet answers for these nodes, which is told by the status 3.
        subprocess.run([options.kassay, "snapshot", *live, "-o", snapshot], check=False, capture_output=True)
        compare("live", specs, theirs, ours(options.kassay, live, reviews, len(specs)))
        compare("snapshot", specs, theirs, ours(options.kassay, ["-f", snapshot], reviews, len(specs)))
    print(f"{tally['passed']} passed, {tally['failed']} failed")
    return tally["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
