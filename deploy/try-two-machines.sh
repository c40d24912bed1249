#!/usr/bin/env bash
# Tries the form with several machines of docs/running.md on one: a database, two machines that serve pages and work,
# and nginx in front, each in a network of its own (network namespaces), by the unit files and the site of this folder.
# One machine is switched off under way. Needs root, PostgreSQL, nginx, iproute2, openssl and curl; it leaves nothing.
#
#   deploy/try-two-machines.sh            with the program in /opt/sangdam, gunicorn and psycopg installed
#   PROGRAM=/srv/sangdam NGINX_PROGRAM=/usr/sbin/nginx POSTGRES=/usr/lib/postgresql/15/bin deploy/try-two-machines.sh
set -euo pipefail

PROGRAM=${PROGRAM:-/opt/sangdam}
NGINX_PROGRAM=${NGINX_PROGRAM:-/usr/sbin/nginx}
NGINX_TYPES=${NGINX_TYPES:-/etc/nginx/mime.types}
POSTGRES=${POSTGRES:-$(dirname "$(find /usr/lib/postgresql -path '*/bin/postgres' | sort -V | tail -1)")}
NAME=sangdam.city.example
DATABASE=10.77.0.20
FRONT=10.77.0.10
declare -A MACHINES=([one]=10.77.0.11 [two]=10.77.0.12)
WORK=$(mktemp -d /tmp/two-machines.XXXXXX)
chmod 711 "$WORK"

