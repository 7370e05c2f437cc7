#!/usr/bin/env python3
"""W6, webhook delivery: w6.py VARIANT [key=value ...] prints JSON lines. Run it through ../w6.sh.

Variants: webclient, webclient-row, webclient-group (the bare limits: POST only, with an audit row for each, with grouped rows),
eventsync, naive-py, naive-node. Everything is on loopback; every process started here is stopped by pid."""
import fcntl, glob, json, os, shutil, signal, socket, subprocess as sp, sys, tempfile, threading, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
KIT = os.path.dirname(HERE)
WORK = os.environ['BENCH_WORK']
CP = f'{KIT}/target/classes:' + os.path.join(KIT, 'target/lib/*')
NICE = ['nice', '-n', os.environ['NICE']] if os.environ.get('NICE') else []
os.environ['NPM_DIR'] = os.path.join(WORK, 'npm')
signal.signal(signal.SIGTERM, lambda *a: sys.exit(1))
variant = sys.argv[1]
opt = dict(a.split('=', 1) for a in sys.argv[2:])
data = tempfile.mkdtemp(prefix='data.', dir=WORK)
procs = []


def port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def start(cmd, user=None):
    log = open(os.path.join(data, 'log'), 'a')
    p = sp.Popen(NICE + cmd, stdout=log, stderr=log, user=user, group=user, extra_groups=[] if user else None, start_new_session=True)
    procs.append(p)
    return p


def wait(p, secs=40):
    for _ in range(secs * 10):
        try:
            socket.create_connection(('127.0.0.1', p), 1).close()
            return
        except OSError:
            time.sleep(.1)
    sys.stderr.write(open(os.path.join(data, 'log')).read()[-2000:])
    raise SystemExit(f'port {p} never opened')


def stat_fields(path):
    return open(path).read().rsplit(')', 1)[1].split()


def tree(pid):
    kids = {}
    for d in filter(str.isdigit, os.listdir('/proc')):
        try:
            kids.setdefault(int(stat_fields(f'/proc/{d}/stat')[1]), []).append(int(d))
        except OSError:
            pass
    out, todo = [], [pid]
    while todo:
        x = todo.pop()
        out.append(x)
        todo += kids.get(x, [])
    return out


def cpu(roots):
    ticks = 0
    for p in roots:
        for q in tree(p.pid):
            try:
                ticks += sum(map(int, stat_fields(f'/proc/{q}/stat')[11:15]))
            except OSError:
                pass
    return ticks / 100


def pss(roots):
    kb = 0
    for p in roots:
        for q in tree(p.pid):
            try:
                kb += sum(int(l.split()[1]) for l in open(f'/proc/{q}/smaps_rollup') if l.startswith('Pss:'))
            except OSError:
                pass
    return kb / 1024


def busy():
    f = list(map(int, open('/proc/stat').readline().split()[1:9]))
    return (f[0] + f[1] + f[2] + f[5] + f[6]) / 100


def postgres():
    bin = sorted(glob.glob('/usr/lib/postgresql/*/bin'))[-1]
    pp, d = port(), os.path.join(data, 'pg')
    user = 'postgres' if os.getuid() == 0 else None
    os.chmod(data, 0o777)
    sp.run([f'{bin}/initdb', '-D', d, '-A', 'trust', '-U', 'bench', '--no-sync'], check=True, stdout=sp.DEVNULL, user=user, group=user, extra_groups=[] if user else None)
    with open(os.path.join(d, 'postgresql.conf'), 'a') as conf:
        conf.write(f"listen_addresses='127.0.0.1'\nport={pp}\nunix_socket_directories=''\nshared_buffers=256MB\nmax_wal_size=2GB\n")
    p = start([f'{bin}/postgres', '-D', d], user=user)
    wait(pp)
    time.sleep(1)
    sp.run([f'{bin}/psql', '-q', '-h', '127.0.0.1', '-p', str(pp), '-U', 'bench', '-d', 'postgres', '-c', 'create database bench'], check=True)
    return p, pp


rport = port()
recv = start(['java', '-Xmx256m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', CP, 'peerbench.Receiver', str(rport)])
wait(rport)


def received(reset=False):
    return json.loads(urllib.request.urlopen(f'http://127.0.0.1:{rport}/stat?reset={int(reset)}').read())


class Hold:
    def __enter__(self):
        self.f = open(os.environ['BENCH_LOCK'], 'w')
        fcntl.flock(self.f, fcntl.LOCK_EX)

    def __exit__(self, *a):
        self.f.close()


