#!/usr/bin/env python3
"""Driver of run.sh: measures delivered messages per second (first byte sent .. last message at the sink),
CPU per message and peak memory of each target, interleaved round by round. Standard library only.
targets: NAME=HOST:PORT[@PID]; the name 'direct' means the sink itself. PID = root of the target's process tree."""
import argparse, atexit, os, re, signal, statistics as st, subprocess, sys, threading, time
ap = argparse.ArgumentParser()
ap.add_argument("--sink", default="127.0.0.1:12600"); ap.add_argument("--mail", required=True)
ap.add_argument("--rounds", type=int, default=3); ap.add_argument("--scale", type=float, default=1.0)
ap.add_argument("--timeout", type=float, default=30); ap.add_argument("--base", default="postfix")
ap.add_argument("--cells", default="", help="e.g. 4k:1:new,4k:50:reuse"); ap.add_argument("targets", nargs="+")
ap.add_argument("--sinkopts", default="")
a = ap.parse_args()
N = {("4k", 1): 400, ("4k", 10): 1500, ("4k", 50): 2000, ("4k", 200): 2000, ("100k", 1): 150, ("100k", 10): 600, ("100k", 50): 600,
     ("100k", 200): 800, ("5m", 1): 10, ("5m", 10): 40, ("5m", 50): 50, ("5m", 200): 200}
cells = [tuple(c.split(":")) for c in a.cells.split(",")] if a.cells else \
    [(s, str(c), m) for s in ("4k", "100k", "5m") for c in (1, 10, 50, 200) for m in ("new", "reuse")]
def tree(root):
    kids = {}
    for p in os.listdir("/proc"):
        if p.isdigit():
            try: f = open("/proc/%s/stat" % p).read().rsplit(")", 1)[1].split()
            except OSError: continue
            kids.setdefault(int(f[1]), []).append((int(p), f))
    try: f = open("/proc/%d/stat" % root).read().rsplit(")", 1)[1].split()
    except OSError: return []
    out, todo = [(root, f)], [root]
    while todo:
        for p, f in kids.get(todo.pop(), []): out.append((p, f)); todo.append(p)
    return out
TICK = os.sysconf("SC_CLK_TCK")
def cpu(root):  # seconds of the whole tree: nanosecond run time of live threads, clock ticks of children already reaped
    t = 0.0
    for p, f in tree(root) if root else []:
        t += (int(f[13]) + int(f[14])) / TICK
        try:
            for k in os.listdir("/proc/%d/task" % p): t += int(open("/proc/%d/task/%s/schedstat" % (p, k)).read().split()[0]) / 1e9
        except OSError: t += (int(f[11]) + int(f[12])) / TICK
    return t
def pss(pids):  # MB, each page divided by the processes that share it: the one measure that is fair to one process and to many
    t = 0
    for p in pids:
        try:
            for l in open("/proc/%d/smaps_rollup" % p):
                if l.startswith("Pss:"): t += int(l.split()[1]); break
        except OSError: pass
    return t / 1024
def rss(pid):  # resident MB of one process, and what of it are pages of files (the program itself), shared with others
    try: m = dict(l.split()[:2] for l in open("/proc/%d/status" % pid) if l.startswith(("VmRSS:", "RssFile:")))
    except OSError: m = {}
    return int(m.get("VmRSS:", 0)) / 1024, int(m.get("RssFile:", 0)) / 1024
