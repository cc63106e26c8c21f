// SPDX-License-Identifier: Apache-2.0
// Who may import whom. Data flows one way through the tree, and so do imports; a new edge here is
// a change of architecture and needs a decision record. tools/check/layers-check.ts enforces it.

export type PackageLayer = {
  /** Packages of the workspace that it may import. */
  readonly packages: readonly string[];
  /** Whether it runs only in Node, so that Node's own modules may be imported. */
  readonly nodeOnly: boolean;
  /** For each folder of src/, the siblings that it may import. Files beside them are free. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
};

export const packageLayers: Readonly<Record<string, PackageLayer>> = {
  schema: { packages: [], nodeOnly: false },
  rules: {
    packages: ['schema'],
    nodeOnly: false,
    folders: {
      '1-parse': [],
      '2-check': ['1-parse'],
      '3-plan': ['1-parse', '2-check'],
      '4-emit': ['1-parse', '2-check', '3-plan'],
      '5-run': ['1-parse', '2-check', '3-plan', '4-emit'],
      policy: ['1-parse', '2-check', '3-plan', '4-emit'],
      format: ['1-parse', '2-check', 'policy'],
      editor: ['1-parse', '2-check', 'policy'],
      'unit-tests': ['1-parse', '2-check', '3-plan', '4-emit', '5-run', 'policy'],
      testing: [
        '1-parse',
        '2-check',
        '3-plan',
        '4-emit',
        '5-run',
        'policy',
        'unit-tests',
        'format',
      ],
    },
  },
  probe: { packages: ['schema'], nodeOnly: true },
  config: { packages: ['schema'], nodeOnly: true },
  agent: {
    packages: ['schema', 'rules', 'probe', 'config'],
    nodeOnly: true,
    folders: {
      source: [],
      context: ['source'],
      engine: ['source', 'context'],
      actions: ['source', 'context', 'engine'],
      output: ['source', 'context', 'engine'],
      health: ['source', 'context', 'engine', 'actions', 'output'],
      recording: ['source', 'context', 'engine', 'actions', 'output', 'health'],
      control: ['source', 'context', 'engine', 'actions', 'output', 'health'],
      compile: [],
      reload: ['source', 'context', 'engine', 'compile'],
    },
  },
  // The command starts the agent and the hub as child processes; it never imports them.
  cli: { packages: ['schema', 'rules', 'probe', 'config'], nodeOnly: true },
};

/**
 * Programs that stay in memory for months, and what they must not load by static imports, direct
 * or not: it belongs on the thread that compiles.
 */
export const leanPrograms: Readonly<Record<string, readonly string[]>> = {
  'packages/agent/src/main.ts': ['@fimbul/rules', '@fimbul/config', 'yaml', 'zod', 'semver'],
};

/** The kernel side. A folder may include from itself and from those before it. */
export const bpfLayers = ['include', 'lib', 'events', 'syscalls', 'functions', 'hooks'] as const;

/** Folders that may use everything, and that no package may import. */
export const outerFolders = ['tests', 'bench', 'tools'] as const;
