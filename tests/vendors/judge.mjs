// Asks the vendors' own libraries about webhook signatures. Reads one JSON array of questions from
// standard input and writes one JSON array of answers, in the same order:
//   {"vendor":"shopify","secret","headers","body"}  -> {"valid":bool}    (body in base64)
//   {"vendor":"whatsapp","secret","body"}           -> {"signature":hex}
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
// The package exports only its server; the function that signs is beside it.
const { generateXHub256Sig } = require(join(dirname(require.resolve('whatsapp/package.json')), 'build/utils.js'));

async function shopify({ secret, headers, body }) {
  const api = shopifyApi({
    apiKey: 'key',
    apiSecretKey: secret,
    scopes: [],
    hostName: 'shop.example',
    hostScheme: 'https',
    apiVersion: Object.values(ApiVersion).at(-2),
    isEmbeddedApp: false,
    logger: { level: 0 },
  });
  const rawRequest = { method: 'POST', url: '/', headers };
  const { valid } = await api.webhooks.validate({ rawBody: body.toString('utf8'), rawRequest, rawResponse: {} });
  return { valid };
}

function whatsapp({ secret, body }) {
  return { signature: generateXHub256Sig(body.toString('utf8'), secret) };
}

const vendors = { shopify, whatsapp };

let input = '';
for await (const chunk of process.stdin) input += chunk;
const answers = [];
for (const question of JSON.parse(input)) {
  answers.push(await vendors[question.vendor]({ ...question, body: Buffer.from(question.body, 'base64') }));
}
process.stdout.write(JSON.stringify(answers));
