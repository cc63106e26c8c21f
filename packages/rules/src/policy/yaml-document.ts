// SPDX-License-Identifier: Apache-2.0
// A YAML file as nodes with places. Aliases are resolved by one walk over the document, and what
// they repeat is counted: reading costs in proportion to the size of the file, whatever is in it.

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import { createSourceFile, locateOffsets, type SourceFile } from '../source-text.ts';

export type YamlFile = {
  readonly file: SourceFile;
  readonly root: Node | null;
  /** Finds what an alias stands for; undefined where no anchor has its name. */
  readonly findTarget: (alias: Node) => Node | undefined;
};

/** Reads a YAML file; its problems are those of the syntax. */
export function parseYamlFile(
  path: string,
  text: string,
): { readonly yaml: YamlFile | null; readonly problems: readonly Diagnostic[] } {
  const file = createSourceFile(path, text);
  try {
    const document = parseDocument(text, {
      prettyErrors: false,
      uniqueKeys: false,
      // A second document is an error; nothing is written anywhere.
      logLevel: 'error',
      intAsBigInt: true,
    });
    if (document.errors.length > 0) {
      const problems = document.errors.map(({ code, message, pos }) => {
        const reason = explain(code, message);
        return createDiagnostic('FR4001', { reason }, locateOffsets(file, pos[0], pos[1]));
      });
      return { yaml: null, problems };
    }
    // Most files have no aliases, and need no walk.
    let targets: ReadonlyMap<Node, Node> | null = null;
    const findTarget = (alias: Node): Node | undefined => {
      targets ??= findTargets(document);
      return targets.get(alias);
    };
    return { yaml: { file, root: document.contents, findTarget }, problems: [] };
  } catch (error) {
    const reason = error instanceof RangeError ? tooDeep : String(error);
    return { yaml: null, problems: [createDiagnostic('FR4001', { reason }, atStart(file))] };
  }
}

/** The parser is recursive, so a deeply nested document ends it. */
const tooDeep = 'it is nested too deeply';

function explain(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'it has more than one document';
  // Where the stack ends inside of the parser, it makes an error of its own of that.
  if (/call stack size|stack overflow/i.test(message)) return tooDeep;
  return message.split('\n', 1)[0] ?? message;
}

export function atStart(file: SourceFile): ReturnType<typeof locateOffsets> {
  return locateOffsets(file, 0, 1);
}

/** Finds what aliases stand for: the last anchor of that name before them. */
function findTargets(document: Document): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const walk = (node: unknown): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
      return;
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) {
      anchors.set(node.anchor, node);
    }
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        walk(key);
        walk(value);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) walk(item);
    }
  };
  walk(document.contents);
  return targets;
}
