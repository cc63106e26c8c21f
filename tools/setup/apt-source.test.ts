// SPDX-License-Identifier: Apache-2.0
// Reading both formats of apt's sources.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AptSource, findArchive, parseSourceList, parseSourceStanzas } from './apt-source.ts';

test('parseSourceList reads options, suite and components', () => {
  const text = [
    '# deb http://commented.example/debian bookworm main',
    'deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/debian bookworm main contrib # x',
    'deb-src http://mirror.example/debian bookworm main',
    'deb [trusted=yes] file:/srv/debian ./',
  ].join('\n');
  assert.deepEqual(parseSourceList(text), [
    {
      uri: 'http://mirror.example/debian',
      suite: 'bookworm',
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/a.gpg',
    },
    { uri: 'file:/srv/debian', suite: './', components: [], trusted: 'yes' },
  ]);
});

test('parseSourceStanzas makes one entry per URI and suite', () => {
  const text = [
    'Types: deb deb-src',
    '# a comment inside of a stanza',
    'URIs: http://one.example/debian http://two.example/debian',
    'Suites: bookworm bookworm-updates',
    'Components: main',
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
    '',
    'Types: deb',
    'URIs: http://off.example/debian',
    'Suites: bookworm',
    'Components: main',
    'Enabled: no',
    '',
    'Types: deb-src',
    'URIs: http://sources.example/debian',
    'Suites: bookworm',
    'Components: main',
  ].join('\n');
  const found = parseSourceStanzas(text).map(({ uri, suite }) => `${uri} ${suite}`);
  assert.deepEqual(found, [
    'http://one.example/debian bookworm',
    'http://one.example/debian bookworm-updates',
    'http://two.example/debian bookworm',
    'http://two.example/debian bookworm-updates',
  ]);
});

test('parseSourceStanzas keeps a key that is written into the stanza', () => {
  const text = [
    'Types: deb',
    'URIs: http://mirror.example/debian',
    'Suites: bookworm',
    'Components: main',
    'Signed-By:',
    ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
    ' .',
    ' mDMEY',
    ' -----END PGP PUBLIC KEY BLOCK-----',
  ].join('\n');
  assert.equal(
    parseSourceStanzas(text)[0]?.signedBy,
    '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----',
  );
});

test('findArchive prefers the archive over vendors that use its suite names', () => {
  const vendor: AptSource = {
    uri: 'https://packages.example/debian/12/prod',
    suite: 'bookworm',
    components: ['main'],
    signedBy: '/usr/share/keyrings/vendor.gpg',
  };
  const archive: AptSource = {
    uri: 'http://mirror.example/debian/',
    suite: 'bookworm',
    components: ['main'],
  };
  const updates = { ...archive, suite: 'bookworm-updates' };
  assert.equal(findArchive([vendor, updates, archive], ['bookworm', 'stable']), archive);
});

test('findArchive finds nothing without the suite or without main', () => {
  const archive: AptSource = {
    uri: 'http://mirror.example/debian',
    suite: 'bookworm',
    components: ['contrib'],
  };
  assert.equal(findArchive([archive], ['bookworm']), undefined);
  assert.equal(findArchive([{ ...archive, components: ['main'] }], ['trixie']), undefined);
});
