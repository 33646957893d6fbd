/**
 * One call of a server that speaks the Model Context Protocol: input and result of `mcp` jobs, which the host does itself,
 * over Streamable HTTP and with the rules of HTTP steps for addresses (S9).
 */
import { type Static, Type } from 'typebox';
import { MaybeSecret } from '../flows/secret-text.ts';
import { Json } from './values.ts';

export const McpServer = Type.Object({
  url: MaybeSecret,
  headers: Type.Array(Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), value: MaybeSecret }), {
    maxItems: 20,
  }),
});
export type McpServer = Static<typeof McpServer>;

export const McpInput = Type.Union(
  [
    Type.Object({ task: Type.Literal('list'), server: McpServer }),
    Type.Object({
      task: Type.Literal('call'),
      server: McpServer,
      tool: Type.String({ minLength: 1, maxLength: 200 }),
      arguments: Type.Record(Type.String(), Json),
    }),
  ],
  { $id: 'McpInput' },
);
export type McpInput = Static<typeof McpInput>;

/** A tool as its server describes it; `parameters` is a JSON schema of an object. */
export const McpTool = Type.Object({
  name: Type.String(),
  description: Type.String(),
  parameters: Type.Record(Type.String(), Json),
});
export type McpTool = Static<typeof McpTool>;

export const McpListed = Type.Object({ tools: Type.Array(McpTool) });
export type McpListed = Static<typeof McpListed>;

/** What a tool answered, as text; `failed` where the tool itself says that it failed. */
export const McpAnswer = Type.Object({ text: Type.String(), failed: Type.Boolean() });
export type McpAnswer = Static<typeof McpAnswer>;
