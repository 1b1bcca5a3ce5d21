#!/usr/bin/env python3
"""validate_report.py FILE...: are these kassay.report/v1, and do their numbers agree?

The schema says what a report looks like; below is what no schema can say.  Prints what is wrong,
and exits 1 when anything is.
"""
import collections
import json
import os
import sys

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))


def no_twins(pairs):
    keys = [k for k, _ in pairs]
    twins = {k for k in keys if keys.count(k) > 1}
    if twins:
        raise ValueError(f"keys given twice: {', '.join(sorted(twins))}")
    return dict(pairs)


def disagreements(report):
    """What is well formed and yet cannot be true."""
    findings = report["findings"]
    by_check = collections.Counter(f["check"] for f in findings)
    waived = collections.Counter(f["check"] for f in findings if f["waiver"])
    in_force = collections.Counter(f["severity"] for f in findings if not f["waiver"])
    status = collections.Counter(c["status"] for c in report["checks"])
    keys = [c["key"] for c in report["checks"]]

    if len(set(keys)) != len(keys):
        yield "a check is listed twice"
    if len({f["id"] for f in findings}) != len(findings):
        yield "two findings have the same id"
    if set(by_check) - set(keys):
        yield f"findings of checks that are not listed: {sorted(set(by_check) - set(keys))}"
    subjects = report["subjects"]
    if len({(s["kind"], s["namespace"], s["name"]) for s in subjects}) != len(subjects):
        yield "a subject is listed twice"
    if subjects and not report["leastPrivilege"]:
        yield "subjects without a judgement of least privilege"
    for s in subjects:
        granted, use = s["granted"], s["usage"]
        if granted["wildcard"] > granted["atoms"] or granted["deadRules"] > granted["rules"]:
            yield f"{s['name']}: a part is more than the whole"
        if use and use["used"] + use["unused"] + use["unobservable"] != granted["atoms"]:
            yield f"{s['name']}: used, unused and unobservable do not add up"
        if use and not report["leastPrivilege"]["auditLog"]:
            yield f"{s['name']}: use without an audit log"
    for check in report["checks"]:
        key = check["key"]
        if (check["findings"], check["waived"]) != (by_check[key], waived[key]):
            yield f"{key}: says {check['findings']} findings, {check['waived']} waived; " \
                  f"there are {by_check[key]} and {waived[key]}"
        if check["status"] == "pass" and by_check[key]:
            yield f"{key}: passes with findings"
        if check["status"] == "fail" and not by_check[key]:
            yield f"{key}: fails without findings"
        if check["status"] in ("unknown", "na") and not check["reason"]:
            yield f"{key}: {check['status']} without a reason"
    for name, n in report["summary"]["checks"].items():
        if status[name] != n:
            yield f"summary: {n} checks {name}, there are {status[name]}"
    for name, n in report["summary"]["findings"].items():
        have = sum(waived.values()) if name == "waived" else in_force[name]
        if have != n:
            yield f"summary: {n} findings {name}, there are {have}"
    for bench in report["benchmarks"]:
        counts = collections.Counter(c["status"] for c in bench["controls"])
        if any(counts[name] != n for name, n in bench["counts"].items()):
            yield f"{bench['name']}: counts do not match its controls"


def check(path, validator):
    with open(path, encoding="utf-8") as f:
        report = json.load(f, object_pairs_hook=no_twins)
    wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(report)]
    return wrong or list(disagreements(report))


def main(paths):
    with open(os.path.join(HERE, "report.schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    bad = False
    for path in paths:
        try:
            wrong = check(path, validator)
        except (OSError, ValueError) as e:
            wrong = [str(e)]
        for w in wrong[:20]:
            print(f"{path}: {w}")
        bad = bad or bool(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