# -m: several guards keep up to 200 connections each; beyond -m (512 was too few) the sink answers nobody new until one of those has gone.
sink = subprocess.Popen(["smtp-sink", "-c", *(["-u", "nobody"] if os.getuid() == 0 else []), *a.sinkopts.split(), "-m", "4000", a.sink, "1024"],
    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
os.set_blocking(sink.stdout.fileno(), False)
time.sleep(0.2)
if sink.poll() is not None: sys.exit("sink did not start: " + sink.stderr.read().decode())
atexit.register(sink.kill)
state = [0, b""]
def messages():  # messages the sink has fully received so far (smtp-sink -c prints running counters)
    while True:
        try: b = os.read(sink.stdout.fileno(), 1 << 16)
        except BlockingIOError: return state[0]
        if not b: sys.exit("sink ended")
        t = state[1] + b; m = re.findall(rb"mesg=(\d+)[ \r]", t)
        if m: state[0] = int(m[-1])
        state[1] = t[-64:]
def one(addr, pid, size, c, mode):
    n = max(1, int(N[(size, int(c))] * a.scale)); c = min(int(c), n)
    m0 = messages()
    peak = [0.0, 0.0, (0.0, 0.0)]; stop = threading.Event()
    def watch():
        while True:
            main = pss([pid]); rest = pss(p for p, _ in tree(pid) if p != pid)
            peak[:] = max(peak[0], main + rest), max(peak[1], main), max(peak[2], rss(pid))
            if stop.wait(0.25): return
    th = threading.Thread(target=watch) if pid else None
    c0 = cpu(pid); t0 = time.monotonic()
    if th: th.start()
    src = subprocess.Popen(["smtp-source", "-s", str(c), "-m", str(n), "-F", os.path.join(a.mail, size + ".eml"), "-f", "taro@sender.example",
        "-t", "hanako@partner.example", "-M", "client.example"] + (["-d"] if mode == "reuse" else []) + [addr], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ok = True; tacc = None
    end = t0 + a.timeout
    while True:
        now = time.monotonic()
        if tacc is None and src.poll() is not None: tacc = now - t0
        if messages() - m0 >= n and src.poll() is not None: break
        if now > end or (src.poll() not in (None, 0)): ok = False; break
        time.sleep(0.0005 if now - t0 < 0.5 else 0.002)
    t = time.monotonic() - t0
    if tacc is None: tacc = t
    stop.set(); th and th.join()
    if src.poll() is None: src.kill()
    src.wait()
    ok = ok and src.returncode == 0 and messages() - m0 == n
    err = src.stderr.read().decode(errors="replace").strip().splitlines()
    used = cpu(pid) - c0
    return ok, n / t, n / tacc, used / n * 1e3, peak, (err[-1] if err else "")
names = []
for t in a.targets:
    n, _, r = t.partition("="); addr, _, pid = r.partition("@"); names.append((n, addr or a.sink, int(pid or 0)))
print("load average at start: %s; rounds %d" % (open("/proc/loadavg").read().split()[:3], a.rounds))
print("%-5s %4s %-5s %-12s %9s %19s %9s %8s %8s %8s %8s" % ("size", "conc", "conn", "target", "msg/s", "(min..max)", "accept/s", "MB/s", "cpu ms", "/direct", "/" + a.base))
for s, c, m in cells:
    got = {n: [] for n, _, _ in names}; bad = {}
    for r in range(a.rounds):
        for n, addr, pid in names:
            if bad.get(n, 0) >= 1: continue
            x = one(addr, pid, s, c, m)
            if x[0]: got[n].append((r, x))
            else: bad[n] = bad.get(n, 0) + 1; print("# %s %s %s %s: not drained within %.0f s (or error: %s)" % (s, c, m, n, a.timeout, x[5])); time.sleep(1)
    size = os.path.getsize(os.path.join(a.mail, s + ".crlf.eml")) / 1e6
    rate = {n: {r: x[1] for r, x in v} for n, v in got.items()}
    def ratio(n, base):
        q = [rate[n][r] / rate[base][r] for r in rate[n] if base in rate and r in rate[base]]
        return "%.2f" % st.median(q) if q else "-"
    for n, _, pid in names:
        v = [x for _, x in got[n]]
        if not v: continue
        q = [x[1] for x in v]
        print("%-5s %4s %-5s %-12s %9.1f %9.1f..%-9.1f %9.1f %8.1f %8s %8s %8s  peakMB PSS tree %.0f main %.0f (RSS %.0f, file %.0f)" % (s, c, m, n, st.median(q), min(q), max(q), st.median(x[2] for x in v), st.median(q) * size,
            "%.2f" % st.median(x[3] for x in v) if pid else "-", ratio(n, "direct"), ratio(n, a.base), max(x[4][0] for x in v), max(x[4][1] for x in v), *max(x[4][2] for x in v)), flush=True)
