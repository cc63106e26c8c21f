# SPDX-License-Identifier: Apache-2.0
# The guest's first program once the host's files are the root: mounts what a running system has,
# runs the command with its output on two virtio ports, reports the exit status on a third, and
# ends the machine. This shell finds busybox's own applets first; the command does not.

vm=/run/fimbul-vm

fail() {
	echo "fimbul-vm: $1" >/dev/console
	$vm/busybox reboot -f
}

# Prints the device of the port that the host calls $1.
port() {
	for directory in /sys/class/virtio-ports/*; do
		read -r name <"$directory/name"
		[ "$name" != "$1" ] || echo "/dev/${directory##*/}"
	done
}

mkdir -p /dev/pts /dev/shm
cat >$vm/fstab <<'END'
sysfs /sys sysfs defaults 0 0
devpts /dev/pts devpts mode=620,ptmxmode=666 0 0
tmpfs /dev/shm tmpfs mode=1777 0 0
securityfs /sys/kernel/security securityfs defaults 0 0
tracefs /sys/kernel/tracing tracefs defaults 0 0
debugfs /sys/kernel/debug debugfs defaults 0 0
bpf /sys/fs/bpf bpf defaults 0 0
cgroup2 /sys/fs/cgroup cgroup2 defaults 0 0
END
# The kernel would look for a module with iterators to show in /sys/fs/bpf, which takes a second.
read -r modprobe </proc/sys/kernel/modprobe
echo >/proc/sys/kernel/modprobe
mount -a -T $vm/fstab || fail "cannot mount what a running system has"
echo "$modprobe" >/proc/sys/kernel/modprobe
for link in fd:/proc/self/fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do
	[ -e "/dev/${link%%:*}" ] || ln -s "${link#*:}" "/dev/${link%%:*}"
done
ip link set lo up
hostname fimbul-vm

out_port=$(port fimbul.out)
error_port=$(port fimbul.error)
status_port=$(port fimbul.status)
[ -n "$out_port" ] && [ -n "$error_port" ] && [ -n "$status_port" ] || fail "no virtio ports"
exec 3>"$status_port"

# A port can be opened only once, and /dev/stdout must work: the command writes to FIFOs.
mkfifo $vm/out $vm/error
cat $vm/out >"$out_port" 3>&- &
out_reader=$!
cat $vm/error >"$error_port" 3>&- &
error_reader=$!

echo start >&3
sh $vm/session/command </dev/null >$vm/out 2>$vm/error 3>&-
status=$?

# What the command left running may hold its output open, so there is an end to waiting.
waits=0
while [ $waits -lt 20 ] && { kill -0 $out_reader || kill -0 $error_reader; } 2>/dev/null; do
	usleep 50000
	waits=$((waits + 1))
done
echo "exit $status" >&3
sync
$vm/busybox reboot -f
