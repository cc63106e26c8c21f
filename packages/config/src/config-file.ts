// SPDX-License-Identifier: Apache-2.0
// The configuration file, fimbul.yaml: read once, checked whole, turned into typed values. Every
// key has a default, so that no file at all is a good configuration.

import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { Failure } from './failure.ts';
import { readStreamText, requireText } from './file-text.ts';
import { findForeignAccess } from './foreign-access.ts';
import { isLoopback, type ListenAddress, parseListenAddress } from './listen-address.ts';
import { findDefaultConfigPath, getDefaultPolicyPaths, getDefaultSocketPath } from './paths.ts';

export const backendChoices = ['auto', 'lsm', 'kprobe', 'fexit', 'tracepoint'] as const;

export type BackendChoice = (typeof backendChoices)[number];

const mebibyte = 1024 * 1024;

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const periodMsMax = 24 * unitMs.h;

function parsePeriod(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : Number.NaN;
}

function isPeriod(text: string): boolean {
  const milliseconds = parsePeriod(text);
  return milliseconds > 0 && milliseconds <= periodMsMax;
}

/** A number of things that a rule may strike before it is taken for a runaway. */
const strikeCount = z.number().int().min(1).max(10_000);

const actionSchema = z.strictObject({
  kill: z.boolean().default(false),
  kill_disarmer: z
    .strictObject({
      containers: strikeCount.default(5),
      executables: strikeCount.default(5),
      period: z
        .string()
        .refine(isPeriod, 'must be a duration of at most 24h, such as 30s, 1m or 2h')
        .default('1m'),
    })
    .prefault({}),
});

/** What scrapes may keep on, since it costs. */
const watchable = ['programs', 'rules'] as const;

const metricsSchema = z
  .strictObject({
    listen: z
      .string()
      .refine(
        (text) => parseListenAddress(text) !== null,
        'must be an IP address and a port, such as 127.0.0.1:3461 or [::1]:3461',
      ),
    allow_remote: z.boolean().default(false),
    watch: z.array(z.enum(watchable)).default([]),
  })
  .refine(({ listen, allow_remote }) => {
    const address = parseListenAddress(listen);
    return address === null || allow_remote || isLoopback(address);
  }, 'others than this host would reach listen; say allow_remote: true if they shall');

const schema = z.strictObject({
  policies: z.array(z.string().min(1)).min(1).optional(),
  backend: z.enum(backendChoices).default('auto'),
  /** Room for events that wait for the agent, in MiB: a power of two. */
  ring_mib: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .refine((value) => (value & (value - 1)) === 0, 'must be a power of two')
    .default(32),
  /** What rules may do to this host beside telling. Nothing but this file can allow it. */
  actions: actionSchema.prefault({}),
  /** Where the agent answers `fimbul status` and `fimbul top`; false is nowhere. */
  control: z
    .strictObject({ socket: z.union([z.string().min(1), z.literal(false)]).optional() })
    .prefault({}),
  metrics: metricsSchema.optional(),
});

export type ActionConfig = {
  /** True where `kill` actions send their signals. */
  readonly kill: boolean;
  /** Why they do not although the file allows it; null where it is the file's own word. */
  readonly killRefusal: string | null;
  /** A rule that strikes more different ones in a period is disarmed. */
  readonly killDisarmer: {
    readonly containers: number;
    readonly executables: number;
    readonly periodMs: number;
  };
};

export type ControlConfig = {
  /** Absolute; null where there shall be none. */
  readonly socketPath: string | null;
  /** Null where there is no port for Prometheus. */
  readonly metrics:
    | (ListenAddress & {
        readonly isRemoteAllowed: boolean;
        readonly watch: readonly (typeof watchable)[number][];
      })
    | null;
};

export type Config = {
  /** Policy files and directories, absolute. */
  readonly policies: readonly string[];
  readonly backend: BackendChoice;
  readonly ringBytes: number;
  readonly actions: ActionConfig;
  readonly control: ControlConfig;
};

const keys = 'policies, backend, ring_mib, actions, control and metrics';

function readControl(
  folder: string,
  { control, metrics }: Pick<z.infer<typeof schema>, 'control' | 'metrics'>,
): ControlConfig {
  const { socket } = control;
  const address = metrics === undefined ? null : parseListenAddress(metrics.listen);
  const socketPath = socket === undefined ? getDefaultSocketPath() : socket;
  return {
    socketPath: socketPath === false ? null : resolve(folder, socketPath),
    metrics:
      metrics === undefined || address === null
        ? null
        : { ...address, isRemoteAllowed: metrics.allow_remote, watch: metrics.watch },
  };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? 'top level' : issue.path.join('.');
  return `${where}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

/** Turns a configuration file's text into a configuration; relative paths start at its folder. */
export function parseConfig(path: string, text: string): Config {
  const advice = `correct the file; its keys are ${keys}`;
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'error' });
  const [problem] = document.errors;
  if (problem) {
    // The first line of the message names the place; the lines below it only show the text.
    const [what = ''] = problem.message.split('\n');
    throw new Failure(`read configuration ${path}: ${what.replace(/:$/, '')}`, advice);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many that they are an attack.
    const what = error instanceof Error ? error.message : String(error);
    throw new Failure(`read configuration ${path}: ${what}`, advice);
  }
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map(describeIssue).join('; ');
    throw new Failure(`read configuration ${path}: ${problems}`, advice);
  }
  const { policies, backend, ring_mib, actions } = parsed.data;
  const { containers, executables, period } = actions.kill_disarmer;
  const folder = dirname(path);
  return {
    policies: policies?.map((policy) => resolve(folder, policy)) ?? getDefaultPolicyPaths(),
    backend,
    ringBytes: ring_mib * mebibyte,
    actions: {
      kill: actions.kill,
      killRefusal: null,
      killDisarmer: { containers, executables, periodMs: parsePeriod(period) },
    },
    control: readControl(folder, parsed.data),
  };
}

/**
 * Reads the named configuration file, or the default one when it exists. Consent to kill counts
 * only where nobody but root and the user who runs this could have written it.
 */
export function loadConfig(namedPath: string | null): Config {
  const path = namedPath ?? findDefaultConfigPath();
  if (path === null) return parseConfig('(defaults)', '');
  const advice = namedPath === null ? 'correct the file' : 'check the path given with --config';
  const { text, stats } = requireText(`configuration ${path}`, readStreamText(path, advice));
  const config = parseConfig(path, text);
  if (!config.actions.kill) return config;
  const access = findForeignAccess(path, stats);
  if (access === null) return config;
  const killRefusal = `${path} allows it, but is not this host's own word: ${access}`;
  return { ...config, actions: { ...config.actions, kill: false, killRefusal } };
}
