#!/usr/bin/env bash
# make bench-relay: the same load against (a) a sink, (b) Postfix storing and
# forwarding, (c) Sekisho with its default rules and all checks, live envelope and
# one packet, (d) amavis without virus and spam checks, when amavisd-new is installed
# (or AMAVIS=host:port@pid names one that relays to the sink; AMAVIS=none leaves it
# out), (e) a go-smtp proxy that only copies, (f) the road alone, with a judgement that
# passes everything at once and no journal, (g) the least that a Go proxy can do, live
# and in one packet: the floor of the machine. Interleaved; loopback only; it stops
# what it started by process id.
# Environment: ROUNDS=3 SCALE=0.5 CELLS=4k:10:new,... (size:connections:new|reuse; all)
#              SINK=12600 PORT=12610 TIMEOUT=60 SEKISHO=program DIR=scratch
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ulimit -n 8192 2>/dev/null || echo "bench: file descriptors: $(ulimit -n)" >&2
for tool in postfix smtp-source smtp-sink python3; do
  PATH=$PATH:/usr/sbin command -v $tool >/dev/null || { echo "bench: needs $tool (apt-get install postfix python3)" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "bench: Postfix needs root" >&2; exit 1; }
export PATH=$PATH:/usr/sbin
SINK=${SINK:-12600}; PORT=${PORT:-12610}; own=
if [ -z "${DIR:-}" ]; then DIR=$(mktemp -d); own=1; fi
chmod 755 "$DIR"
PF=$((PORT + 1)) LIVE=$PORT ONE=$((PORT + 2)) STREAM=$((PORT + 3))
ROAD=$((PORT + 9)) BARE=$((PORT + 10)) BARE1=$((PORT + 11))
python3 "$here/mkmail.py" "$DIR/mail" >/dev/null
if [ -z "${SEKISHO:-}" ]; then
  SEKISHO=$DIR/sekisho
  (cd "$root" && CGO_ENABLED=0 go build -mod=readonly -o "$SEKISHO" ./cmd/sekisho)
fi
[ -n "${BENCH:-}" ] && cp "$BENCH" "$DIR/bench" || (cd "$root" && CGO_ENABLED=0 go build -mod=readonly -o "$DIR/bench" ./proxy/bench)
for p in $SINK $PF $LIVE $ONE $STREAM $ROAD $BARE $BARE1; do # Postfix's tools share a port silently
  if ss -ltnH "sport = :$p" | grep -q .; then echo "bench: port $p is taken; set SINK and PORT" >&2; exit 1; fi
done
pids=()
pf=$DIR/postfix
stop() {
  postfix -c "$pf/etc" stop 2>/dev/null || true
  for p in ${pids[@]+"${pids[@]}"}; do kill "$p" 2>/dev/null || true; done
  wait 2>/dev/null || true
  [ -z "$own" ] || rm -rf "$DIR"
}
trap stop EXIT
mkdir -p "$pf/etc" "$pf/spool" "$pf/data"; chown postfix "$pf/data"
cat > $pf/etc/main.cf <<M
compatibility_level = 3.6
queue_directory = $pf/spool
data_directory = $pf/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = relay.test.example
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [127.0.0.1]:$SINK
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
alias_maps =
alias_database =
message_size_limit = 52428800
default_process_limit = 250
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
in_flow_delay = 0
default_destination_concurrency_limit = 50
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
transport_retry_time = 1s
smtp_destination_concurrency_failed_cohort_limit = 100
maillog_file = $pf/mail.log
maillog_file_prefixes = $DIR
M
cat > $pf/etc/master.cf <<M
127.0.0.1:$PF inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
M
guard() { # name port envelope console decisions
  mkdir -p "$DIR/$1"
  cat > "$DIR/$1/sekisho.yaml" <<M
organization: {domains: [sender.example]}
listen: [{address: "127.0.0.1:$2", networks: [127.0.0.0/8]}]
next_hops: [{address: "127.0.0.1:$SINK", tls: none, trusted: true, envelope: $3, idle: 200}]
console: {address: "127.0.0.1:$4", public_url: "http://127.0.0.1:$4"}
decisions: {address: "127.0.0.1:$5", public_url: "http://127.0.0.1:$5"}
data: $DIR/$1/data
breaker: {mode: "off"}
limits: {connections_per_ip: 4000}
log: {level: warn}
M
  "$SEKISHO" serve --config "$DIR/$1/sekisho.yaml" 2> "$DIR/$1/log" &
  pids+=($!)
}
postfix -c "$pf/etc" start 2>/dev/null
guard live "$LIVE" live $((PORT + 4)) $((PORT + 5)); live=${pids[-1]}
guard one "$ONE" one_packet $((PORT + 6)) $((PORT + 7)); one=${pids[-1]}
"$DIR/bench" stream "127.0.0.1:$STREAM" "127.0.0.1:$SINK" & pids+=($!); stream=${pids[-1]}
"$DIR/bench" road "127.0.0.1:$ROAD" "127.0.0.1:$SINK" live & pids+=($!); road=${pids[-1]}
"$DIR/bench" bare "127.0.0.1:$BARE" "127.0.0.1:$SINK" live & pids+=($!); bare=${pids[-1]}
"$DIR/bench" bare "127.0.0.1:$BARE1" "127.0.0.1:$SINK" one_packet & pids+=($!); bare1=${pids[-1]}
for p in $PF $LIVE $ONE $STREAM $ROAD $BARE $BARE1; do
  for _ in $(seq 100); do ss -ltnH "sport = :$p" | grep -q . && break; sleep 0.1; done
