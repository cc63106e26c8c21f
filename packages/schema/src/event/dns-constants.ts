// SPDX-License-Identifier: Apache-2.0
// Constants of the domain name system, as IANA assigns them.

import { type ConstantGroup, numberFrom } from './constant-group.ts';

/** Types of records. */
export const dnsTypes: ConstantGroup = {
  ...numberFrom(0n, [
    'None A NS MD MF CNAME SOA MB MG MR NULL _ PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT _',
    'NSAPPTR SIG KEY PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT _ DNAME _ OPT APL',
    'DS SSHFP _ RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA _ HIP NINFO RKEY TALINK',
    'CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS',
  ]),
  SPF: 99n,
  UINFO: 100n,
  UID: 101n,
  GID: 102n,
  UNSPEC: 103n,
  NID: 104n,
  L32: 105n,
  L64: 106n,
  LP: 107n,
  EUI48: 108n,
  EUI64: 109n,
  TKEY: 249n,
  TSIG: 250n,
  IXFR: 251n,
  AXFR: 252n,
  MAILB: 253n,
  MAILA: 254n,
  ANY: 255n,
  URI: 256n,
  CAA: 257n,
  AVC: 258n,
  TA: 32768n,
  DLV: 32769n,
  Reserved: 65535n,
};

/** Classes of records. */
export const dnsClasses: ConstantGroup = {
  CLASS_INET: 1n,
  CLASS_CSNET: 2n,
  CLASS_CHAOS: 3n,
  CLASS_HESIOD: 4n,
  CLASS_NONE: 254n,
  CLASS_ANY: 255n,
};

/** Results that an answer tells. */
export const dnsResponses: ConstantGroup = {
  ...numberFrom(0n, [
    'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE',
  ]),
  BADVERS: 16n,
  BADSIG: 16n,
  BADKEY: 17n,
  BADTIME: 18n,
  BADMODE: 19n,
  BADNAME: 20n,
  BADALG: 21n,
};
