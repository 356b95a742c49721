# The work of the service "backup" in compose.yaml: whole dumps, seven kept. They are not encrypted by us: put the volume on an
# encrypted disk, or ship them sealed.
folder="${BACKUP_FOLDER:-/backups}"
PGPASSWORD="$(cat "${PASSWORD_FILE:-/run/secrets/database_password}")"
export PGPASSWORD
umask 077

# Under its own name only once it is whole and can be read.
dump() {
  draft="$folder/countersign-$(date -u +%Y%m%dT%H%M%SZ).dump.partial"
  rm -f -- "$folder"/*.partial &&
    pg_dump --format=custom --file="$draft" &&
    pg_restore --list "$draft" > /dev/null &&
    mv -- "$draft" "${draft%.partial}" &&
    touch "$folder/last-backup"
}

prune() {
  ls -1t "$folder"/*.dump | tail -n +8 | xargs -r rm --
}

while true; do
  if dump && prune; then
    sleep 86400
  else
    # Not at once: a disk that is full or a server that is down stays so for a while.
    echo "No dump could be made. It is tried again in an hour; older ones stay." >&2
    sleep 3600
  fi
done
