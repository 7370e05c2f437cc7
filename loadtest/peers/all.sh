#!/bin/bash
# all.sh [workload ...]: every peer, REPS rounds in turn over the peers (default 3), JSON lines to results/all.jsonl, then the table.
# PEERS="..." limits the peers. ARGS adds keys to w1, w2 and w3.
cd "$(dirname "$0")"; . ./lib/common.sh; mkdir -p results
peers=${PEERS:-eventsync etcd redis-always nats rabbit-quorum pg kafka-flush1}
for wl in ${@:-w1,w2,w3 w4 w5 w6}; do for _ in $(seq ${REPS:-3}); do
  [ $wl = w6 ] && { ./w6.sh | sed 's/^{/{"set":"disk",/' | tee -a results/all.jsonl >&2; continue; }
  for p in $peers; do
    case $wl in
      w4) for nm in ${W4:-1000:1pct 1000:all}; do ./run.sh $p w4 n=${nm%:*} match=${nm#*:}; done ;;
      w5) [ $p = rabbit-quorum ] || ./run.sh $p w5 ;;
      *) ./run.sh $p $wl ${ARGS:-} ;;
    esac 2>>results/errors.log | sed 's/^{/{"set":"disk",/' | tee -a results/all.jsonl >&2
  done
done; done
python3 compact.py results/all.jsonl
