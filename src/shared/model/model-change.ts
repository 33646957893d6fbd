import { type Static, Type } from 'typebox';

/** Jobs of this kind are made by the host for admins, never submitted. */
export const modelJobKind = 'model';

/** A job of kind `model`: what a node's model server fetches or removes, where the node's owner allows it. */
export const ModelChange = Type.Object(
  {
    action: Type.Union([Type.Literal('pull'), Type.Literal('remove')]),
    model: Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@-]*$' }),
  },
  { $id: 'ModelChange' },
);
export type ModelChange = Static<typeof ModelChange>;
