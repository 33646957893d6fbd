/**
 * A text of a step's settings that names secrets. What else went into it is text by now, so nothing that a flow works on can
 * bring a secret in by looking like a template; the host puts the values in when it sends (data.md, Flow documents).
 */
import { type Static, Type } from 'typebox';
import { SecretName } from '../model/api-key.ts';

export const SecretText = Type.Object(
  { $secretText: Type.Array(Type.Union([Type.String(), Type.Object({ secret: SecretName })])) },
  { $id: 'SecretText' },
);
export type SecretText = Static<typeof SecretText>;

/** Plain, or with secrets. */
export const MaybeSecret = Type.Union([Type.String(), SecretText]);
export type MaybeSecret = string | SecretText;

export function secretNames(text: MaybeSecret): string[] {
  if (typeof text === 'string') return [];
  return text.$secretText.flatMap((part) => (typeof part === 'string' ? [] : [part.secret]));
}

/** The text with each secret in its place. Throws where one is not given. */
export function withSecrets(text: MaybeSecret, values: ReadonlyMap<string, string>): string {
  if (typeof text === 'string') return text;
  return text.$secretText
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = values.get(part.secret);
      if (value === undefined) throw new Error(`The secret ${part.secret} was not opened`);
      return value;
    })
    .join('');
}

/** As people may see it. */
export function withoutSecrets(text: MaybeSecret): string {
  if (typeof text === 'string') return text;
  return text.$secretText.map((part) => (typeof part === 'string' ? part : `{{ secrets.${part.secret} }}`)).join('');
}
