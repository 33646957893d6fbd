/** The server as a process of its own, as llama.cpp's is: told what to serve by its parent, answers with its origin. */
import { type LlamaOptions, startLlamaServer } from './llama-server.ts';

process.once('message', (options: LlamaOptions) => {
  void startLlamaServer(options).then((url) => process.send?.({ url }));
});
process.once('disconnect', () => process.exit(0));
