# Runs a throw-away PostgreSQL cluster in the folder $1, with the server programs
# in $2, until its standard input ends. It says "ready" when the cluster takes
# connections, on a unix socket in that folder and nowhere else.
#
# fsync is off: a test kills clients, not the machine.
trap '' INT TERM HUP
cluster=$1 bin=$2
cd "$cluster" || exit 1
options='--no-sync -A trust -U regulars -E UTF8 -D data'
# A collation that is not that of bytes shows what relies on bytes.
"$bin/initdb" $options --locale=C.UTF-8 --locale-provider=icu --icu-locale=und >initdb.log 2>&1 ||
	{ rm -rf data; "$bin/initdb" $options --no-locale >initdb.log 2>&1; } ||
	{ cat initdb.log; exit 1; }
cat >>data/postgresql.conf <<CONF
listen_addresses = ''
unix_socket_directories = '$cluster'
fsync = off
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
CONF
"$bin/pg_ctl" -D data -l server.log -w -t 60 -s start || { cat server.log; exit 1; }
echo ready
cat >/dev/null
"$bin/pg_ctl" -D data -m immediate -w -s stop
cd / && rm -rf "$cluster"
