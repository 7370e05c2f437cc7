#!/bin/bash
# run.sh PEER WORKLOAD [key=value ...]: starts PEER on a free loopback port with its data in a temporary folder, runs WORKLOAD
# (w1 w2 w3 w4 w5), stops the peer by pid, prints JSON lines. README.md lists peers and keys.
set -u
cd "$(dirname "$0")"; . ./lib/common.sh
peer=$1; wl=$2; shift 2
data=$(mktemp -d "${DATA_DIR:-$BENCH_WORK}/data.XXXXXX"); log=$data/server.log; pids=; extra=; cls=; dur=
cp="target/classes:target/lib/*"
cleanup() {
  for p in $pids; do kill -TERM "$p" 2>/dev/null; done
  for p in $pids; do for _ in $(seq 50); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done; kill -KILL "$p" 2>/dev/null; done
  [ -n "${KEEP:-}" ] || rm -rf "$data"
}
trap cleanup EXIT
nice=${NICE:+nice -n $NICE}
start() { $nice "$@" >>"$log" 2>&1 & pids="$! $pids"; }
die() { echo "run.sh: $*" >&2; tail -20 "$log" >&2; exit 1; }
port=$(free_port)
case $peer in
  eventsync) # the jar with its embedded Postgres; an acknowledged event is on disk
    cls=EventSync dur=fsync; cp="target/classes:$BENCH_LOADTEST_JAR"
    start java $BENCH_SERVER_JVM -jar "$BENCH_SERVER_JAR" serve --server-port=$port --data-dir="$data/eventsync" ${BENCH_SERVER_ARGS:-} ;;
  etcd) # every Put is fsynced by the raft log before the ack
    cls=Etcd dur=fsync; p2=$(free_port)
    start etcd --name b --data-dir "$data/etcd" --listen-client-urls http://127.0.0.1:$port --advertise-client-urls http://127.0.0.1:$port --listen-peer-urls http://127.0.0.1:$p2 --initial-advertise-peer-urls http://127.0.0.1:$p2 --initial-cluster b=http://127.0.0.1:$p2 --quota-backend-bytes 8589934592 --log-level error ;;
  nats) # 2.9 has no switch for an fsync a message: acks come before it
    cls=Nats dur="no (page cache; fsync every 60 s)"
    printf 'listen: "127.0.0.1:%s"\njetstream { store_dir: "%s", max_file_store: 20GB }\nmax_pending: 256MB\n' $port "$data/js" > "$data/n.conf"
    start nats-server -c "$data/n.conf" ;;
  redis-always|redis-everysec)
    cls=Redis; f=${peer#redis-}; [ $f = always ] && dur=fsync || dur="no (fsync each second)"
    start redis-server --port $port --bind 127.0.0.1 --dir "$data" --appendonly yes --appendfsync $f --save "" --maxclients 12000 --auto-aof-rewrite-percentage 0 ;;
  kafka|kafka-flush1) # default: page cache only; flush1: an fsync for each batch appended
    cls=Kafka dur="no (page cache)"; [ $peer = kafka-flush1 ] && { dur=fsync; extra="flush=1"; }
    p2=$(free_port); kcp="$BENCH_WORK/servers/kafka/*"
    cat > "$data/k.properties" <<K
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$p2
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$p2
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$data/logs
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
K
    printf 'rootLogger.level=ERROR\nrootLogger.appenderRef.s.ref=S\nappender.s.type=Console\nappender.s.name=S\n' > "$data/log4j2.properties"
    J="java -Xms1g -Xmx1g -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Dlog4j2.configurationFile=$data/log4j2.properties -cp $kcp"
    set -f; $J kafka.tools.StorageTool format -t "$(python3 -c 'import uuid,base64;print(base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))')" -c "$data/k.properties" >>"$log" 2>&1 || die format
    start $J kafka.Kafka "$data/k.properties"; set +f ;;
  rabbit-quorum)
    cls=RabbitQuorum dur=fsync
    export ERL_EPMD_PORT=$(free_port) HOME=$data RABBITMQ_NODENAME=b$$@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 ERL_EPMD_ADDRESS=127.0.0.1
    export RABBITMQ_DIST_PORT=$(free_port) RABBITMQ_MNESIA_BASE=$data/m RABBITMQ_LOG_BASE=$data/l RABBITMQ_PID_FILE=$data/pid RABBITMQ_ENABLED_PLUGINS_FILE=$data/plugins RABBITMQ_CONFIG_FILE=$data/r RABBITMQ_CONF_ENV_FILE=/dev/null
    export RABBITMQ_NODE_PORT=$port
    echo '[].' > "$data/plugins"
    printf 'listeners.tcp.default = 127.0.0.1:%s\nlog.file.level = error\ndisk_free_limit.absolute = 500MB\n' $port > "$data/r.conf"
    start epmd -address 127.0.0.1 -port $ERL_EPMD_PORT; sleep 0.5
    bin=$(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin | tail -1)
    set -m; start "$bin/rabbitmq-server"; set +m ;;
  pg) # Debian's PostgreSQL, tuned only in size
    cls=Pg dur=fsync
    chmod 755 "$BENCH_WORK"; chmod 777 "$data"; u="setpriv --reuid=postgres --regid=postgres --clear-groups"; [ "$(id -u)" = 0 ] || u=
    $u "$PGBIN/initdb" -D "$data/pg" -A trust -U bench --no-sync >>"$log" 2>&1 || die initdb
    cat >> "$data/pg/postgresql.conf" <<P
listen_addresses='127.0.0.1'
port=$port
unix_socket_directories=''
shared_buffers=512MB
max_wal_size=4GB
max_connections=${PGCONN:-1200}
P
    start $u "$PGBIN/postgres" -D "$data/pg"; wait_port $port 20 || die pg; sleep 1
    "$PGBIN/psql" -q -h 127.0.0.1 -p $port -U bench -d postgres -c 'create database bench' || die createdb ;;
  *) echo "unknown peer $peer" >&2; exit 2 ;;
esac
wait_port $port 60 || die "server did not open port $port"
sleep ${SETTLE:-1}
plist=$(echo $pids | tr ' ' ',')
client() { # workload args...
  w=$1; shift; set -f
  timeout -k 3 ${LIMIT:-120} $nice java -Xms1g -Xmx${XMX:-3g} -XX:+UseParallelGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error -Dio.netty.leakDetection.level=disabled -cp "$cp" peerbench.Main peer=$cls label=$peer workload=$w port=$port pids=$plist datadir="$data" durable="$dur" $extra "$@"
  set +f
}
# One timed part at a time.
locked() { ( flock 9; "$@" ) 9>"$BENCH_LOCK"; }
case $wl in
  w5) client load ${N:+n=$N} >&2; locked client w5 ${N:+n=$N} "$@" ;;
  *) locked client $wl "$@" ;;
esac
