"""CPU of a Postgres backend for each event, stored as rows or as segments. Takes psql's options for a database that it may fill."""
import pathlib
import subprocess
import sys

PSQL = ["psql", "-X", "-q", "-At", *sys.argv[1:]]
HERE = pathlib.Path(__file__).parent
EVENTS, BYTES, REPETITIONS = 200_000, 256, 3


def cpu_us(kind, batch):
    psql = subprocess.Popen(PSQL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(sql):
        psql.stdin.write(sql + "\n")
        psql.stdin.flush()
        return psql.stdout.readline()

    stat = pathlib.Path("/proc", ask("select pg_backend_pid();").strip(), "schedstat")
    used = lambda: int(stat.read_text().split()[0]) / 1e3
    before = used()
    ask(f"call append_many('{kind}', {EVENTS // batch}, {batch}, {BYTES}); select 1;")
    after = used()
    psql.communicate()
    return (after - before) / (EVENTS // batch * batch)


subprocess.run([*PSQL, "-v", "ON_ERROR_STOP=1", "-f", HERE.name + "/segments.sql"], cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)
for batch in (16, 64, 256):
    us = {kind: sorted(cpu_us(kind, batch) for _ in range(REPETITIONS))[REPETITIONS // 2] for kind in ("neither", "rows", "segments")}
    print(f"{batch} events an append: rows {us['rows'] - us['neither']:.2f} us, segments {us['segments'] - us['neither']:.2f} us")
