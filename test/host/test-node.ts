import { WebSocket } from 'ws';

export interface TestNode {
  nodeId: string;
  shareKey: string;
  close(): void;
}

/** A node of the first system: registers by its share key, and names no executors, so it gets no jobs. */
export async function connectNode(host: { url: string }, nodeId: string, shareKey: string): Promise<TestNode> {
  const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/node`);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'register',
          share_key: shareKey,
          capabilities: { node_id: nodeId, gpus: [], cpu: { model: 'test', cores: 4 }, memory: { total_mb: 8192 } },
          workspace_ids: [],
          resource_limits: { cpuCores: 2, ramPercent: 50 },
          remote_control_enabled: false,
        }),
      ),
    );
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; code?: string };
      if (message.type === 'registered') resolve();
      if (message.type === 'error') reject(new Error(message.code));
    });
  });
  return { nodeId, shareKey, close: () => socket.close() };
}
