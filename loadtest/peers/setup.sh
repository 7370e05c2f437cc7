#!/bin/bash
# Installs what run.sh and w6.sh need from Debian, Maven Central and npm, and builds the client. Services that an install may start
# are not used: run.sh starts its own on free loopback ports.
set -e
cd "$(dirname "$0")"; . ./lib/common.sh
need=
for p in etcd-server nats-server redis-server rabbitmq-server postgresql python3-requests python3-psycopg2; do
  dpkg -s $p >/dev/null 2>&1 || need="$need $p"
done
[ -z "$need" ] || { apt-get update -qq; apt-get install -y --no-install-recommends $need; }
[ -d "$BENCH_WORK/servers/kafka" ] || mvn -q -B -f servers/kafka.pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$BENCH_WORK/servers/kafka" -DincludeScope=runtime
[ -d "$BENCH_WORK/npm/node_modules/pg" ] || { mkdir -p "$BENCH_WORK/npm"; (cd "$BENCH_WORK/npm"; npm init -y >/dev/null; npm i --no-audit --no-fund pg@8); }
mvn -q -B package
# EventSync's client has other versions of the same libraries, so it is compiled against its own jar, and run with it alone.
javac -d target/classes -cp "target/classes:$BENCH_LOADTEST_JAR" src/main/java/peerbench/EventSync.java
