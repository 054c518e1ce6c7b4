// Where the app is: at the server itself when it serves the app, else built files behind a small proxy that
// answers as the server will, with the policy of csp.txt and a fresh nonce. Knows files; never a page.
// EDITOR_DIST is a build of its own to look at, so that dist may change meanwhile.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, resolve } from 'node:path';

const DIST = resolve(process.env.EDITOR_DIST ?? join(import.meta.dirname, '../../dist'));
const POLICY = readFileSync(resolve(import.meta.dirname, '../../csp.txt'), 'utf8').trim();
const NONCE = 'OPERANDI_NONCE';
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

export interface Site {
  url: string;
  stop(): Promise<void>;
}

export async function openSite(server: string): Promise<Site> {
  const given = process.env.EDITOR_URL;
  if (given) return { url: given, stop: async () => undefined };
  if (process.env.EDITOR_DIST) return serveDist(server);
  const home = await fetch(server, { headers: { accept: 'text/html' } }).catch(() => undefined);
  if (home?.ok && home.headers.get('content-type')?.includes('html')) {
    return { url: server, stop: async () => undefined };
  }
  return serveDist(server);
}

async function serveDist(server: string): Promise<Site> {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('there is no build: run `npm run build` first');
  const target = new URL(server);
  const site = createServer((request, response) => {
    if (request.url?.startsWith('/api/') || request.url?.startsWith('/hooks/'))
      forward(target, request, response);
    else give(request.url ?? '/', response);
  });
  site.on('upgrade', (request, socket, head) => {
    const upstream = ask({
      host: target.hostname,
      port: target.port,
      path: request.url,
      headers: request.headers,
      method: request.method,
    });
    upstream.on('upgrade', (answer, back) => {
      const lines = answer.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      if (head.length > 0) back.write(head);
      back.pipe(socket).pipe(back);
      back.on('error', () => socket.destroy());
      socket.on('error', () => back.destroy());
    });
    upstream.on('error', () => socket.destroy());
    upstream.end();
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  const address = site.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => {
        site.close(() => done());
        site.closeAllConnections();
      }),
  };
}

function forward(target: URL, request: IncomingMessage, response: ServerResponse): void {
  const upstream = ask(
    {
      host: target.hostname,
      port: target.port,
      path: request.url,
      method: request.method,
      headers: request.headers,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  upstream.on('error', () => response.writeHead(502).end());
  request.pipe(upstream);
}

function give(path: string, response: ServerResponse): void {
  const clean = new URL(path, 'http://x').pathname;
  const file = join(DIST, clean);
  const found = extname(clean) !== '' && file.startsWith(DIST) && existsSync(file) ? file : undefined;
  if (found !== undefined) {
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
    response.end(readFileSync(found));
    return;
  }
  const nonce = randomBytes(16).toString('base64');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY.replaceAll(NONCE, nonce),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(readFileSync(join(DIST, 'index.html'), 'utf8').replaceAll(NONCE, nonce));
}
