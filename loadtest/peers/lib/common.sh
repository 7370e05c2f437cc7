# Shared by setup.sh, run.sh, all.sh and w6.sh.
BENCH_WORK=${BENCH_WORK:-${TMPDIR:-/tmp}/peerbench}   # servers, npm packages, temporary data
BENCH_LOCK=${BENCH_LOCK:-${TMPDIR:-/tmp}/bench.lock}  # one timed part at a time on this machine
mkdir -p "$BENCH_WORK"
PGBIN=${PGBIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
BENCH_SERVER_JAR=${BENCH_SERVER_JAR:-$ROOT/server/target/eventsync.jar}
BENCH_LOADTEST_JAR=${BENCH_LOADTEST_JAR:-$ROOT/loadtest/target/eventsync-loadtest.jar}
BENCH_SERVER_JVM=${BENCH_SERVER_JVM:--XX:+UseParallelGC -Xms1g -Xmx1g -Xmn700m}
export BENCH_WORK BENCH_LOCK BENCH_SERVER_JAR BENCH_LOADTEST_JAR BENCH_SERVER_JVM

free_port() { python3 -c 'import socket;s=socket.socket();s.bind(("127.0.0.1",0));print(s.getsockname()[1])'; }
wait_port() { # port seconds
  i=0; while ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do i=$((i+1)); [ $i -ge $(($2*5)) ] && return 1; sleep 0.2; done
}