say() { printf '\n-- %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
inside() { ip netns exec "sd-$1" "${@:2}"; }

clear_away() {
    set +e
    for one in front one two database; do
        ip netns pids "sd-$one" 2>/dev/null | xargs -r kill 2>/dev/null
    done
    sleep 2
    for one in front one two database; do
        ip netns pids "sd-$one" 2>/dev/null | xargs -r kill -9 2>/dev/null
        ip netns delete "sd-$one" 2>/dev/null
    done
    ip link delete sd-lan 2>/dev/null
    rm -rf "$WORK"
}
trap clear_away EXIT

a_machine() { # name, address
    ip netns add "sd-$1"
    ip link add "sd-$1-in" type veth peer name lan netns "sd-$1"
    ip link set "sd-$1-in" master sd-lan up
    inside "$1" ip address add "$2/24" dev lan
    inside "$1" ip link set lan up
    inside "$1" ip link set lo up
}

as_postgres() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$WORK/database" "$@"; }

# The command of a unit file, as systemd would start it.
command_of() { sed -n 's/^ExecStart=//p' "$PROGRAM/deploy/$1.service" | sed "s#/opt/sangdam#$PROGRAM#g"; }

start_unit() { # machine, unit
    (cd "$PROGRAM" && inside "$1" env SANGDAM_INSTANCE="$WORK/$1" SANGDAM_BIND="${MACHINES[$1]}:8000" \
        bash -c "exec $(command_of "$2")" >>"$WORK/$1.$2.log" 2>&1) &
}

wait_for() { # seconds, command
    local until=$((SECONDS + $1))
    until "${@:2}" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || fail "waited in vain for: ${*:2}"
        sleep 0.5
    done
}

ready() { inside front curl -fsS "http://${MACHINES[$1]}:8000/readyz"; }
page() { inside front curl -ksS --resolve "$NAME:443:$FRONT" -b "$WORK/jar" -c "$WORK/jar" "https://$NAME$1" "${@:2}"; }
token() { page "$1" | sed -n 's/.*name="csrf_token" value="\([^"]*\)".*/\1/p' | head -1; }
asked() { grep -c '"endpoint": *"fairs.index"' "$WORK/$1.sangdam-web.log" || true; }

say "four machines on one network"
ip link add sd-lan type bridge
ip link set sd-lan up
a_machine database $DATABASE
a_machine front $FRONT
for one in "${!MACHINES[@]}"; do a_machine "$one" "${MACHINES[$one]}"; done

say "the database"
mkdir "$WORK/database" && chown 65534:65534 "$WORK/database"
as_postgres "$POSTGRES/initdb" -D "$WORK/database/data" -U postgres --auth-local=trust --auth-host=scram-sha-256 -E UTF8 >/dev/null
echo "host sangdam sangdam 10.77.0.0/24 scram-sha-256" >>"$WORK/database/data/pg_hba.conf"
(inside database setpriv --reuid=65534 --regid=65534 --clear-groups "$POSTGRES/postgres" -D "$WORK/database/data" \
    -c listen_addresses=$DATABASE -c unix_socket_directories="$WORK/database" -c random_page_cost=1.1 -c max_connections=200 \
    >"$WORK/database.log" 2>&1) &
sql() { as_postgres "$POSTGRES/psql" -q -h "$WORK/database" -U postgres -c "$1"; }
wait_for 30 sql "SELECT 1"
PASSWORD=$(openssl rand -hex 16)
sql "CREATE ROLE sangdam LOGIN PASSWORD '$PASSWORD'"
sql "CREATE DATABASE sangdam OWNER sangdam ENCODING 'UTF8' TEMPLATE template0"

say "two machines with the same three settings"
SECRET=$(openssl rand -base64 48)
for one in "${!MACHINES[@]}"; do
    install -d -m 700 "$WORK/$one"
    (umask 077 && cat >"$WORK/$one/config.py" <<SETTINGS
DATABASE_URL = "postgresql://sangdam:$PASSWORD@$DATABASE/sangdam"
SECRET_KEY = "$SECRET"
BASE_ADDRESS = "https://$NAME"
PROXIES = 1
LOG_FORMAT = "json"
SETTINGS
    )
    inside "$one" env SANGDAM_INSTANCE="$WORK/$one" "$PROGRAM/.venv/bin/sangdam" init >/dev/null
    start_unit "$one" sangdam-web
    start_unit "$one" sangdam-worker
done
for one in "${!MACHINES[@]}"; do wait_for 60 ready "$one"; done

say "nginx in front, with both in its upstream"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$NAME" -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
sed -e "s#server 127.0.0.1:8000 #server ${MACHINES[one]}:8000 #" \
    -e "s#\# server 10.0.0.12:8000 #server ${MACHINES[two]}:8000 #" \
    -e "s#/etc/letsencrypt/live/$NAME/fullchain.pem#$WORK/cert.pem#" \
    -e "s#/etc/letsencrypt/live/$NAME/privkey.pem#$WORK/key.pem#" \
    -e "s#/opt/sangdam/#$PROGRAM/#" "$PROGRAM/deploy/nginx.conf" >"$WORK/site.conf"
mkdir "$WORK/nginx"
cat >"$WORK/nginx.conf" <<SETTINGS
daemon off;
user root;
pid $WORK/nginx/pid;
error_log $WORK/nginx/error.log;
events { worker_connections 4096; }
http {
    include $NGINX_TYPES;
    access_log off;
    client_body_temp_path $WORK/nginx/body;
    proxy_temp_path $WORK/nginx/proxy;
    fastcgi_temp_path $WORK/nginx/fastcgi;
    uwsgi_temp_path $WORK/nginx/uwsgi;
    scgi_temp_path $WORK/nginx/scgi;
    include $WORK/site.conf;
}
SETTINGS
inside front "$NGINX_PROGRAM" -e "$WORK/nginx/error.log" -p "$WORK/nginx" -c "$WORK/nginx.conf" -t 2>&1 | tee "$WORK/nginx.test"
grep -q "test is successful" "$WORK/nginx.test" || fail "nginx refuses the site"
(inside front "$NGINX_PROGRAM" -e "$WORK/nginx/error.log" -p "$WORK/nginx" -c "$WORK/nginx.conf" >/dev/null 2>&1) &
touch "$WORK/jar"
wait_for 20 page /healthz -f

say "a coordinator logs in"
inside one env SANGDAM_INSTANCE="$WORK/one" \
    "$PROGRAM/.venv/bin/sangdam" user add kim@city.example --role coordinator --json >"$WORK/user.json"
GIVEN=$(sed -n 's/.*"password": *"\([^"]*\)".*/\1/p' "$WORK/user.json" | head -1)
status=$(page /login -o /dev/null -w '%{http_code}' --data-urlencode "csrf_token=$(token /login)" \
    --data-urlencode email=kim@city.example --data-urlencode "password=$GIVEN")
[ "$status" = 303 ] || fail "logging in was answered with $status"
for _ in $(seq 40); do
    [ "$(page /fairs/ -o /dev/null -w '%{http_code}')" = 200 ] || fail "a page was not answered"
done
printf 'pages answered: %s by one, %s by two; one session for both\n' "$(asked one)" "$(asked two)"
[ "$(asked one)" -gt 0 ] && [ "$(asked two)" -gt 0 ] || fail "one machine did nothing"
page / -o /dev/null -D "$WORK/headers"
grep -qi '^strict-transport-security' "$WORK/headers" || fail "the page does not know that it is served by TLS"
[ "$(page /metrics -o /dev/null -w '%{http_code}')" = 404 ] || fail "figures are shown to everybody"
[ "$(page /static/css/app.css -o /dev/null -w '%{http_code}')" = 200 ] || fail "no styles"

say "machine one is switched off"
ip netns pids sd-one | xargs kill -9
inside one ip link set lan down
lost=0
for _ in $(seq 30); do
    [ "$(page /fairs/ -o /dev/null -w '%{http_code}' --max-time 20)" = 200 ] || lost=$((lost + 1))
done
printf 'of 30 pages asked for afterwards, %s were not answered\n' "$lost"
[ "$lost" = 0 ] || fail "pages were lost"
sleep 5
inside two env SANGDAM_INSTANCE="$WORK/two" "$PROGRAM/.venv/bin/sangdam" doctor || fail "the doctor finds a fault"

say "machine one comes back"
before=$(asked one)
inside one ip link set lan up
start_unit one sangdam-web
start_unit one sangdam-worker
wait_for 60 ready one
sleep 6
for _ in $(seq 20); do page /fairs/ -o /dev/null; done
[ "$(asked one)" -gt "$before" ] || fail "nobody is sent to machine one"

say "all of it was as docs/running.md says"