done
pfpid=$(tr -d ' ' < "$pf/spool/pid/master.pid")
# Amavis decodes, asks file(1) for the type of each part and looks for banned names, as
# Debian sets it up, and is given what makes it fast: no database, no signatures,
# children that live long, the log for warnings only.
amavisd=$(command -v amavisd-new || command -v amavisd || true)
if [ -z "${AMAVIS:-}" ] && [ -n "$amavisd" ]; then
  if id amavis >/dev/null 2>&1; then user=amavis; else user=nobody; fi
  mkdir -p "$DIR/amavis/tmp"; chown -R "$user" "$DIR/amavis"
  cat > "$DIR/amavisd.conf" <<M
use strict;
\$daemon_user = '$user'; \$daemon_group = '$(id -gn "$user")';
\$MYHOME = '$DIR/amavis'; \$TEMPBASE = "\$MYHOME/tmp"; \$db_home = undef; \$enable_db = 0;
\$pid_file = "\$MYHOME/pid"; \$lock_file = "\$MYHOME/lock";
\$mydomain = 'sender.example'; \$myhostname = 'amavis.test.example';
\$max_servers = 4; \$max_requests = 1000;
\$inet_socket_bind = '127.0.0.1'; \$inet_socket_port = $((PORT + 8));
\$forward_method = 'smtp:[127.0.0.1]:$SINK'; \$notify_method = \$forward_method;
@bypass_virus_checks_maps = (1); @bypass_spam_checks_maps = (1);
\$path = '/usr/local/bin:/usr/bin:/bin'; \$file = 'file';
\$banned_filename_re = new_RE(qr'.\.(exe|vbs|pif|scr|bat|cmd|com|cpl|dll)\$'i);
\$enable_dkim_verification = 0; \$enable_dkim_signing = 0;
\$log_level = 0; \$do_syslog = 0; \$logfile = "\$MYHOME/log";
1;
M
  (cd / && exec "$amavisd" -c "$DIR/amavisd.conf" foreground) > "$DIR/amavis/out" 2>&1 & pids+=($!)
  AMAVIS=127.0.0.1:$((PORT + 8))@${pids[-1]}
  for _ in $(seq 200); do ss -ltnH "sport = :$((PORT + 8))" | grep -q . && break; sleep 0.1; done
  if ! ss -ltnH "sport = :$((PORT + 8))" | grep -q .; then
    echo "bench: amavis did not start; it said:" >&2; cat "$DIR/amavis/out" >&2; exit 1
  fi
fi
[ "${AMAVIS:-}" != none ] || AMAVIS=
echo "config of Sekisho:"; sed 's/^/  /' "$DIR/live/sekisho.yaml"
[ -n "${AMAVIS:-}" ] || echo "amavis: not measured (apt-get install amavisd-new, or AMAVIS=host:port@pid)"
"$DIR/bench" idle "127.0.0.1:$LIVE" "$live" "${IDLE:-3000}"
CELLS=${CELLS:-4k:1:new,4k:10:new,4k:50:reuse,4k:200:new,100k:10:new,100k:50:reuse,5m:1:new,5m:10:new,5m:200:new}
[ "$CELLS" != all ] || CELLS=
python3 "$here/driver.py" --sink "127.0.0.1:$SINK" --mail "$DIR/mail" --rounds "${ROUNDS:-3}" --scale "${SCALE:-0.5}" \
  --timeout "${TIMEOUT:-60}" --cells "$CELLS" direct= "sekisho=127.0.0.1:$LIVE@$live" "one-packet=127.0.0.1:$ONE@$one" \
  "stream=127.0.0.1:$STREAM@$stream" "road=127.0.0.1:$ROAD@$road" "bare=127.0.0.1:$BARE@$bare" "bare-one=127.0.0.1:$BARE1@$bare1" \
  ${AMAVIS:+"amavis=$AMAVIS"} "postfix=127.0.0.1:$PF@$pfpid"
smtp-sink -u nobody "127.0.0.1:$SINK" 512 & pids+=($!)
sleep 1
echo "latency, 4 KB, one client, a new connection for each mail (load $(cut -d' ' -f1-3 /proc/loadavg)):"
"$DIR/bench" latency "$DIR/mail/4k.crlf.eml" "${LATENCY:-100}" 3 "direct=127.0.0.1:$SINK" "sekisho=127.0.0.1:$LIVE" \
  "one-packet=127.0.0.1:$ONE" "road=127.0.0.1:$ROAD" "bare=127.0.0.1:$BARE" "bare-one=127.0.0.1:$BARE1" "stream=127.0.0.1:$STREAM" "postfix=127.0.0.1:$PF"
echo "load average at the end: $(cut -d' ' -f1-3 /proc/loadavg)"
