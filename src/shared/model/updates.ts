import { type Static, Type } from 'typebox';
import { Timestamp } from './values.ts';

/** Updates of the desktop app, as its own window sees them. */
export const UpdateChannel = Type.Enum(['stable', 'beta'] as const);
export type UpdateChannel = Static<typeof UpdateChannel>;

export const UpdateChoices = Type.Object(
  {
    enabled: Type.Boolean({ description: 'Off: the app asks nobody about updates' }),
    channel: UpdateChannel,
    atQuit: Type.Boolean({ description: 'A downloaded update is installed when the app is closed' }),
  },
  { additionalProperties: false },
);
export type UpdateChoices = Static<typeof UpdateChoices>;

/** Why this app cannot update itself; `switched-off` is the person's own choice. */
export const UpdateObstacle = Type.Enum(['checkout', 'no-source', 'deb', 'unpacked', 'switched-off'] as const);
export type UpdateObstacle = Static<typeof UpdateObstacle>;

export const FoundUpdate = Type.Object({
  version: Type.String(),
  older: Type.Boolean({ description: 'It is a step back, which a person asked for' }),
  notes: Type.String({ description: 'Plain text; empty when the release says nothing' }),
  size: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'Bytes' }),
});
export type FoundUpdate = Static<typeof FoundUpdate>;

export const UpdateFault = Type.Object({
  code: Type.String(),
  message: Type.String(),
  next: Type.String(),
  during: Type.Enum(['check', 'download', 'install'] as const),
});
export type UpdateFault = Static<typeof UpdateFault>;

export const UpdateState = Type.Union([
  Type.Object({ state: Type.Literal('off'), because: UpdateObstacle }),
  Type.Object({ state: Type.Literal('idle') }),
  Type.Object({ state: Type.Literal('checking'), older: Type.Boolean() }),
  Type.Object({ state: Type.Literal('current') }),
  Type.Object({
    state: Type.Literal('downloading'),
    update: FoundUpdate,
    percent: Type.Number({ minimum: 0, maximum: 100 }),
    bytesPerSecond: Type.Number({ minimum: 0 }),
  }),
  Type.Object({ state: Type.Literal('ready'), update: FoundUpdate }),
  Type.Object({ state: Type.Literal('installing'), update: FoundUpdate }),
  Type.Object({ state: Type.Literal('failed'), fault: UpdateFault }),
]);
export type UpdateState = Static<typeof UpdateState>;

export const Updates = Type.Object({
  version: Type.String({ description: 'That runs now' }),
  choices: UpdateChoices,
  state: UpdateState,
  checkedAt: Type.Union([Timestamp, Type.Null()]),
});
export type Updates = Static<typeof Updates>;
