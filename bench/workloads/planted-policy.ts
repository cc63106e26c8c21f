// SPDX-License-Identifier: Apache-2.0
// A policy that watches a playground in each way that a filter decides in the kernel: exact paths,
// names, trees, patterns inside a component, both sides of a rename, rights, and what is left out.

/** A name that only the playground has. */
export const plantedName = 'fimbul-planted-secret';

const changes = 'open.flags & (O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND) > 0';

/** Conditions by the rule's id; `@` is the playground. */
const rules: Readonly<Record<string, string>> = {
  planted_exact: `open.file.path in ["@/exact/one", "@/exact/two"] && ${changes}`,
  planted_tree: `open.file.path =~ "@/tree/**" && ${changes}`,
  planted_name: `open.file.name == "${plantedName}" && ${changes}`,
  planted_pattern: `open.file.path =~ "@/mixed/*.conf" && ${changes}`,
  planted_directories: `open.file.path =~ "@/conf.*/**" && ${changes}`,
  planted_others: `open.file.path =~ "@/most/**" && ${changes} && NOT_DULL`,
  planted_read: 'open.file.path == "@/exact/read"',
  planted_rename: 'rename.file.path =~ "@/tree/**" || rename.file.destination.path =~ "@/tree/**"',
  planted_directory_rename:
    'rename.file.path == "@/tree" || rename.file.destination.path == "@/tree"',
  planted_unlink: `unlink.file.path =~ "@/tree/**" || unlink.file.name == "${plantedName}"`,
  planted_chmod: 'chmod.file.path =~ "@/tree/**" && chmod.file.destination.mode & S_IXUSR > 0',
  planted_chmod_anywhere:
    'chmod.file.name =~ "*.planted" && chmod.file.destination.mode & S_ISUID > 0',
};

const macros = [{ id: 'NOT_DULL', expression: 'open.file.name not in ["dull", ~"*.tmp"]' }];

export function makePlantedPolicy(playground: string): string {
  const items = Object.entries(rules).map(([id, expression]) => {
    return { id, expression: expression.replaceAll('@', playground) };
  });
  // JSON is YAML.
  return JSON.stringify({ macros, rules: items });
}
