#!/usr/bin/env python3
"""Holds the Pod Security benchmarks against pods whose verdicts are known.

    pss_corpus_test.py KASSAY CORPUS

CORPUS/pss/index.jsonl lists pods with the level and version of the policy they were written for, whether it admits them,
and the check that refuses them.  All are audited in one run, each under a name of its own; a control fails a pod when one
of its checks names the pod.  A pod that is admitted fails no control of its level; one that is refused fails the control
its case names, and no other.

kassay judges by the newest version of the policy, so a case of an older one says nothing about the controls that
are newer than it (SINCE).  Whatever else differs must be in EXPLAINED, and be exactly so.

Prints a line for each case that failed and `N passed, N failed` at the end.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

# The minor version from which on a control judges the pods here as the newest does; 0 when it is not named.  Left out
# is what later versions only added for pods that no older case has: exemptions of Windows (1.25) and user namespaces
# (1.35), more sysctls (1.27 to 1.37) and SELinux types (1.31).
SINCE = {
    "allowPrivilegeEscalation": 8,
    "seccompProfile_baseline": 19,  # annotations before
    "seccompProfile_restricted": 19,
    "capabilities_restricted": 22,
    "runAsUser": 23,
    "hostProbesAndHostLifecycle": 34,
}
# The restricted control that takes the place of a baseline one.
TIGHTER = {
    "capabilities_baseline": "capabilities_restricted",
    "hostPathVolumes": "restrictedVolumes",
    "procMount": "procMount_restricted",
    "seccompProfile_baseline": "seccompProfile_restricted",
}
# Where other controls fail than the case names, and rightly: (level, fixture) -> (those controls, why).
HOST_PROCESS = ({"windowsHostProcess", "hostNamespaces"}, "host processes need hostNetwork, which the pod has")
PRIVILEGED = ({"privileged", "allowPrivilegeEscalation"}, "privileged containers cannot deny escalation: it is unset")
USER_NAMESPACE = (set(), "hostUsers is false: baseline allows any procMount from 1.35 on")
EXPLAINED = {
    ("baseline", "procmount0"): USER_NAMESPACE,
    ("baseline", "procmount1"): USER_NAMESPACE,
    ("baseline", "windowshostprocess0"): HOST_PROCESS,
    ("baseline", "windowshostprocess1"): HOST_PROCESS,
    ("restricted", "windowshostprocess0"): HOST_PROCESS,
    ("restricted", "windowshostprocess1"): HOST_PROCESS,
    ("restricted", "privileged0"): PRIVILEGED,
    ("restricted", "privileged1"): PRIVILEGED,
    ("restricted", "allowprivilegeescalation3"): (
        {"allowPrivilegeEscalation", "capabilities_restricted"}, "the pod adds CAP_SYS_ADMIN"),
}


def read_cases(corpus):
    with open(os.path.join(corpus, "index.jsonl")) as f:
        return [json.loads(line) for line in f]


def write_pods(cases, corpus, path):
    """All pods in one file, each named after its place in the list."""
    with open(path, "w") as out:
        for i, case in enumerate(cases):
            with open(os.path.join(corpus, case["file"])) as f:
                text, n = re.subn(r"(?m)^  name: .*$", f"  name: case-{i}", f.read(), count=1)
            if n != 1:
                sys.exit(f"{case['file']}: no name to replace")
            out.write(f"---\n{text}\n")


def audit(kassay, path):
    p = subprocess.run([kassay, "audit", "-f", path, "-o", "json", "--benchmark", "pss-baseline",
                        "--benchmark", "pss-restricted"], capture_output=True, timeout=600)
    if p.returncode not in (0, 1):
        sys.exit(f"{kassay}: exit status {p.returncode}: {p.stderr.decode(errors='replace')}")
    return json.loads(p.stdout)


def failed_controls(report):
    """For each level the pods, by name, and the controls that fail them."""
    found = {}
    for f in report["findings"]:
        found.setdefault(f["check"], set()).add(f["object"]["name"])
    levels = {}
    for bench in report["benchmarks"]:
        if bench["name"] not in ("pss-baseline", "pss-restricted"):
            continue
        pods = levels[bench["name"].removeprefix("pss-")] = {}
        for control in bench["controls"]:
            for key in control["checks"]:
                for pod in found.get(key, ()):
                    pods.setdefault(pod, set()).add(control["id"])
    return levels


def expected_controls(case, by_lower):
    """The controls that fail the pod by the newest version."""
    if case["expect"] == "pass":
        return set()
    if (case["level"], case["fixture"]) in EXPLAINED:
        return EXPLAINED[case["level"], case["fixture"]][0]
    control = by_lower[case["check"]]
    return {TIGHTER.get(control, control) if case["level"] == "restricted" else control}


def difference(case, failed, by_lower):
    """What is wrong with the verdict on a case, or None."""
    minor = int(case["version"].removeprefix("v1."))
    expected, got = ({c for c in controls if SINCE.get(c, 0) <= minor}
                     for controls in (expected_controls(case, by_lower), failed))
    if got == expected:
        return None
    return f"{sorted(got) or 'nothing'} failed, not {sorted(expected) or 'nothing'}"


def main():
    kassay, corpus = os.path.abspath(sys.argv[1]), os.path.join(sys.argv[2], "pss")
    cases = read_cases(corpus)
    with tempfile.TemporaryDirectory(prefix="kassay-pss-") as scratch:
        path = os.path.join(scratch, "pods.yaml")
        write_pods(cases, corpus, path)
        report = audit(kassay, path)
    levels = failed_controls(report)
    # The cases name checks in lower case.
    by_lower = {c["id"].lower(): c["id"] for b in report["benchmarks"] for c in b["controls"]}
    passed = failed = 0
    for i, case in enumerate(cases):
        wrong = difference(case, levels[case["level"]].get(f"case-{i}", set()), by_lower)
        if wrong:
            failed += 1
            print(f"FAILED {case['level']} {case['version']} {case['expect']} {case['fixture']}: {wrong}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
