// SPDX-License-Identifier: Apache-2.0
// Constants of the network: numbers of the kernel, and those that IANA assigns.

import { type ConstantGroup, numberFrom } from './constant-group.ts';

/** Address families; several have two names. */
export const addressFamilies: ConstantGroup = {
  AF_UNSPEC: 0n,
  AF_FILE: 1n,
  AF_LOCAL: 1n,
  AF_UNIX: 1n,
  AF_INET: 2n,
  AF_AX25: 3n,
  AF_IPX: 4n,
  AF_APPLETALK: 5n,
  AF_NETROM: 6n,
  AF_BRIDGE: 7n,
  AF_ATMPVC: 8n,
  AF_X25: 9n,
  AF_INET6: 10n,
  AF_ROSE: 11n,
  AF_NETBEUI: 13n,
  AF_SECURITY: 14n,
  AF_KEY: 15n,
  AF_NETLINK: 16n,
  AF_ROUTE: 16n,
  AF_PACKET: 17n,
  AF_ASH: 18n,
  AF_ECONET: 19n,
  AF_ATMSVC: 20n,
  AF_RDS: 21n,
  AF_SNA: 22n,
  AF_IRDA: 23n,
  AF_PPPOX: 24n,
  AF_WANPIPE: 25n,
  AF_LLC: 26n,
  AF_IB: 27n,
  AF_MPLS: 28n,
  AF_CAN: 29n,
  AF_TIPC: 30n,
  AF_BLUETOOTH: 31n,
  AF_IUCV: 32n,
  AF_RXRPC: 33n,
  AF_ISDN: 34n,
  AF_PHONET: 35n,
  AF_IEEE802154: 36n,
  AF_CAIF: 37n,
  AF_ALG: 38n,
  AF_NFC: 39n,
  AF_VSOCK: 40n,
  AF_KCM: 41n,
  AF_QIPCRTR: 42n,
  AF_SMC: 43n,
  AF_XDP: 44n,
  AF_MCTP: 45n,
};

/** Types of sockets. */
export const socketTypes: ConstantGroup = numberFrom(1n, [
  'SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP _ _ _ SOCK_PACKET',
]);

/** Protocols over IP. */
export const protocols: ConstantGroup = {
  IP_PROTO_IP: 0n,
  IP_PROTO_ICMP: 1n,
  IP_PROTO_IGMP: 2n,
  IP_PROTO_IPIP: 4n,
  IP_PROTO_TCP: 6n,
  IP_PROTO_EGP: 8n,
  IP_PROTO_PUP: 12n,
  IP_PROTO_UDP: 17n,
  IP_PROTO_IDP: 22n,
  IP_PROTO_TP: 29n,
  IP_PROTO_DCCP: 33n,
  IP_PROTO_IPV6: 41n,
  IP_PROTO_RSVP: 46n,
  IP_PROTO_GRE: 47n,
  IP_PROTO_ESP: 50n,
  IP_PROTO_AH: 51n,
  IP_PROTO_ICMPV6: 58n,
  IP_PROTO_MTP: 92n,
  IP_PROTO_BEETPH: 94n,
  IP_PROTO_ENCAP: 98n,
  IP_PROTO_PIM: 103n,
  IP_PROTO_COMP: 108n,
  IP_PROTO_SCTP: 132n,
  IP_PROTO_UDPLITE: 136n,
  IP_PROTO_MPLS: 137n,
  IP_PROTO_RAW: 255n,
};

/** Ours: the direction of a packet. */
export const directions: ConstantGroup = {
  INGRESS: 1n,
  EGRESS: 2n,
};

/** Versions of TLS and SSL. */
export const tlsVersions: ConstantGroup = {
  SSL_2_0: 0x200n,
  SSL_3_0: 0x300n,
  TLS_1_0: 0x301n,
  TLS_1_1: 0x302n,
  TLS_1_2: 0x303n,
  TLS_1_3: 0x304n,
};
