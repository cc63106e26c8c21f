// SPDX-License-Identifier: Apache-2.0
// The command line of `npm run vm`. Options stand before the command; everything from the command
// on is the command's own.

import { findSeries, type KernelSeries, kernelSeries } from './kernel-series.ts';

export type VmOptions = {
  readonly bpfLsm: boolean;
  readonly append: string;
  readonly memory: string;
  readonly diskBytes: number;
  readonly timeoutMs: number;
  /** The host's folder for results; without it, build/vm/<series>. */
  readonly results?: string;
  readonly refresh: boolean;
  readonly showConsole: boolean;
  /** How many machines run side by side. */
  readonly jobs: number;
};

export type VmRequest =
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string }
  | {
      readonly kind: 'run';
      readonly series: readonly KernelSeries[];
      readonly options: VmOptions;
      /** Without a command, kernels are only fetched. */
      readonly command: readonly string[];
    };

export const usage = `usage: npm run vm -- [OPTIONS] KERNEL COMMAND [ARGUMENT]…
       npm run vm -- [OPTIONS] --all COMMAND [ARGUMENT]…
       npm run vm -- [--refresh] --fetch KERNEL|--all

Runs a command in the checkout under another kernel: ${listNames()}.
The exit status is the command's; 124 when its time was up, 125 when there was no machine.

  --all            under each kernel, two side by side, with a summary
  --jobs N         with --all: how many side by side (2)
  --timeout N      seconds until the machine is ended (300)
  --memory SIZE    memory of the guest (2G)
  --disk SIZE      size of the scratch disk (256M)
  --results DIR    folder that the guest sees as $FIMBUL_VM_RESULTS (build/vm/KERNEL)
  --lsm none       leave bpf out of the kernel's security modules
  --append TEXT    more parameters for the kernel, such as preempt=full
  --console        show the kernel's messages on stderr
  --fetch          only fetch the kernels
  --refresh        look for a newer kernel of the series first
`;

const defaults: VmOptions = {
  bpfLsm: true,
  append: '',
  memory: '2G',
  diskBytes: 256 * 1024 * 1024,
  timeoutMs: 300_000,
  refresh: false,
  showConsole: false,
  jobs: 2,
};

/** Parses the arguments after `npm run vm --`. */
export function parseVmArguments(args: readonly string[]): VmRequest {
  let options = defaults;
  let series: readonly KernelSeries[] | undefined;
  let isFetch = false;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--help' || word === '-h') return { kind: 'help' };
    if (word === '--') {
      at++;
      break;
    }
    if (word === '--all') series = kernelSeries;
    else if (word === '--fetch') isFetch = true;
    else if (word in flags) options = { ...options, ...flags[word] };
    else if (word.startsWith('--')) {
      const parse = settings[word];
      if (parse === undefined) return invalid(`there is no option ${word}`);
      const value = args[++at];
      const parsed = value === undefined ? undefined : parse(value);
      if (parsed === undefined) return invalid(`${word} cannot be '${value ?? ''}'`);
      options = { ...options, ...parsed };
    } else if (series === undefined) {
      const found = findSeries(word);
      if (found === undefined) {
        return invalid(`there is no kernel '${word}'; there are ${listNames()}`);
      }
      series = [found];
    } else break;
  }
  const command = args.slice(at);
  if (series === undefined) return invalid('no kernel was named');
  if (isFetch && command.length > 0) return invalid('--fetch takes no command');
  if (!isFetch && command.length === 0) return invalid('no command was given');
  return { kind: 'run', series, options, command };
}

const flags: Readonly<Record<string, Partial<VmOptions>>> = {
  '--refresh': { refresh: true },
  '--console': { showConsole: true },
};

const settings: Readonly<Record<string, (value: string) => Partial<VmOptions> | undefined>> = {
  '--jobs': (value) => (/^[1-9]\d?$/.test(value) ? { jobs: Number(value) } : undefined),
  '--timeout': (value) =>
    /^[1-9]\d{0,5}$/.test(value) ? { timeoutMs: Number(value) * 1000 } : undefined,
  '--memory': (value) => (/^[1-9]\d*[MG]$/.test(value) ? { memory: value } : undefined),
  '--disk': (value) => {
    const diskBytes = parseBytes(value);
    return diskBytes === undefined ? undefined : { diskBytes };
  },
  '--results': (value) => (value === '' ? undefined : { results: value }),
  '--lsm': (value) =>
    value === 'none' || value === 'bpf' ? { bpfLsm: value === 'bpf' } : undefined,
  '--append': (value) => ({ append: value }),
};

function parseBytes(text: string): number | undefined {
  const match = /^([1-9]\d{0,8})([MG])$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === 'G' ? 1024 ** 3 : 1024 ** 2);
}

function listNames(): string {
  return kernelSeries.map(({ name }) => name).join(', ');
}

function invalid(message: string): VmRequest {
  return { kind: 'invalid', message };
}
