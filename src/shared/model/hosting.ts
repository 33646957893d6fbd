import { type Static, Type } from 'typebox';
import { Id, Name, Timestamp } from './values.ts';

/** A name or an address by which a host is called: no scheme, no port. */
export const HostName = Type.String({
  maxLength: 253,
  pattern: '^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[?[0-9A-Fa-f:]{2,39}\\]?)$',
});

/** Where a host listens for other machines; always with TLS (S3). */
export const HostingSettings = Type.Object({
  enabled: Type.Boolean(),
  address: Type.String({
    maxLength: 64,
    pattern: '^[0-9A-Fa-f.:]+$',
    description: 'An address of this machine; 0.0.0.0 is all of them',
  }),
  port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0 takes any free port' }),
  names: Type.Array(HostName, {
    maxItems: 16,
    description: 'Names by which people call this host, beside its addresses',
  }),
  findable: Type.Optional(
    Type.Boolean({ description: 'Whether it is announced on the local network (mDNS): name, fingerprint, version' }),
  ),
});
export type HostingSettings = Static<typeof HostingSettings>;

export const HostCertificate = Type.Object({
  fingerprint: Type.String({ description: 'sha256:<hex> of the certificate in DER form' }),
  selfSigned: Type.Boolean(),
  validUntil: Timestamp,
});
export type HostCertificate = Static<typeof HostCertificate>;

export const Hosting = Type.Object(
  {
    ...HostingSettings.properties,
    /** The command line says where to listen; a change here holds until this host ends. */
    byCommandLine: Type.Boolean(),
    /** Where it listens now; null while it is off, or could not. */
    listening: Type.Union([Type.Object({ address: Type.String(), port: Type.Integer() }), Type.Null()]),
    /** Why it does not listen although it should, in words. */
    problem: Type.Union([Type.String(), Type.Null()]),
    /** The name of the proxy in front of it, where there is one. */
    proxy: Type.Union([Type.String(), Type.Null()]),
    certificate: Type.Union([HostCertificate, Type.Null()]),
    /** Origins by which other machines reach it now. */
    origins: Type.Array(Type.String()),
    /** Whether it says on the local network that it is there. */
    announced: Type.Boolean(),
    connected: Type.Object({
      nodes: Type.Array(Type.Object({ id: Id, name: Type.String(), embedded: Type.Boolean() })),
      people: Type.Array(Type.Object({ userId: Id, name: Name, windows: Type.Integer() })),
    }),
  },
  { $id: 'Hosting' },
);
export type Hosting = Static<typeof Hosting>;
