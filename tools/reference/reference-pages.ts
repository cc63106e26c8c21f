// SPDX-License-Identifier: Apache-2.0
// Every page of docs/reference: path in the repository and text. What they say stands in the
// tables that the product itself works with.

import type { GeneratedFile } from '../../packages/schema/src/codegen/generate.ts';
import { writeActionsPage } from './actions-page.ts';
import { writeConstantsPage } from './constants-page.ts';
import { writeDiagnosticsPage } from './diagnostics-page.ts';
import { writeFieldsPage } from './fields-page.ts';
import { writeOperatorsPage } from './operators-page.ts';
import { writePoliciesPage } from './policies-page.ts';

export function writeReferencePages(): GeneratedFile[] {
  const pages = {
    actions: writeActionsPage(),
    constants: writeConstantsPage(),
    diagnostics: writeDiagnosticsPage(),
    fields: writeFieldsPage(),
    operators: writeOperatorsPage(),
    policies: writePoliciesPage(),
  };
  return Object.entries(pages).map(([name, text]) => ({
    path: `docs/reference/${name}.md`,
    text,
  }));
}
