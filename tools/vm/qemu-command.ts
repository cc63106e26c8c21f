// SPDX-License-Identifier: Apache-2.0
// The command line of qemu and of the guest's kernel. The guest talks to us on four channels: its
// console (what the kernel prints), and three virtio ports for the output, the errors and the
// exit status of the command, so that nothing has to be told apart afterwards.

/** File descriptors of qemu that its channels are connected to. */
export const channel = { console: 1, diagnostics: 2, out: 3, error: 4, status: 5 } as const;

export type MachineSpec = {
  readonly kernel: string;
  readonly initramfs: string;
  /** The kernel's own default for `lsm=`. */
  readonly lsmDefault: string;
  /** Whether BPF LSM programs are wanted. */
  readonly bpfLsm: boolean;
  /** Parameters for the kernel, after all others. */
  readonly append: string;
  readonly memory: string;
  /** Whether the guest's clock counts its instructions, one for a nanosecond, and not time. */
  readonly instructionClock: boolean;
  /** A raw image for the scratch disk. */
  readonly disk: string;
  /** The folder that is shared for writing. */
  readonly session: string;
  /** The folder that $FIMBUL_VM_RESULTS is. */
  readonly results: string;
};

/**
 * Both processors take turns on one thread: with a thread for each, qemu before 8.1 now and then
 * runs code that the other one has just rewritten, and Node ends by a segmentation fault.
 */
const accelerator = 'tcg,thread=single';

/** Without protection keys: V8 loses count of its code pages now and then where it has them. */
const processor = 'max,-pku';

/** Builds the program and arguments that run the machine. */
export function buildQemuCommand(spec: MachineSpec): readonly [string, readonly string[]] {
  const ports = (['out', 'error', 'status'] as const).flatMap((name) => [
    ...['-chardev', `socket,id=${name},fd=${channel[name]}`],
    ...['-device', `virtserialport,chardev=${name},name=fimbul.${name}`],
  ]);
  return [
    // The guest dies with us, even when we are killed.
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64'],
      ...['-accel', accelerator, '-machine', 'q35', '-cpu', processor, '-smp', '2'],
      ...(spec.instructionClock ? ['-icount', 'shift=0,sleep=off'] : []),
      ...['-m', spec.memory, '-nodefaults', '-no-reboot', '-display', 'none'],
      ...['-kernel', spec.kernel, '-initrd', spec.initramfs],
      ...['-append', buildKernelParameters(spec)],
      ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
      ...['-device', 'virtio-serial-pci', ...ports],
      ...['-drive', `file=${escapeValue(spec.disk)},if=none,id=disk,format=raw,cache=unsafe`],
      ...['-device', 'virtio-blk-pci,drive=disk'],
      ...share('host', '/', true),
      ...share('session', spec.session, false),
      ...share('results', spec.results, false),
    ],
  ];
}

/** Builds the kernel's parameters. */
export function buildKernelParameters(spec: MachineSpec): string {
  return [
    'console=ttyS0 quiet loglevel=5',
    // Whatever is wrong in the kernel ends the machine, and that ends qemu.
    'panic=-1 oops=panic',
    // A loaded host makes the timer of an emulated machine look broken.
    'no_timer_check',
    // Known-answer tests of ciphers take two seconds under emulation.
    'cryptomgr.notests',
    `lsm=${chooseLsm(spec.lsmDefault, spec.bpfLsm)}`,
    spec.append,
  ]
    .join(' ')
    .trim();
}

/** The kernel's own security modules, with `bpf` or without. */
function chooseLsm(lsmDefault: string, bpf: boolean): string {
  const others = lsmDefault.split(',').filter((name) => name !== '' && name !== 'bpf');
  return [...others, ...(bpf ? ['bpf'] : [])].join(',');
}

function share(tag: string, path: string, readOnly: boolean): readonly string[] {
  const options = [
    ...['local', `path=${escapeValue(path)}`, `mount_tag=${tag}`, 'security_model=none'],
    ...['multidevs=remap', ...(readOnly ? ['readonly=on'] : [])],
  ];
  return ['-virtfs', options.join(',')];
}

/** qemu takes a doubled comma for a comma. */
function escapeValue(value: string): string {
  return value.replaceAll(',', ',,');
}
