// SPDX-License-Identifier: Apache-2.0
// Reads what libbpf said about a failed load: which program, the verifier's own log, and the one
// line that matters. The text is libbpf's and may change, so everything here has a fallback.

export type LoadLog = {
  /** The program that was refused, null when the log does not say. */
  readonly program: string | null;
  /** The verifier's log, or all that libbpf said when the verifier was not reached. */
  readonly log: string;
  /** The last meaningful line of that log; empty when there is none. */
  readonly summary: string;
  readonly omittedLineCount: number;
};

const programPattern = /prog '([^']+)': (?:BPF program load failed|failed|relo|bad|missing)/;
const verifierPattern = /-- BEGIN PROG LOAD LOG --\n([\s\S]*?)-- END PROG LOAD LOG --/;
// What follows the telling line: the verifier's statistics, libbpf's repetitions of the errno, and
// its guess about "ulimit -l", which no longer counts since 5.11.
const noisePatterns: readonly RegExp[] = [
  /^processed \d+ insns/,
  /^(?:verification time|stack depth|peak_states)/,
  /^failed to load object/,
  /^prog '[^']+': failed to (?:prepare load attributes|load): -?\d+/,
  /^permission error while running as root/,
];

/** Summarises the log of a load that failed. */
export function parseLoadLog(text: string): LoadLog {
  const verifierLog = verifierPattern.exec(text)?.[1];
  const log = verifierLog ?? text;
  const lines = log
    .split('\n')
    .map((line) => line.replace(/^libbpf: /, '').trimEnd())
    .filter((line) => line !== '');
  const summary = lines.findLast((line) => !isNoise(line)) ?? '';
  return {
    program: programPattern.exec(text)?.[1] ?? null,
    log,
    summary,
    omittedLineCount: Math.max(0, lines.length - 1),
  };
}

function isNoise(line: string): boolean {
  return noisePatterns.some((pattern) => pattern.test(line));
}
