// Starts the real server on a free loopback port with a data folder of its own. Knows the CLI; never a page.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BINARY = process.env.OPERANDI_BIN ?? resolve(import.meta.dirname, '../../../target/debug/operandi');
const READY_MS = 30_000;

export interface Account {
  org: string;
  email: string;
  password: string;
  key: string;
}

export interface Server {
  url: string;
  account: Account;
  /** The owner of another organisation on the same server. */
  neighbour: Account;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? done(address.port) : fail()));
    });
  });
}

const PASSWORD = 'unas pocas palabras';

/** Makes an organisation with an owner, in a data folder that nobody serves yet. */
function createOrg(data: string, name: string, email: string): Account {
  const about = ['--data', data, '--name', name, '--email', email, '--password', PASSWORD];
  const made = execFileSync(BINARY, ['admin', 'create-org', ...about], { encoding: 'utf8' });
  const { org_id, api_key } = JSON.parse(made) as { org_id: string; api_key: string };
  return { org: org_id, email, password: PASSWORD, key: api_key };
}

/** `env` is what this server is told besides. */
export async function startServer(env: Record<string, string> = {}): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'operandi-e2e-'));
  const account = createOrg(data, 'Tienda Sol', 'ana@example.com');
  const neighbour = createOrg(data, 'Tienda Mar', 'luz@example.com');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(BINARY, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  await ready(url, child, () => said);
  return {
    url,
    account,
    neighbour,
    stop: async () => {
      await stopChild(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const end = Date.now() + READY_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((go) => setTimeout(go, 100));
  }
  throw new Error(`the server is not ready: ${said()}`);
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 8000).unref();
  });
}
