"""The commands that read a live cluster, against the scripted server: /usr/bin/python3 commands_test.py KASSAY

What an audit, a snapshot and a dry run ask for, print and leave behind.  The last line is `N passed, N failed`.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults_test import CANARIES, KASSAY, OBJECTS, PAGE, PODS, TOKEN, dump, findings, kubeconfig, ledger  # noqa: E402
from server import Fault, Server  # noqa: E402


class Stage:
    """A server, a folder, and the program run in it."""

    def __init__(self, **server):
        self.folder = tempfile.TemporaryDirectory()
        self.server = Server(OBJECTS, **server)
        self.kubeconfig = kubeconfig(self.folder.name, self.server, {"token": TOKEN})
        os.mkdir(self.path("tmp"))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self, command, *options, live=True):
        source = ["--kubeconfig", self.kubeconfig, "--page-size", str(PAGE)] if live else []
        return subprocess.Popen([KASSAY, command] + source + list(options), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, cwd=self.folder.name,
                                env=dict(os.environ, HOME=self.folder.name, NO_PROXY="*", TMPDIR=self.path("tmp")))

    def run(self, command, *options, live=True):
        child = self.start(command, *options, live=live)
        out, err = child.communicate(timeout=60)
        return child.returncode, out, err

    def report(self, *options, live=True):
        code, out, err = self.run("audit", "-o", "json", *options, live=live)
        assert code in (0, 1, 3), err
        assert err == "", err
        return code, json.loads(out)

    def listed(self):
        """Requests but for discovery, reviews and facts."""
        return [path for path, _ in self.server.log if "limit=" in path]

    def close(self):
        self.server.close()
        self.folder.cleanup()


def objects_alone(report):
    """Findings of what lists bring: a server of our own has no metrics, and answers nobody it does not know."""
    return [f for f in findings(report) if not f[1].startswith(("api-", "kubelet-"))]


def live_snapshot_and_files_agree():
    stage = Stage()
    _, live = stage.report()
    code, _, err = stage.run("snapshot", "-o", "state.jsonl.zst")
    _, kept = stage.report("-f", "state.jsonl.zst", live=False)
    _, files = stage.report("-f", dump(stage.folder.name), live=False)
    assert objects_alone(live) == objects_alone(kept)
    assert objects_alone(live) == objects_alone(files)
    assert len(objects_alone(live)) > 50
    assert ledger(kept, "Pod") == dict(ledger(live, "Pod"), time=ledger(kept, "Pod")["time"])
    return stage


def no_value_of_a_secret_is_kept():
    stage = Stage()
    stage.run("snapshot", "-o", "state.jsonl")
    with open(stage.path("state.jsonl")) as f:
        text = f.read()
    assert '"name":"secret-0"' in text
    for canary in CANARIES + ("Y2FuYXJ5",):
        assert canary not in text, canary
    return stage


def every_page_is_asked_for_once_and_one_of_a_kind_at_a_time():
    stage = Stage()
    stage.server.delay = .02
    stage.report()
    asked = stage.listed()
    assert len(asked) == len(set(asked)), "asked twice"
    assert sum(p.startswith("/api/v1/pods?") for p in asked) == -(-PODS // PAGE)
    assert stage.server.most == 1, stage.server.most
    return stage


def ctrl_c_leaves_nothing_behind():
    stage = Stage(fault=Fault("silent", page=1, times=1000))
    before = sorted(os.listdir(stage.folder.name))
    for command in (["snapshot", "-o", "state.jsonl"], ["audit", "-o", "json=report.json"]):
        child = stage.start(*command)
        while not any(p.startswith("/api/v1/pods") for p in stage.listed()):
            time.sleep(.01)
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
        assert child.returncode == 2, child.returncode
        assert (out, err) == ("", f"kassay: {command[0]}: interrupted\n"), err
        assert time.monotonic() - begun < 5
        stage.server.log.clear()
    assert sorted(os.listdir(stage.folder.name)) == before
    assert os.listdir(stage.path("tmp")) == []
    return stage


def a_dry_run_reads_nothing_and_says_what_would_be_refused():
    stage = Stage(forbidden=["pods", "secrets"])
    code, out, err = stage.run("audit", "--dry-run")
    assert (code, err) == (3, ""), err
    assert stage.listed() == []
    lines = out.splitlines()
    at = lines.index(f"refused    /api/v1/pods?limit={PAGE}")
    assert lines[at + 1].strip() == "no rule lets robot list pods"
    assert "pod-privileged" in out[out.index(lines[at]):out.index("replicationcontrollers")]
    assert f"allowed    /api/v1/nodes?limit={PAGE}" in lines
    assert any("3 would be refused" in line for line in lines[-1:]), lines[-1]
    return stage


def a_dry_run_of_which_all_is_allowed_is_done():
    stage = Stage()
    code, out, _ = stage.run("snapshot", "--dry-run")
    assert code == 0, code
    assert " 0 would be refused" in out.splitlines()[-1]
    return stage


def a_snapshot_tells_what_it_lacks():
    stage = Stage(forbidden=["pods"])
    code, _, err = stage.run("snapshot", "-o", "state.jsonl")
    assert code == 3, code
    assert "kassay: warning: Pod: forbidden: pods is forbidden" in err, err
    code, kept = stage.report("-f", "state.jsonl", live=False)
    assert code == 3, code
    assert ledger(kept, "Pod")["status"] == "forbidden"
    return stage


def a_namespace_is_read_alone_and_not_taken_for_the_cluster():
    stage = Stage()
    _, whole = stage.report()
    stage.server.log.clear()
    code, part = stage.report("-n", "shop")
    assert code == 3, code
    asked = stage.listed()
    assert not any(p.startswith("/api/v1/pods") for p in asked)
    assert any(p.startswith("/api/v1/namespaces/shop/pods?") for p in asked)
    assert not any("/namespaces/default" in p for p in asked)
    pods = ledger(part, "Pod")
    assert (pods["status"], pods["count"], pods["reason"]) == ("truncated", PODS, "only namespace shop was read")
    assert ledger(part, "ClusterRole")["status"] == "complete"
    privileged = [[f for f in findings(r) if f[1] == "pod-privileged"] for r in (whole, part)]
    assert privileged[0] == privileged[1] and privileged[0]
    assert not [c for c in part["checks"] if c["status"] == "pass" and c["key"].startswith(("pod-", "netpol-"))]
    return stage


TESTS = [live_snapshot_and_files_agree, no_value_of_a_secret_is_kept,
         every_page_is_asked_for_once_and_one_of_a_kind_at_a_time, ctrl_c_leaves_nothing_behind,
         a_dry_run_reads_nothing_and_says_what_would_be_refused, a_dry_run_of_which_all_is_allowed_is_done,
         a_snapshot_tells_what_it_lacks, a_namespace_is_read_alone_and_not_taken_for_the_cluster]


def main():
    failed = 0
    for test in TESTS:
        name = test.__name__.replace("_", " ")
        try:
            test().close()
            print(f"ok     {name}", flush=True)
        except Exception as e:  # whatever breaks, the others are run
            failed += 1
            print(f"FAILED {name}: {type(e).__name__} at line {e.__traceback__.tb_next.tb_lineno}: {e}", flush=True)
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
