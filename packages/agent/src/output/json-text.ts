// SPDX-License-Identifier: Apache-2.0
// The JSON text of an alert's document. Parent and ancestors are most of it and the same in many
// alerts: their documents are shared, and so is their text.

import type { Json, JsonObject } from './field-writer.ts';

const sharedTexts = new WeakMap<JsonObject, string>();

function getSharedText(document: JsonObject): string {
  const found = sharedTexts.get(document);
  if (found !== undefined) return found;
  const text = JSON.stringify(document);
  sharedTexts.set(document, text);
  return text;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Writes the members of an object and leaves it open for more. */
function openText(document: JsonObject): string {
  const text = JSON.stringify(document).slice(0, -1);
  return text === '{' ? text : `${text},`;
}

/** Gives the same object as JSON.stringify, in less time. */
export function toJsonText(document: JsonObject): string {
  const { process, ...rest } = document;
  if (!isObject(process)) return JSON.stringify(document);
  const { parent, ancestors, ...own } = process;
  if (!Array.isArray(ancestors)) return JSON.stringify(document);
  const parentText = isObject(parent) ? `"parent":${getSharedText(parent)},` : '';
  const ancestorTexts = (ancestors as readonly JsonObject[]).map(getSharedText);
  const processText = `${openText(own)}${parentText}"ancestors":[${ancestorTexts.join()}]}`;
  return `${openText(rest)}"process":${processText}}`;
}
