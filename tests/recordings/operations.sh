#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is recorded under every kernel: a handful of everyday and of hostile operations, in the
# directory that it is started in, once a line comes on standard input.
read -r go

# A file is made, written again, renamed, changed, and removed.
echo one >kept
echo two >>kept
mv kept moved
chmod 640 moved
rm moved

# Across directories, and a link.
mkdir -p deep/er
echo three >deep/er/three
mv deep/er/three deep/three
ln -s three deep/link
cat deep/link >/dev/null
chmod 4755 deep/three
unlink deep/link

# Names that nobody expects.
touch -- "$(printf 'new\nline')" "$(printf 'not\377utf8')" '-n' "$(printf 'escape\033[31m')"
rm -- "$(printf 'new\nline')" "$(printf 'not\377utf8')" '-n' "$(printf 'escape\033[31m')"

# Refused to somebody else, and not there for anybody.
echo secret >secret
chmod 600 secret
setpriv --reuid=65534 --regid=65534 --clear-groups cat secret 2>/dev/null
cat absent 2>/dev/null
mv absent elsewhere 2>/dev/null

# A script by its interpreter, in a process that ends in its own way.
printf '#!/bin/sh -e\necho four >four\nexit 3\n' >script
chmod 755 script
./script
sh -c 'kill -TERM $$'

# The last one, by which a reader knows that all are there.
rm -r deep four secret script
touch done
