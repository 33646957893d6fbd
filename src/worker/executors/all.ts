import { join } from 'node:path';
import type { Logger } from '../../platform/log.ts';
import type { ModelWatch } from '../models/watch.ts';
import type { SandboxTools } from '../sandbox/command.ts';
import { createDocumentExecutor } from './document.ts';
import type { Executor } from './executor.ts';
import { createInferenceExecutor } from './inference.ts';
import { createModelExecutor } from './model.ts';
import { createOcrExecutor } from './ocr.ts';
import { createScriptExecutor, findScriptGround } from './script.ts';

export interface ExecutorGround {
  /** The worker's own folder. */
  home: string;
  tools: SandboxTools;
  models: ModelWatch;
  /** Whether the owner lets others fetch and remove models. */
  modelChangesAllowed(): boolean;
  log: Logger;
}

/** Every executor that this machine can have. */
export async function findExecutors(ground: ExecutorGround): Promise<Executor[]> {
  const { home, tools, models, modelChangesAllowed: allowed, log } = ground;
  const scripts = await findScriptGround(join(home, 'import-map.json'));
  if (scripts === null) log.warn('There is no Deno for this platform: this node takes no scripts');
  else if (scripts.tools.bwrap === undefined)
    log.info('Scripts run without bubblewrap, which is not here or not allowed');
  return [
    ...(scripts === null ? [] : [createScriptExecutor(scripts)]),
    createOcrExecutor({ taskset: tools.taskset }),
    createDocumentExecutor({ taskset: tools.taskset }),
    createInferenceExecutor(models),
    createModelExecutor({ watch: models, allowed }),
  ];
}
