/**
 * Every error a person or a program can meet: its stable code, the HTTP status, a title, and the next step.
 * Codes are never renamed; new ones are added here.
 */
export const errorCatalogue = {
  bad_request: {
    status: 400,
    title: 'The request does not have the expected form',
    next: 'Correct the fields named in "errors" and send it again.',
  },
  malformed_json: {
    status: 400,
    title: 'The body is not valid JSON',
    next: 'Send well-formed JSON.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is larger than allowed',
    next: 'Send less at once; upload large values as files.',
  },
  not_signed_in: {
    status: 401,
    title: 'You are not signed in',
    next: 'Open a fresh sign-in link: run "otherthing link" on the host.',
  },
  sign_in_link_spent: {
    status: 401,
    title: 'This sign-in link was used or has run out',
    next: 'Run "otherthing link" on the host for a fresh one.',
  },
  invite_spent: {
    status: 404,
    title: 'This invite does not work',
    next: 'It may be mistyped, used, revoked or out of time. Ask whoever invited you for another.',
  },
  ticket_spent: {
    status: 401,
    title: 'This ticket was used or has run out',
    next: 'Ask for a new ticket.',
  },
  wrong_origin: {
    status: 403,
    title: 'The request comes from another site',
    next: 'Use the page that the host serves.',
  },
  wrong_host: {
    status: 421,
    title: 'This host does not answer to that name',
    next: 'Use the address that the host printed.',
  },
  certificate_unknown: {
    status: 421,
    title: 'Nothing vouches for the certificate of this host yet',
    next: 'Compare its fingerprint with the one that the host shows, and give it with --fingerprint.',
  },
  certificate_changed: {
    status: 421,
    title: 'The host shows another certificate than the one it is known by',
    next: 'Somebody may be in between. If the host really has a new one, compare its fingerprint there before you trust it: in the app under Hosts, on the command line with --fingerprint.',
  },
  host_away: {
    status: 502,
    title: 'The host does not answer',
    next: 'It may be switched off, asleep, or not reachable from this network. Check its address, and that it lets other machines reach it.',
  },
  forbidden: {
    status: 403,
    title: 'Your role does not allow this',
    next: 'Ask an admin of the workspace.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    next: 'Check the address; it may have been deleted.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not take that method',
    next: 'See /api/openapi.json.',
  },
  conflict: {
    status: 409,
    title: 'This does not fit the present state',
    next: 'Reload and try again.',
  },
  idempotency_mismatch: {
    status: 409,
    title: 'This idempotency key was used for another request',
    next: 'Use a new key for a new request.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'The request with this idempotency key is still being worked on',
    next: 'Send it again in a moment; then you get its answer.',
  },
  idempotency_unknown: {
    status: 409,
    title: 'The host stopped while it worked on the request with this idempotency key',
    next: 'Look whether it was done, and send it with a new key where it was not.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    next: 'Wait a moment and try again.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body has a type that is not taken here',
    next: 'Send application/json.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on the host',
    next: 'Try again; the log of the host says more.',
  },
  stopping: {
    status: 503,
    title: 'The host is stopping',
    next: 'Try again in a moment.',
  },
  last_workspace: {
    status: 409,
    title: 'The last workspace cannot be deleted',
    next: 'Make another workspace first.',
  },
  last_owner: {
    status: 409,
    title: 'A workspace needs an owner',
    next: 'Make somebody else an owner first.',
  },
  unknown_share_key: {
    status: 404,
    title: 'No node answers to this share key',
    next: 'Check the key on the node, and that the node is connected to this host.',
  },
  share_key_attempts: {
    status: 429,
    title: 'Too many keys tried',
    next: 'Wait a minute and try again.',
  },
  remote_control_off: {
    status: 409,
    title: 'The owner of this node has not allowed remote control',
    next: 'Ask them to switch it on under This node.',
  },
  model_changes_off: {
    status: 409,
    title: 'The owner of this node does not let others change its models',
    next: 'Ask them to start it with --allow-model-changes.',
  },
  node_away: {
    status: 409,
    title: 'This node is not connected',
    next: 'Try again when it is back.',
  },
  this_node_missing: {
    status: 409,
    title: 'This machine is no node',
    next: 'Start the host with its worker.',
  },
  storage_not_usable: {
    status: 422,
    title: 'Files cannot be kept there',
    next: 'Choose another drive or folder.',
  },
  flow_invalid: {
    status: 422,
    title: 'The flow cannot run as it is',
    next: 'Mend the steps named in "errors".',
  },
  flow_schema_unknown: {
    status: 422,
    title: 'This flow file has a schema that this version does not know',
    next: 'Update OtherThing, or export the flow again.',
  },
  step_type_unknown: {
    status: 422,
    title: 'A step has a type that this version does not know',
    next: 'Update OtherThing, or replace the step.',
  },
  flow_cyclic: {
    status: 422,
    title: 'The flow goes in a circle',
    next: 'Remove one of the edges named in "errors".',
  },
  flow_too_large: {
    status: 422,
    title: 'The flow is larger than allowed',
    next: 'Split it into several flows.',
  },
  run_input_missing: {
    status: 422,
    title: 'An input of the flow has no value',
    next: 'Give a value for every input named in "errors".',
  },
  run_going_on: {
    status: 409,
    title: 'This run is still going on',
    next: 'Wait until it has ended, or stop it first.',
  },
  run_succeeded: {
    status: 409,
    title: 'This run succeeded; there is nothing to go on with',
    next: 'Run the flow again, or run it from one of its steps.',
  },
  run_data_missing: {
    status: 422,
    title: 'A step has no data from an earlier run',
    next: 'Pin outputs of the steps named in "errors", or start from a run in which they finished.',
  },
  flow_busy: {
    status: 429,
    title: 'As many runs of this flow go on as it allows',
    next: 'Wait until one has ended, or allow more in the settings of the flow.',
  },
  run_failed: {
    status: 500,
    title: 'The run did not succeed',
    next: 'See the run; it says which step failed.',
  },
  approval_decided: {
    status: 409,
    title: 'This has been decided already',
    next: 'See who decided, and how; run the flow again to be asked again.',
  },
  no_triggers: {
    status: 422,
    title: 'The flow has no Schedule and no Webhook step',
    next: 'Add one, and switch the triggers on again.',
  },
  hook_signature_wrong: {
    status: 401,
    title: 'The signature of this call is missing or wrong',
    next: 'Sign the body with the secret that the Webhook step names.',
  },
  run_finished: {
    status: 409,
    title: 'This run has already finished',
    next: 'Start it again instead.',
  },
  job_finished: {
    status: 409,
    title: 'This job has already finished',
    next: 'Submit a new one.',
  },
  job_not_failed: {
    status: 409,
    title: 'Only a job that failed or is dead can be put in line again',
    next: 'Submit a new one.',
  },
  job_of_run: {
    status: 409,
    title: 'This job belongs to a run',
    next: 'Resume the run; it does its failed steps again.',
  },
  job_kind_unknown: {
    status: 422,
    title: 'No executor of this version knows this kind of job',
    next: 'Use one of the kinds that the nodes name.',
  },
  queue_full: {
    status: 429,
    title: 'Too many jobs are waiting',
    next: 'Wait until some have finished.',
  },
  disk_full: {
    status: 507,
    title: 'The disk of the host is full',
    next: 'Free some space; nothing that was accepted is lost.',
  },
  blob_mismatch: {
    status: 422,
    title: 'The content does not have the hash it was announced with',
    next: 'Send it again.',
  },
  store_newer: {
    status: 500,
    title: 'The data folder was written by a newer version',
    next: 'Start that version, or choose another folder with --data.',
  },
  store_corrupt: {
    status: 500,
    title: 'The database is damaged',
    next: 'It was set aside; restore a backup with "otherthing restore", or move the damaged file away to start empty.',
  },
  store_unwritable: {
    status: 500,
    title: 'The database cannot be written',
    next: 'Give the account that runs OtherThing the right to write into the data folder, or choose another with --data.',
  },
  master_key_damaged: {
    status: 500,
    title: 'The master key of this host cannot be read',
    next: 'Put master.key back from a backup; or move it away, and put in every provider key and secret again.',
  },
  master_key_sealed: {
    status: 500,
    title: 'The keychain of this account does not open the master key',
    next: 'Unlock or restore the keychain and start again, with the desktop app; or move master.key.sealed away, and put in every provider key and secret again.',
  },
  key_refused: {
    status: 422,
    title: 'The provider did not take this key',
    next: 'Check the key and the address, or keep it untested.',
  },
  key_needs_secret: {
    status: 422,
    title: 'Another address needs the key again',
    next: 'Send the secret together with the new address.',
  },
  too_many_keys: {
    status: 422,
    title: 'There are as many as a workspace may have',
    next: 'Delete some that are not used.',
  },
} as const satisfies Record<string, { status: number; title: string; next: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalogue, code);

/** One mistake in something that was sent: where (a JSON pointer or `steps/<id>/<field>`), and what. */
export interface FieldError {
  path: string;
  message: string;
  code?: string;
}

/** An error with a stable code that may be shown to people. `detail` says what happened here, in words. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];

  constructor(code: ErrorCode, detail?: string, options: { errors?: readonly FieldError[]; cause?: unknown } = {}) {
    super(detail ?? errorCatalogue[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = options.errors ?? [];
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}
