#!/bin/sh
# Copies a ledger that is at work: its static files, settings and marker, into a new folder.
#
#   deploy/backup.sh /var/lib/granary/ledger /backup/granary-2026-03-31
#   deploy/backup.sh --with-keys /var/lib/granary/ledger /safe/granary-2026-03-31
#
# Without --with-keys only the public halves of its keys go along: whoever reads a backup can check it, and not sign in the
# ledger's name. Keep one copy of the secret apart from the backups.
#
# The checkpoint is copied first: everything it covers was written before it, and stays. So the copy is whole up to this
# checkpoint, whatever is recorded meanwhile. The log itself (sled) is not copied: a copy of it at work would be none. It is
# built again from the static files: `granary doctor --dir COPY --mend log`.
set -eu
keys="*.pub"
[ "${1:-}" != "--with-keys" ] || { keys="*"; shift; }
if [ $# -ne 2 ] || [ ! -f "$1/granary.json" ] || [ ! -f "$1/tiles/checkpoint" ] || [ -e "$2" ]; then
    echo "usage: backup.sh [--with-keys] LEDGER-FOLDER NEW-FOLDER (a folder with granary.json and tiles/checkpoint; one that is not there)" >&2
    exit 64
fi
umask 077
mkdir -p "$2/tiles"
cp "$1/tiles/checkpoint" "$2/checkpoint"
cp -R "$1/tiles/tile" "$2/tiles/tile"
# Where older entries are, if they were archived: the archive is a backup of its own.
[ ! -f "$1/tiles/archive" ] || cp "$1/tiles/archive" "$2/tiles/archive"
mkdir "$2/keys"
for key in "$1"/keys/$keys; do
    [ ! -f "$key" ] || cp "$key" "$2/keys/"
done
cp "$1/granary.json" "$2/"
[ ! -f "$1/settings.toml" ] || cp "$1/settings.toml" "$2/"
sync
# Last: a copy without it was interrupted.
mv "$2/checkpoint" "$2/tiles/checkpoint"
sync
echo "copied $2 up to event $(sed -n 2p "$2/tiles/checkpoint")"
