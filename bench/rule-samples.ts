// SPDX-License-Identifier: Apache-2.0
// Rules like those of the default policy, as many as wanted: for each of many applications the
// files that matter, and rules for writing, replacing, removing and changing rights, with the
// conditions on flags, processes and ancestors that authors put beside them.

export type RuleSample = { readonly path: string; readonly text: string };

const sharedMacros: Readonly<Record<string, string>> = {
  CHANGING_FLAGS: 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND',
  PACKAGE_MANAGERS:
    '["/usr/bin/apt", "/usr/bin/apt-get", "/usr/bin/dpkg", "/usr/bin/rpm", "/usr/bin/dnf"]',
  SHELLS: '["/usr/bin/bash", "/usr/bin/dash", "/usr/bin/zsh", "/bin/sh", ~"/usr/local/bin/*sh"]',
  WEB_SERVERS: '["nginx", "apache2", "httpd", ~"php-fpm*"]',
};

/** The files of an application, as authors list them: exact paths, directories, wildcards. */
function listFiles(app: string): string {
  const files = [
    `"/etc/${app}.conf"`,
    `"/etc/default/${app}"`,
    `~"/etc/${app}/*"`,
    `~"/etc/${app}/conf.d/*.conf"`,
    `~"/usr/lib/${app}/**"`,
    `~"/opt/${app}/**/bin/*"`,
    `~"/home/*/.config/${app}/*"`,
    `~"/var/lib/${app}/**"`,
    `"/usr/bin/${app}"`,
    `"/usr/sbin/${app}d"`,
    `~"/etc/systemd/system/${app}*.service"`,
  ];
  return `[${files.join(', ')}]`;
}

const isAuthor = 'process.file.path not in PACKAGE_MANAGERS';

/** What can be asked about the files of an application, each once for every tenth rule. */
const shapes: readonly ((list: string, app: string) => string)[] = [
  (list) => `open.file.path in ${list} && open.flags & CHANGING_FLAGS > 0`,
  (list) => `rename.file.path in ${list} || rename.file.destination.path in ${list}`,
  (list) => `unlink.file.path in ${list}`,
  (list) => `chmod.file.path in ${list} && chmod.file.destination.mode != chmod.file.mode`,
  (list) => `fim.write.file.path in ${list} && ${isAuthor}`,
  (_, app) =>
    `open.file.path =~ "**/${app}/token" && process.file.name not in ["${app}", "${app}d"]`,
  (_, app) => `open.file.name in ["${app}.key", "${app}.pem"] && process.uid != 0 && ${isAuthor}`,
  (list) =>
    `open.file.path in ${list} && process.file.name in WEB_SERVERS && open.flags & O_CREAT > 0`,
  (list) =>
    `unlink.file.path in ${list} && process.ancestors.file.path in SHELLS && process.auid >= 1000`,
  (_, app) => `exec.file.path =~ "/tmp/${app}/**" && exec.argv in ["-e", ~"*${app}*"]`,
];

/** Makes a policy with this many rules. */
export function makeRuleSample(count: number): RuleSample {
  const lines = ['macros:'];
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  for (const [id, expression] of Object.entries(sharedMacros)) {
    lines.push(`  - { id: ${id}, expression: ${quote(expression)} }`);
  }
  const rules: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const number = Math.floor(index / shapes.length);
    const app = `app${number}`;
    const list = `APP${number}_FILES`;
    const shape = shapes[index % shapes.length];
    if (shape === undefined) throw new Error('every index has a shape');
    if (index % shapes.length === 0) {
      lines.push(`  - { id: ${list}, expression: ${quote(listFiles(app))} }`);
    }
    rules.push(
      `  - id: ${app}_rule_${index % shapes.length}`,
      `    description: Something happened to the files of ${app}.`,
      `    expression: ${quote(shape(list, app))}`,
      `    tags: { group: ${app}, technique: T1554, pci_dss: 11.5.2, nist_800_53: SI-7 }`,
    );
  }
  return { path: `bench-${count}.policy`, text: [...lines, 'rules:', ...rules, ''].join('\n') };
}
