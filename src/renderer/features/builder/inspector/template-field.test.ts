import { describe, expect, it } from 'vitest';
import { complete } from './template-field.tsx';

const option = { label: 'inputs.month', insert: 'inputs.month', detail: '', kind: 'value' as const };

describe('completion in a template', () => {
  it('closes the braces and leaves the caret behind the name', () => {
    expect(complete('Month {{ inp', { from: 9, to: 12 }, option)).toEqual({
      text: 'Month {{ inputs.month }}',
      caret: 21,
    });
  });
  it('keeps braces that are closed already', () => {
    expect(complete('{{ inp }} x', { from: 3, to: 6 }, option).text).toBe('{{ inputs.month }} x');
  });
  it('puts the space that people leave out', () => {
    expect(complete('{{', { from: 2, to: 2 }, option).text).toBe('{{ inputs.month }}');
  });
});
