#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first program, from its initramfs: loads the modules that the host's files take,
# mounts those read-only over 9p with the writable places on top, and makes them the root.
# Whatever fails here ends the machine; the host then shows the last lines of the console.
# This shell finds busybox's own applets before anything else.

fail() {
	echo "fimbul-vm: $1" >/dev/console
	/bin/busybox reboot -f
}

load() {
	while read -r module; do
		insmod "/modules/$module" || fail "cannot load $module"
	done <"/modules/$1"
}

share() {
	mount -t 9p -o "trans=virtio,version=9p2000.L,msize=262144,$3" "$1" "$2" ||
		fail "cannot mount the 9p share $1"
}

/bin/busybox mkdir -p /dev /proc /root /session
/bin/busybox mount -t proc proc /proc && mount -t devtmpfs devtmpfs /dev ||
	fail "cannot mount /dev and /proc"
load bus
load disk &
disk=$!

share session /session cache=none,ro
. /session/settings
share host /root cache=loose,ro

# The host's files without what is mounted over them; what that hides is bound from here.
mount -t tmpfs -o size=4m,mode=755 tmpfs /root/mnt || fail "cannot mount /mnt"
mkdir /root/mnt/host /root/mnt/ext4 /root/mnt/tmpfs /root/mnt/results
mount --bind /root /root/mnt/host || fail "cannot bind /mnt/host"
mount -t tmpfs -o mode=1777 tmpfs /root/tmp
mount -t tmpfs -o mode=755 tmpfs /root/run
mount -t tmpfs -o mode=1777 tmpfs /root/mnt/tmpfs
share results /root/mnt/results cache=none
for hidden in "$CHECKOUT" "$KERNEL"; do
	case $hidden in
		/tmp/* | /run/* | /mnt/*)
			mkdir -p "/root$hidden"
			mount --bind "/root/mnt/host$hidden" "/root$hidden" ||
				fail "cannot bind $hidden"
			;;
	esac
done
mount --bind "/root$KERNEL/lib/modules" /root/lib/modules || fail "cannot bind /lib/modules"
[ ! -d /root/boot ] || mount --bind "/root$KERNEL/boot" /root/boot || fail "cannot bind /boot"
wait $disk
mount -t ext4 /dev/vda /root/mnt/ext4 || fail "cannot mount the scratch disk"

mkdir -p /root/run/fimbul-vm/session
cp /bin/busybox /session.sh /root/run/fimbul-vm/
mount --move /session /root/run/fimbul-vm/session
mount --move /dev /root/dev
mount --move /proc /root/proc
exec /bin/busybox switch_root /root /run/fimbul-vm/busybox sh /run/fimbul-vm/session.sh
