#!/bin/sh
# Checks the samples in deploy/ with the programs that they are for: promtool, nginx, haproxy, systemd-analyze. Names each
# program that is not installed, and then fails: a check that was left out is no check.
set -u
cd "$(dirname "$0")/.."
failed=0

check() { # check NAME COMMAND…
  name=$1
  shift
  program=$1
  [ "$program" != silent ] || program=$2
  if ! command -v "$program" >/dev/null 2>&1; then
    echo "$name: not checked, $program is not installed" >&2
    failed=1
  elif output=$("$@" 2>&1); then
    echo "$name: ok"
  else
    echo "$name: $output" >&2
    failed=1
  fi
}

# systemd-analyze tells an unknown key and ends with 0.
silent() {
  said=$("$@" 2>&1) && [ -z "$said" ] || {
    echo "$said"
    return 1
  }
}

check 'deploy/prometheus/alarms.yml' promtool check rules deploy/prometheus/alarms.yml
check 'deploy/prometheus/alarms.test.yml' promtool test rules deploy/prometheus/alarms.test.yml
check 'deploy/prometheus/prometheus.yml' promtool check config deploy/prometheus/prometheus.yml

# The files that the samples name are replaced by those of this machine, and nothing else.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if command -v openssl >/dev/null 2>&1; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=assay.example -keyout "$folder/key" -out "$folder/cert" 2>/dev/null
  cat "$folder/cert" "$folder/key" >"$folder/both"
else
  echo 'openssl is not installed: the proxies have no certificate to be checked with' >&2
  failed=1
fi

{
  echo "pid $folder/pid; events {} http { access_log off;"
  for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $folder/$kind;"; done
  sed -e "s|/etc/nginx/assay.pem|$folder/cert|" -e "s|/etc/nginx/assay.key|$folder/key|" deploy/nginx/assay.conf
  echo '}'
} >"$folder/nginx.conf"
check 'deploy/nginx/assay.conf' nginx -t -q -e "$folder/error.log" -c "$folder/nginx.conf"

sed "s|/etc/haproxy/assay.pem|$folder/both|" deploy/haproxy/haproxy.cfg >"$folder/haproxy.cfg"
check 'deploy/haproxy/haproxy.cfg' haproxy -c -q -f "$folder/haproxy.cfg"

for unit in deploy/systemd/*.service; do
  name=$(basename "$unit" | sed 's/@/@1/')
  sed -e "s|/opt/node26/bin/node|$(command -v node)|" "$unit" >"$folder/$name"
  check "$unit" silent systemd-analyze verify --man=no "$folder/$name"
done
exit "$failed"
