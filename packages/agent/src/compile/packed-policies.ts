// SPDX-License-Identifier: Apache-2.0
// Compiled policies as they go from the thread that compiled them to the agent. The filter goes as
// bytes and stays bytes: it is asked for when it is installed, and when somebody watches which
// rules let events pass. As objects, that of the default policy takes 10 MiB.

import { deserialize, serialize } from 'node:v8';
import type { CompiledPolicies } from '@fimbul/rules/run';
import type { KernelFilter } from '@fimbul/schema';
import type { LoadedPolicies } from '../load-policies.ts';
import type { AgentOptions } from '../options.ts';
import type { CompileReply } from './reload-reply.ts';
import type { StartReply } from './start-reply.ts';

type PackedPolicies = Omit<CompiledPolicies, 'filter'> & {
  readonly packedFilter: Uint8Array;
};

function packPolicies({ filter, ...others }: CompiledPolicies): PackedPolicies {
  return { ...others, packedFilter: serialize(filter) };
}

/** The same policies; each look at their filter makes it anew. */
function unpackPolicies({ packedFilter, ...others }: PackedPolicies): CompiledPolicies {
  return {
    ...others,
    get filter(): KernelFilter {
      return deserialize(packedFilter);
    },
  };
}

/** A reply of the thread, on its way. */
export type PackedStartReply =
  | Exclude<StartReply, { readonly kind: 'prepared' }>
  | {
      readonly kind: 'prepared';
      readonly options: AgentOptions;
      readonly loaded: Omit<LoadedPolicies, 'policies'> & { readonly policies: PackedPolicies };
    };

export type PackedCompileReply =
  | Exclude<CompileReply, { readonly kind: 'compiled' }>
  | ({ readonly kind: 'compiled'; readonly policies: PackedPolicies } & Omit<
      LoadedPolicies,
      'policies'
    >);

export function packStartReply(reply: StartReply): PackedStartReply {
  if (reply.kind !== 'prepared') return reply;
  const { loaded } = reply;
  return { ...reply, loaded: { ...loaded, policies: packPolicies(loaded.policies) } };
}

export function unpackStartReply(reply: PackedStartReply): StartReply {
  if (reply.kind !== 'prepared') return reply;
  const { loaded } = reply;
  return { ...reply, loaded: { ...loaded, policies: unpackPolicies(loaded.policies) } };
}

export function packCompileReply(reply: CompileReply): PackedCompileReply {
  if (reply.kind !== 'compiled') return reply;
  return { ...reply, policies: packPolicies(reply.policies) };
}

export function unpackCompileReply(reply: PackedCompileReply): CompileReply {
  if (reply.kind !== 'compiled') return reply;
  return { ...reply, policies: unpackPolicies(reply.policies) };
}
