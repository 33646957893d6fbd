/**
 * A model that works on a task with tools until it has the answer: input and result of `agent` jobs, which the host does
 * itself. Each turn of the model and each call of a tool is a job of its own, a part of this one (JobOrigin.partOf).
 */
import { type Static, Type } from 'typebox';
import { MaybeSecret } from '../flows/secret-text.ts';
import { httpMethods } from './http-request.ts';
import { ChatParameters, ModelRef, TokenUsage } from './inference.ts';
import { McpServer } from './mcp.ts';
import { Id, Json, Timestamp } from './values.ts';

/** As the model calls it. */
const toolName = Type.String({ pattern: '^[a-zA-Z0-9_-]{1,48}$' });
const described = { name: toolName, description: Type.String({ maxLength: 4_000 }) };

/** Requests to addresses below `base`; to every public address where it is empty. */
export const HttpTool = Type.Object({
  type: Type.Literal('http'),
  ...described,
  methods: Type.Array(Type.Enum(httpMethods), { minItems: 1, maxItems: httpMethods.length }),
  base: Type.String({ maxLength: 2_000 }),
  headers: Type.Array(Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), value: MaybeSecret }), {
    maxItems: 20,
  }),
});
/** The tools of an MCP server, each as `<name>_<tool>`; only those in `allowed`, all where it is empty. */
export const McpToolSource = Type.Object({
  type: Type.Literal('mcp'),
  name: toolName,
  server: McpServer,
  allowed: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 }),
});
/** Another flow of the workspace: its Inputs are the arguments, its Outputs the answer. */
export const FlowTool = Type.Object({ type: Type.Literal('flow'), ...described, flowId: Id });
export const AgentTool = Type.Union([HttpTool, McpToolSource, FlowTool]);
export type AgentTool = Static<typeof AgentTool>;
export type HttpTool = Static<typeof HttpTool>;
export type McpToolSource = Static<typeof McpToolSource>;
export type FlowTool = Static<typeof FlowTool>;

export const AgentInput = Type.Object(
  {
    model: ModelRef,
    instructions: Type.String(),
    task: Type.String(),
    tools: Type.Array(AgentTool, { maxItems: 32 }),
    /** Questions to the model, and calls of tools, in all. */
    maxTurns: Type.Integer({ minimum: 1, maximum: 100 }),
    maxCalls: Type.Integer({ minimum: 0, maximum: 300 }),
    /** Tokens of all turns together, read and written; null for no limit. */
    maxTokens: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    parameters: Type.Optional(ChatParameters),
    /** A JSON schema that the answer must satisfy. */
    schema: Type.Optional(Type.Record(Type.String(), Json)),
  },
  { $id: 'AgentInput' },
);
export type AgentInput = Static<typeof AgentInput>;

/** One thing that an agent did, as people see it: texts are cut, secrets are hidden. */
export const AgentCall = Type.Object(
  {
    /** Counts from 1 over turns and tools alike. */
    number: Type.Integer({ minimum: 1 }),
    /** Which turn of the model it is, or belongs to. */
    turn: Type.Integer({ minimum: 1 }),
    what: Type.Union([Type.Literal('model'), Type.Literal('tool')]),
    /** The model, or the tool. */
    name: Type.String(),
    state: Type.Union([Type.Literal('going_on'), Type.Literal('succeeded'), Type.Literal('failed')]),
    /** Of a tool, as the model wrote them. */
    arguments: Type.Optional(Type.String()),
    /** What the model said, or the tool answered. */
    result: Type.Optional(Type.String()),
    /** Whether `arguments` or `result` are cut. */
    cut: Type.Optional(Type.Boolean()),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    at: Timestamp,
    ms: Type.Optional(Type.Integer({ minimum: 0 })),
    usage: Type.Optional(TokenUsage),
    /** The job, or the run of a flow, that it was. */
    jobId: Type.Optional(Id),
    runId: Type.Optional(Id),
    /** Done before by an earlier try of the same step, and not done again. */
    earlier: Type.Optional(Type.Boolean()),
  },
  { $id: 'AgentCall' },
);
export type AgentCall = Static<typeof AgentCall>;

export const AgentResult = Type.Object(
  {
    text: Type.String(),
    json: Type.Optional(Json),
    calls: Type.Array(AgentCall),
    /** Of all turns. */
    usage: TokenUsage,
    turns: Type.Integer({ minimum: 0 }),
  },
  { $id: 'AgentResult' },
);
export type AgentResult = Static<typeof AgentResult>;

/** Why an agent came to no answer by itself; a turn that fails has the codes of `inferenceErrors`. */
export const agentErrors = {
  agent_too_many_turns: 'Allow more turns in the settings of the step, or give it a smaller task.',
  agent_too_many_calls: 'Allow more calls of tools in the settings of the step, or say in the task when to stop.',
  agent_too_many_tokens: 'Allow more tokens in the settings of the step, or give it a smaller task.',
  agent_tools_wrong: 'Change the tools in the settings of the step.',
} as const;
export type AgentErrorCode = keyof typeof agentErrors;
