#!/usr/bin/env python3
"""Runs kassay over test cases that are kept outside the source tree.

    corpus_test.py KASSAY CORPUS

CORPUS/clusters/*           real manifests: every audit ends well, twice with the same bytes, and a
                            snapshot of them gives the same findings
CORPUS/clusters/badPods     every folder but nothing-allowed has a failed check
CORPUS/../tools/gencluster.py   a generated cluster: the planted faults are found, and no others
CORPUS/schemas/junit-10.xsd     every JUnit report is valid; JSON is, by testdata/validate_report.py

Prints a line for each case that failed and `N passed, N failed` at the end.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

# What gencluster.py plants, and the check that finds it, one finding's object each.
PLANTED = {
    "privileged_workloads": "pod-privileged",
    "cluster_admin_bindings": "rbac-cluster-admin",
    "wildcard_roles": "rbac-wildcard-role",
    "secret_readers": "rbac-secret-readers",
    "namespaces_without_netpol": "netpol-namespace-none",
    "namespaces_without_psa_enforce": "psa-enforce",
    "hostpath_root_workloads": "pod-host-path-sensitive",
    "secrets_in_env": "secret-in-env",
}
ENV = dict(os.environ, SOURCE_DATE_EPOCH="1767225600", NO_COLOR="1")


class Tests:
    def __init__(self, kassay, corpus, scratch):
        self.kassay = os.path.abspath(kassay)
        self.corpus = os.path.abspath(corpus)
        self.scratch = scratch
        self.passed = self.failed = 0
        # Needs python3-jsonschema, which a packager may not have.
        self.validates = subprocess.run([sys.executable, "-c", "import jsonschema"],
                                        capture_output=True).returncode == 0
        self.xsd = os.path.join(corpus, "schemas", "junit-10.xsd")

    def check(self, name, ok, detail=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}{': ' + detail if detail else ''}", flush=True)
        return ok

    def run(self, *args):
        return subprocess.run([self.kassay, *args], env=ENV, capture_output=True, timeout=600)

    def audit(self, name, path):
        """Audits path into report.json and junit.xml; the parsed report, or None."""
        out = {f: os.path.join(self.scratch, f"{name.replace('/', '_')}.{f}") for f in ("json", "junit")}
        p = self.run("audit", "-f", path, *(a for f in out for a in ("-o", f"{f}={out[f]}")))
        if not self.check(f"{name}: exit status", p.returncode in (0, 1, 3),
                          f"{p.returncode}: {p.stderr.decode(errors='replace').strip()[-400:]}"):
            return None
        with open(out["json"], "rb") as f:
            report = json.load(f)
        self.schemas(name, out["json"], out["junit"])
        return report

    def schemas(self, name, report, junit):
        if self.validates:
            tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "validate_report.py")
            p = subprocess.run([sys.executable, tool, report], capture_output=True)
            self.check(f"{name}: JSON schema", p.returncode == 0, p.stdout.decode(errors="replace")[-400:])
        if os.path.exists(self.xsd):
            p = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", self.xsd, junit], capture_output=True)
            self.check(f"{name}: JUnit schema", p.returncode == 0, p.stderr.decode(errors="replace")[-400:])

    def same_bytes(self, name, path):
        outputs = []
        for _ in range(2):
            p = self.run("audit", "-f", path, "-o", "json")
            outputs.append(p.stdout)
        self.check(f"{name}: same bytes twice", outputs[0] and outputs[0] == outputs[1])

    def snapshot(self, name, path, report):
        snap = os.path.join(self.scratch, "snapshot.jsonl.gz")
        p = self.run("snapshot", "-f", path, "-o", snap)
        if not self.check(f"{name}: snapshot", p.returncode in (0, 3), p.stderr.decode(errors="replace")[-400:]):
            return
        p = self.run("audit", "-f", snap, "-o", "json")
        if not self.check(f"{name}: audit of the snapshot", p.returncode in (0, 1, 3),
                          p.stderr.decode(errors="replace")[-400:]):
            return
        again = json.loads(p.stdout)
        self.check(f"{name}: the snapshot has the same findings", verdicts(again) == verdicts(report),
                   difference(verdicts(report), verdicts(again)))

    def cluster(self, name, path):
        report = self.audit(name, path)
        if report:
            self.same_bytes(name, path)
            self.snapshot(name, path, report)

    def bad_pods(self, folder):
        for case in sorted(os.listdir(folder)):
            path = os.path.join(folder, case)
            if not os.path.isdir(path):
                continue
            report = self.audit(f"badPods/{case}", path)
            if report and case != "nothing-allowed":
                self.check(f"badPods/{case}: is reported", any(c["status"] == "fail" for c in report["checks"]))

    def planted(self, tool, pods, seed):
        name = f"gencluster --pods {pods} --seed {seed}"
        folder = os.path.join(self.scratch, f"gen{pods}")
        subprocess.run([sys.executable, tool, "--pods", str(pods), "--seed", str(seed), folder], check=True)
        with open(os.path.join(folder, "expected.json")) as f:
            expected = json.load(f)["planted"]
        os.unlink(os.path.join(folder, "expected.json"))  # it is no manifest
        self.cluster(name, folder)
        p = self.run("audit", "-f", folder, "-o", "json")
        report = json.loads(p.stdout)
        for what, key in PLANTED.items():
            objects = {identity(f["object"]) for f in report["findings"] if f["check"] == key}
            self.check(f"{name}: {what}", len(objects) == expected[what],
                       f"{key} names {len(objects)} objects, {expected[what]} were planted")
        shutil.rmtree(folder)


def identity(obj):
    return tuple(obj.get(k) for k in ("kind", "namespace", "name"))


def verdicts(report):
    """What two reports about the same facts must share: everything but where the facts were read."""
    return {("check", c["key"], c["status"], c["seen"], c["failed"]) for c in report["checks"]} | \
           {("finding", f["id"], f["check"], f["severity"]) for f in report["findings"]}


def difference(a, b):
    return "; ".join(f"only in the {where}: {sorted(map(str, only))[:3]}"
                     for where, only in (("first", a - b), ("snapshot", b - a)) if only)


def main():
    kassay, corpus = sys.argv[1:3]
    scratch = tempfile.mkdtemp(prefix="kassay-corpus-")
    t = Tests(kassay, corpus, scratch)
    try:
        clusters = os.path.join(corpus, "clusters")
        for name in sorted(os.listdir(clusters)):
            t.cluster(name, os.path.join(clusters, name))
        t.bad_pods(os.path.join(clusters, "badPods", "manifests"))
        tool = os.path.join(corpus, "..", "tools", "gencluster.py")
        if os.path.exists(tool):
            t.planted(tool, 3000, 11)
            t.planted(tool, 6000, 23)
    finally:
        shutil.rmtree(scratch)
    if not t.validates:
        print("note: no jsonschema module, JSON reports were not validated")
    print(f"{t.passed} passed, {t.failed} failed")
    return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
