#!/bin/bash
# w6.sh [variant ...]: webhook senders side by side; JSON lines. The variants are those of w6/w6.py.
cd "$(dirname "$0")"; . ./lib/common.sh
for v in ${@:-webclient eventsync naive-py naive-node}; do /usr/bin/python3 w6/w6.py $v; done
