// SPDX-License-Identifier: Apache-2.0
// Fields of events about the network, which this agent does not produce. Those that rules are most
// often written on are declared, so that such rules are checked wherever they are read.

import { ownerOf } from './event-owner.ts';
import {
  type FieldDraft,
  type FieldSpec,
  flag,
  integer,
  makeFields,
  uint16,
} from './field-spec.ts';
import { makeRetval } from './file-event-fields.ts';

function addressFields(whose: string): FieldDraft[] {
  return [
    { name: 'addr.ip', type: 'ip', description: `Address of ${whose}.` },
    integer('addr.port', `Port of ${whose}.`, { range: uint16 }),
    integer('addr.family', `Family of that address.`, {
      range: uint16,
      constants: 'addressFamilies',
    }),
    flag('addr.is_public', 'True for an address that is reached over the internet.'),
  ];
}

function socketFields(
  event: 'accept' | 'bind' | 'connect',
  drafts: readonly FieldDraft[],
): FieldSpec[] {
  return [...makeRetval(event), ...makeFields(event, ownerOf(event), drafts)];
}

const protocol = integer('protocol', 'Protocol of the socket.', {
  range: uint16,
  constants: 'protocols',
});

function dnsFields(): FieldSpec[] {
  return makeFields('dns', ownerOf('dns'), [
    integer('id', 'Identifier that the answer repeats.', { range: uint16 }),
    integer('question.count', 'How many questions were asked.', { range: uint16 }),
    integer('question.length', 'Size of the request in bytes.', { range: uint16 }),
    { name: 'question.name', isDomain: true, description: 'Name that was asked for.' },
    integer('question.type', 'Type of record that was asked for.', {
      range: uint16,
      constants: 'dnsTypes',
    }),
    integer('question.class', 'Class of record that was asked for.', {
      range: uint16,
      constants: 'dnsClasses',
    }),
    integer('response.code', 'Result that the answer tells.', {
      range: uint16,
      constants: 'dnsResponses',
    }),
  ]);
}

/** Events of sockets and of name look-ups. */
export const networkEventFields: readonly FieldSpec[] = [
  ...socketFields('accept', addressFields('the other side')),
  ...socketFields('bind', [...addressFields('this side'), protocol]),
  ...socketFields('connect', [...addressFields('the other side'), protocol]),
  ...dnsFields(),
];
