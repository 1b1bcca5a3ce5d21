#!/usr/bin/env python3
"""make bench: how fast, and in how much memory, a large cluster is audited.

    run.py BUILD [--pods 150000] [--runs 3]

BUILD is make's object tree.  The dump is made once and kept in ~/.cache/kassay/bench.  simdjson (when
libsimdjson-dev is there) parses the same files in the same run: it is the measure of what reading
costs.  Times are processor seconds, the best of several runs, files in the page cache: nothing here runs
in more than one thread, and what else the machine does counts less that way.
"""
import argparse
import glob
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def dump(pods):
    """The folder of the dump, made if it is not there yet."""
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kassay", "bench")
    generator = os.path.join(TOP, "..", "shared", "tools", "gencluster.py")
    if not os.path.exists(generator):
        generator = os.path.join(HERE, "gendump.py")
    name = os.path.splitext(os.path.basename(generator))[0]
    folder = os.path.join(cache, f"{name}-{pods}")
    if not os.path.exists(folder):
        print(f"making {folder} (once)", file=sys.stderr)
        os.makedirs(cache, exist_ok=True)
        new = tempfile.mkdtemp(dir=cache)
        subprocess.run([sys.executable, generator, "--pods", str(pods), "--nodes", str(max(1, pods // 30)), new],
                       check=True)
        if os.path.exists(os.path.join(new, "expected.json")):
            os.unlink(os.path.join(new, "expected.json"))
        os.rename(new, folder)
    return folder


def audit_log(megabytes):
    """An audit log, made if it is not there yet."""
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kassay", "bench")
    path = os.path.join(cache, f"audit-{megabytes}.log")
    if not os.path.exists(path):
        print(f"making {path} (once)", file=sys.stderr)
        os.makedirs(cache, exist_ok=True)
        subprocess.run([sys.executable, os.path.join(HERE, "auditlog.py"), "--mb", str(megabytes), path + ".new"],
                       check=True)
        os.rename(path + ".new", path)
    return path


def questions(build, folder):
    """What is asked of a large cluster once it is read, in the program's own words."""
    program = os.path.join(build, "src/analysis/rbac_bench")
    if not os.path.exists(program):
        return
    with tempfile.TemporaryDirectory() as rbac:
        subprocess.run([sys.executable, os.path.join(HERE, "genrbac.py"), rbac], check=True)
        print("\nquestions, with 50,000 bindings in 5,000 namespaces beside it:", flush=True)
        subprocess.run([program, folder, rbac], check=True)


def audit_logs(build, runs):
    path = audit_log(2000)
    size = os.path.getsize(path)
    with open(path, "rb") as data:
        while data.read(1 << 20):
            pass
    print(f"\naudit log, {size / 1e6:.0f} MB\n{'':<26}{'cpu s':>9}{'MB/s':>8}{'peak MB':>21}")
    for name, more in (("kassay: read alone", ["--alone"]), ("kassay: with use counted", [])):
        seconds, peak = measure([os.path.join(build, "src/source/auditlog_bench"), *more, path], size, runs)
        print(f"{name:<26}{seconds:>9.2f}{size / 1e6 / seconds:>8.0f}{peak:>21.0f}", flush=True)


def measure(argv, size, runs, good=(0, 1, 3)):
    """Best processor time in seconds and largest peak memory in MB.  A program that prints its own rate ("N MB/s") has
    repeated the work itself; of all others the whole process counts, the best of `runs`."""
    best, peak = None, 0
    for _ in range(runs):
        with tempfile.TemporaryFile() as out:
            p = subprocess.Popen(argv, stdout=out, env=dict(os.environ, SOURCE_DATE_EPOCH="1767225600"))
            _, status, usage = os.wait4(p.pid, 0)
            took = usage.ru_utime + usage.ru_stime
            out.seek(0)
            rate = re.search(rb"([0-9.]+) MB/s", out.read(4096))
        p.returncode = os.waitstatus_to_exitcode(status)
        if p.returncode not in good:
            sys.exit(f"{argv[0]}: exit status {p.returncode}")
        peak = max(peak, usage.ru_maxrss / 1024)
        if rate:
            return size / 1e6 / float(rate.group(1)), peak
        best = took if best is None else min(best, took)
    return best, peak


def simdjson(scratch):
    """The program that parses files with simdjson, or None when it cannot be built here."""
    source, program = os.path.join(HERE, "simdjson_bench.cc"), os.path.join(scratch, "simdjson_bench")
    cxx = os.environ.get("CXX", "c++")
    if not os.path.exists(source) or not shutil.which(cxx):
        return None
    p = subprocess.run([cxx, "-O3", "-std=c++17", "-o", program, source, "-lsimdjson"], capture_output=True)
    return program if p.returncode == 0 else None


def rows(build, folder, scratch):
    """What is measured: a name and the command."""
    files = sorted(glob.glob(os.path.join(folder, "*.json")))
    parser = simdjson(scratch)
    if parser:
        yield "simdjson: parse", [parser, *files]
    else:
        print("no simdjson here (libsimdjson-dev, c++): nothing to compare with", file=sys.stderr)
    for name, program, args in (("kassay: tape only", "src/util/json_bench", files),
                                ("kassay: into the graph", "src/source/files_bench", [folder])):
        program = os.path.join(build, program)
        if os.path.exists(program):
            yield name, [program, *args]
    kassay = os.path.join(build, "kassay")
    yield "kassay: audit, JSON", [kassay, "audit", "-f", folder, "-o", "json"]
    out = [f"{f}={os.path.join(scratch, 'report.' + f)}" for f in ("json", "junit", "html")]
    yield "kassay: audit, 3 reports", [kassay, "audit", "-f", folder, *(a for o in out for a in ("-o", o))]
    yield "kassay: snapshot", [kassay, "snapshot", "-f", folder, "-o", os.path.join(scratch, "snapshot.jsonl.zst")]


def cpu():
    try:
        with open("/proc/cpuinfo") as f:
            return next(line.split(":", 1)[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pods", type=int, default=int(os.environ.get("PODS", 150000)))
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("build")
    a = p.parse_args()
    folder = dump(a.pods)
    size = sum(os.path.getsize(f) for f in glob.glob(os.path.join(folder, "*")))
    for f in glob.glob(os.path.join(folder, "*")):  # into the page cache
        with open(f, "rb") as data:
            while data.read(1 << 20):
                pass
    print(f"{a.pods} pods, {size / 1e6:.0f} MB; {cpu()}, {os.cpu_count()} cores; best of {a.runs}\n")
    print(f"{'':<26}{'cpu s':>9}{'MB/s':>8}{'x simdjson':>12}{'peak MB':>9}")
    scratch = tempfile.mkdtemp(prefix="kassay-bench-")
    base = None
    try:
        for name, argv in rows(a.build, folder, scratch):
            seconds, peak = measure(argv, size, a.runs)
            if name.startswith("simdjson"):
                base = seconds
            ratio = f"{seconds / base:.2f}" if base else "-"
            print(f"{name:<26}{seconds:>9.2f}{size / 1e6 / seconds:>8.0f}{ratio:>12}{peak:>9.0f}", flush=True)
    finally:
        shutil.rmtree(scratch)
    questions(a.build, folder)
    audit_logs(a.build, a.runs)


if __name__ == "__main__":
    main()