def measured(n, servers, go, c, label='', timeout=80):
    """go() starts the delivery of n webhooks; waits until the receiver has them all. The sender's CPU is that of the servers and of
    the process that go() may have started."""
    received(True)
    c0, r0, b0, t0 = cpu(servers), cpu([recv]), busy(), time.time()
    ended = go()
    last, moved = -1, time.time()
    while True:
        s = received()
        if s['n'] != last:
            last, moved = s['n'], time.time()
        if s['n'] >= n or time.time() - t0 > timeout or time.time() - moved > 15:
            break
        time.sleep(.05)
    sender, receiver, elapsed = cpu(servers) - c0, cpu([recv]) - r0, time.time() - t0
    sender += ended() if ended else 0
    k = max(1, s['n']) / 1000
    print(json.dumps({
        'workload': 'w6', 'peer': variant, 'label': label, 'c': c, 'wanted': n, 'delivered': s['n'], 'events_per_s': s['per_s'],
        'p50_ms': s['p50_ms'], 'p99_ms': s['p99_ms'], 'p999_ms': s['p999_ms'], 'server_cpu_s_per_1k': round(sender / k, 4),
        'receiver_cpu_s_per_1k': round(receiver / k, 4), 'server_pss_mb': round(pss(servers), 1),
        'other_cores': round(max(0, (busy() - b0 - sender - receiver) / elapsed), 2), 'errors': n - s['n']}), flush=True)


def child(cmd):
    """Runs cmd; answers a function that gives its CPU seconds once it has ended."""
    p = sp.Popen(NICE + cmd, stdout=sys.stderr, stderr=sys.stderr)
    procs.append(p)

    def ended():
        _, p.returncode, used = os.wait4(p.pid, 0)
        return used.ru_utime + used.ru_stime
    return ended


def naive(command, n, endpoints, c):
    p, pp = postgres()
    with Hold():
        measured(n * endpoints, [p], lambda: child(command + [str(rport), str(pp), str(n), str(endpoints)]), c)


def eventsync():
    """One endpoint for each of some tags; a delivery is signed, and on record before it goes out. What ingests is this process."""
    es, endpoints, n = port(), int(opt.get('endpoints', 16)), int(opt.get('n', 60_000))
    p = start(['java', *os.environ['BENCH_SERVER_JVM'].split(), '-jar', os.environ['BENCH_SERVER_JAR'], 'serve', f'--server-port={es}',
               f'--data-dir={data}/eventsync', '--webhook-allow-loopback'])
    wait(es)

    def call(path, body):
        request = urllib.request.Request(f'http://127.0.0.1:{es}{path}', json.dumps(body).encode(), {'content-type': 'application/json'})
        return urllib.request.urlopen(request).read()

    for i in range(endpoints):
        call('/v1/endpoints', {'endpoint': {
            'name': f'hook-{i}', 'filter': {'tagPrefixes': [f'HOOK.T{i}']},
            'webhook': {'url': f'http://127.0.0.1:{rport}/hook/{i}', 'format': 'WEBHOOK_FORMAT_RAW'}}})

    def ingest(count):
        for first in range(0, count, 500):
            stamp = int(time.time() * 1e6)
            call('/v1/events:batch', {'events': [
                {'tag': f'HOOK.T{i % endpoints}', 'json': json.dumps({'stamp': stamp, 'id': i, 'message': 'x' * 150})}
                for i in range(first, min(count, first + 500))]})

    def go(count):
        threading.Thread(target=ingest, args=(count,)).start()

    with Hold():
        for _ in range(int(opt.get('warm', 2))):
            measured(20_000, [p], lambda: go(20_000), endpoints * 8, label='warm-up')
        measured(n, [p], lambda: go(n), endpoints * 8)


def bare():
    audit = {'webclient': 'none', 'webclient-row': 'row', 'webclient-group': 'group'}[variant]
    p, pp = (recv, 0) if audit == 'none' else postgres()
    with Hold():
        sp.run(NICE + ['java', '-Xmx512m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', CP, 'peerbench.WebhookLimit', f'rport={rport}',
                       f'pgport={pp}', f'audit={audit}', f'label={variant}', 'workload=w6', f'pids={p.pid}', f'dur={opt.get("dur", 3)}'])


try:
    if variant.startswith('webclient'):
        bare()
    elif variant == 'eventsync':
        eventsync()
    elif variant == 'naive-py':
        naive(['/usr/bin/python3', f'{HERE}/naive.py'], int(opt.get('n', 150)), 4, 1)
    elif variant == 'naive-node':
        naive(['node', f'{HERE}/naive.mjs'], int(opt.get('n', 2000)), 4, 32)
    else:
        raise SystemExit('unknown variant')
finally:
    for p in reversed(procs):
        if p.poll() is None:
            p.send_signal(signal.SIGINT if 'postgres' in str(p.args) else signal.SIGTERM)
    for p in reversed(procs):
        try:
            p.wait(8)
        except sp.TimeoutExpired:
            p.kill()
    shutil.rmtree(data, ignore_errors=True)
