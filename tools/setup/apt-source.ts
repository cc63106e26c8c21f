// SPDX-License-Identifier: Apache-2.0
// Reads apt's two formats of sources, one-line (`.list`) and stanzas (`.sources`), as far as it
// takes to find the mirror and the keys that the system trusts for the Debian archive.

export type AptSource = {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** A keyring's path, or an inline key over several lines as it stood in the stanza. */
  readonly signedBy?: string;
  readonly trusted?: string;
};

/** Parses the one-line format. Lines that are not binary sources are left out. */
export function parseSourceList(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    const trusted = /(?:^|\s)trusted=(\S+)/i.exec(options)?.[1];
    return [
      {
        uri,
        suite,
        components: splitWords(components),
        ...(signedBy === undefined ? {} : { signedBy: signedBy.replaceAll(',', ' ') }),
        ...(trusted === undefined ? {} : { trusted }),
      },
    ];
  });
}

/** Parses the stanza format. One entry per URI and suite; disabled stanzas are left out. */
export function parseSourceStanzas(text: string): readonly AptSource[] {
  const uncommented = text.replaceAll(/^#.*(?:\n|$)/gm, '');
  return uncommented.split(/\n[ \t]*\n/).flatMap((stanza) => {
    const fields = parseStanza(stanza);
    if (!splitWords(fields.get('types')).includes('deb')) return [];
    if (/^(?:no|false|0)$/i.test(fields.get('enabled') ?? '')) return [];
    const signedBy = fields.get('signed-by');
    const trusted = fields.get('trusted');
    return splitWords(fields.get('uris')).flatMap((uri) =>
      splitWords(fields.get('suites')).map((suite) => ({
        uri,
        suite,
        components: splitWords(fields.get('components')),
        ...(signedBy === undefined ? {} : { signedBy }),
        ...(trusted === undefined ? {} : { trusted }),
      })),
    );
  });
}

/**
 * Finds the source that carries `main` of one of `suites`. Other vendors use Debian's suite names
 * too, so of several candidates the one that looks most like Debian's own archive is taken.
 */
export function findArchive(
  sources: readonly AptSource[],
  suites: readonly string[],
): AptSource | undefined {
  const candidates = sources.filter(
    (source) => suites.includes(source.suite) && source.components.includes('main'),
  );
  const likeness = (source: AptSource): number =>
    (source.signedBy?.includes('debian-archive') ? 4 : 0) +
    (/\/debian(?:-security)?\/?$/.test(source.uri) ? 2 : 0) +
    (sources.some((s) => s.uri === source.uri && s.suite === `${source.suite}-updates`) ? 1 : 0);
  return candidates.reduce<AptSource | undefined>(
    (best, source) => (best === undefined || likeness(source) > likeness(best) ? source : best),
    undefined,
  );
}

function parseStanza(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    const field = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/.exec(line);
    if (field !== null) {
      name = (field[1] ?? '').toLowerCase();
      fields.set(name, (field[2] ?? '').trimEnd());
    } else if (/^[ \t]/.test(line) && name !== '') {
      fields.set(name, `${fields.get(name) ?? ''}\n${line.trimEnd()}`);
    }
  }
  return fields;
}

function splitWords(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
