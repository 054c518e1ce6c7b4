// The addresses of devices, alerts and the dashboard with a week of a shop's data, for looking at pages while they are
// made: `OPERANDI_BIN=… node e2e/sensors-fake.ts` is not how it is run, `sensors-look.ts` starts it. Never shipped.
// Everything else is asked of a real server behind it.
import { createHash } from 'node:crypto';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
const START = Date.now();

type Value = (at: number) => number | null | undefined;
interface Sim {
  id: string;
  metric: string;
  unit?: string;
  every?: number;
  value: Value;
}

const noise = (at: number, salt: number) => {
  const x = Math.sin(at / 997 + salt * 131.7) * 43_758.5453;
  return x - Math.floor(x) - 0.5;
};
const cycle = (at: number, minutes: number) => Math.sin((at / MINUTE / minutes) * 2 * Math.PI);
const hourOf = (at: number) => new Date(at).getUTCHours() + new Date(at).getUTCMinutes() / 60;

// The cold room warms up since forty minutes; last Tuesday it was open for an hour.
const coldRoom: Value = (at) => {
  const warm = at > START - 40 * MINUTE ? ((at - (START - 40 * MINUTE)) / (40 * MINUTE)) * 8 : 0;
  const ago = (START - at) / HOUR;
  const open = ago > 70 && ago < 71.4 ? 7 * Math.sin(((71.4 - ago) / 1.4) * Math.PI) : 0;
  if (ago > 30 && ago < 33.2) return undefined;
  if (ago > 50 && ago < 50.3) return null;
  return 3.6 + cycle(at, 38) * 0.9 + noise(at, 1) * 0.4 + warm + open;
};
const dairy: Value = (at) => 4.2 + cycle(at, 26) * 1.1 + noise(at, 2) * 0.5;
const soil: Value = (at) => 58 - (((at / HOUR) % 24) / 24) * 26 + noise(at, 3) * 1.5;
const oven: Value = (at) =>
  hourOf(at) > 6 && hourOf(at) < 13 ? 232 + cycle(at, 17) * 9 + noise(at, 4) * 6 : 24 + noise(at, 5) * 2;
const people: Value = (at) =>
  hourOf(at) > 9 && hourOf(at) < 22
    ? Math.max(0, Math.round(6 + 5 * Math.sin(hourOf(at) - 4) + noise(at, 6) * 6))
    : 0;

const id = (n: number) => `0193a6c0-0000-7000-8000-00000000000${n}`;
const SIMS: Sim[] = [
  { id: id(1), metric: 'temperature', unit: '°C', every: 60, value: coldRoom },
  {
    id: id(1),
    metric: 'humidity',
    unit: '%',
    every: 60,
    value: (at) => 71 + cycle(at, 90) * 6 + noise(at, 7) * 2,
  },
  { id: id(2), metric: 'temperature', unit: '°C', every: 60, value: dairy },
  {
    id: id(2),
    metric: 'door',
    value: (at) => (noise(Math.floor(at / (11 * MINUTE)), 8) > 0.3 ? 1 : 0),
  },
  { id: id(3), metric: 'soil_moisture', unit: '%', every: 300, value: soil },
  { id: id(4), metric: 'temperature', unit: '°C', every: 30, value: oven },
  { id: id(5), metric: 'people', every: 60, value: people },
  {
    id: id(6),
    metric: 'temperature',
    unit: '°C',
    every: 60,
    value: (at) => (at > START - 50 * HOUR ? undefined : -18 + noise(at, 9)),
  },
];

const iso = (at: number) => new Date(at).toISOString();
const base = (n: number, name: string, place: string | null, more: object) => ({
  id: id(n),
  rev: 1,
  name,
  place,
  tags: [],
  model: 'nodo-esp32',
  note: null,
  profile: { metrics: [], actuators: [] },
  desired: { revision: 1, settings: {} },
  reported: null,
  keys: [{ id: `k${n}`, created_at: iso(START - 40 * DAY), last_used_at: iso(START - MINUTE) }],
  open_alerts: 0,
  created_at: iso(START - 40 * DAY),
  updated_at: iso(START - DAY),
  ...more,
});
const online = {
  state: 'online',
  since: iso(START - 3 * DAY),
  connected_at: iso(START - 3 * DAY),
  firmware: '1.4.2',
  reset: 'power_on',
  lost: 0,
};
// biome-ignore lint/suspicious/noExplicitAny: a fake knows its shapes by heart
const devices: any[] = [
  base(1, 'Cámara de carnes', 'Depósito', {
    tags: ['frio', 'haccp'],
    profile: {
      metrics: [
        { name: 'temperature', unit: '°C', min: -40, max: 60, every: 60 },
        { name: 'humidity', unit: '%', min: 0, max: 100, every: 60 },
      ],
      actuators: [],
    },
    status: { ...online, lost: 12 },
    open_alerts: 1,
    desired: { revision: 4, settings: { every_s: 60, led: true, burst: { size: 20 } } },
    reported: { revision: 3, settings: { every_s: 30, led: true, burst: { size: 20 } } },
    note: 'La sonda está al fondo, a media altura.',
  }),
  base(2, 'Heladera de lácteos', 'Salón', {
    tags: ['frio'],
    profile: {
      metrics: [{ name: 'temperature', unit: '°C', min: -40, max: 60, every: 60 }, { name: 'door' }],
      actuators: [],
    },
    status: online,
  }),
  base(3, 'Riego de la huerta', 'Huerta', {
    tags: ['riego'],
    profile: {
      metrics: [{ name: 'soil_moisture', unit: '%', min: 0, max: 100, every: 300 }],
      actuators: [{ name: 'valve', title: 'Válvula', safe: 0, max_on: 1800 }],
    },
    status: {
      ...online,
      state: 'sleeping',
      reason: 'duerme hasta dentro de 4 minutos para cuidar la batería',
    },
  }),
  base(4, 'Horno de pan', 'Cocina', {
    profile: {
      metrics: [
        { name: 'temperature', title: 'Temperatura de cocción', unit: '°C', min: 0, max: 400, every: 30 },
      ],
      actuators: [],
    },
    status: {
      ...online,
      state: 'quiet',
      reason: 'no dijo nada desde hace 3 minutos y se esperaba un valor cada 30 segundos',
    },
  }),
  base(5, 'Contador de la puerta', 'Salón', {
    profile: { metrics: [{ name: 'people', every: 60 }], actuators: [] },
    status: online,
  }),
  base(6, 'Freezer de helados', 'Salón', {
    tags: ['frio'],
    profile: { metrics: [{ name: 'temperature', unit: '°C', min: -40, max: 60, every: 60 }], actuators: [] },
    status: {
      state: 'offline',
      since: iso(START - 50 * HOUR),
      seen_at: iso(START - 50 * HOUR),
      firmware: '1.3.9',
      reason: 'se cortó su conexión hace 2 días y no volvió; los demás del lugar siguen hablando',
    },
  }),
  base(7, 'Sonda nueva', null, { keys: [], status: { state: 'never', reason: 'todavía no se vinculó' } }),
];

function lastOf(device: string) {
  return SIMS.filter((sim) => sim.id === device).map((sim) => {
    let at = Date.now() - (Date.now() % ((sim.every ?? 60) * 1000));
    while (sim.value(at) === undefined) at -= 10 * MINUTE;
    const value = sim.value(at) ?? null;
    return {
      metric: sim.metric,
      unit: sim.unit ?? null,
      at: iso(at),
      value,
      ...(value === null && { unavailable: 'disconnected' }),
      received_at: iso(at + 400),
    };
  });
}
// biome-ignore lint/suspicious/noExplicitAny: a fake knows its shapes by heart
const seen = (device: any) => ({
  ...device,
  last: lastOf(device.id),
  status: { seen_at: lastOf(device.id)[0]?.at ?? null, ...device.status },
});

function readings(device: string, metric: string, from: number, to: number, points: number) {
  const sim = SIMS.find((one) => one.id === device && one.metric === metric);
  if (sim === undefined) return { metric, unit: null, resolution: 'raw', items: [], columns: [] };
  const end = Math.min(to, Date.now());
  const step = (sim.every ?? 660) * 1000;
  const count = (end - from) / step;
  const rolled = count <= points ? 0 : (end - from) / MINUTE <= points ? MINUTE : HOUR;
  const items: (number | null)[][] = [];
  if (rolled === 0) {
    for (let at = Math.ceil(from / step) * step; at <= end; at += step) {
      const value = sim.value(at);
      if (value !== undefined) items.push([at, value]);
    }
  } else {
    for (let at = Math.ceil(from / rolled) * rolled; at <= end; at += rolled) {
      const all: number[] = [];
      for (let inner = at; inner < at + rolled; inner += rolled / 12) {
        const value = sim.value(inner);
        if (value != null) all.push(value);
      }
      if (all.length > 0)
        items.push([
          at,
          Math.min(...all),
          all.reduce((sum, one) => sum + one, 0) / all.length,
          Math.max(...all),
          all.length,
        ]);
    }
  }
  return {
    metric,
    unit: sim.unit ?? null,
    resolution: rolled === 0 ? 'raw' : rolled === MINUTE ? '1m' : '1h',
    items,
    columns: [],
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a fake knows its shapes by heart
function episodes(device: string, rule: any, days: number) {
  const sim = SIMS.find((one) => one.id === device && one.metric === rule.metric);
  const found: { since: string; until: string | null; least: number; greatest: number }[] = [];
  let open: { at: number; worst: number } | undefined;
  let [seenSteps, steps] = [0, 0];
  const span = /^(\d+)m$/.exec(rule.for ?? '') ? Number(/^(\d+)m$/.exec(rule.for)?.[1]) * MINUTE : 0;
  for (let at = START - days * DAY; at < Date.now(); at += 2 * MINUTE) {
    steps += 1;
    const value = sim?.value(at);
    if (value == null) continue;
    seenSteps += 1;
    const sign = rule.above === undefined ? -1 : 1;
    const isWrong = sign * value > sign * (rule.above ?? rule.below);
    const isRight = sign * value <= sign * (rule.clear ?? rule.above ?? rule.below);
    if (open === undefined && isWrong) open = { at, worst: value };
    else if (open !== undefined && isRight) {
      if (at - open.at >= span) found.push({ since: iso(open.at + span), until: iso(at), least: open.worst, greatest: open.worst });
      open = undefined;
    } else if (open !== undefined && sign * value > sign * open.worst) open.worst = value;
  }
  if (open !== undefined && Date.now() - open.at >= span)
    found.push({ since: iso(open.at + span), until: null, least: open.worst, greatest: open.worst });
  return { fired: found.length, episodes: found, observed: seenSteps / steps, readings: seenSteps };
}

const WORKFLOW = '0193a6c0-1111-7000-8000-000000000001';
// biome-ignore lint/suspicious/noExplicitAny: a fake knows its shapes by heart
const alert = (n: number, more: object): any => ({
  id: `0193a6c0-2222-7000-8000-00000000000${n}`,
  workflow_id: WORKFLOW,
  workflow_name: 'Cámara fuera de rango',
  device_id: id(1),
  device_name: 'Cámara de carnes',
  place: 'Depósito',
  devices: [id(1)],
  metric: 'temperature',
  unit: '°C',
  level: 'critical',
  state: 'active',
  value: 11.2,
  since: iso(START - 25 * MINUTE),
  opened_at: iso(START - 15 * MINUTE),
  ...more,
});
const alerts = [
  alert(1, {}),
  alert(2, {
    device_id: id(6),
    device_name: 'Freezer de helados',
    place: 'Salón',
    metric: null,
    value: null,
    level: 'warning',
    state: 'acknowledged',
    acknowledged_by: 'Ana',
    acknowledged_at: iso(START - 47 * HOUR),
    since: iso(START - 50 * HOUR),
    opened_at: iso(START - 49 * HOUR),
    workflow_name: 'Dispositivo callado',
  }),
  alert(3, {
    level: 'warning',
    state: 'cleared',
    since: iso(START - 71 * HOUR),
    opened_at: iso(START - 70.8 * HOUR),
    cleared_at: iso(START - 69.9 * HOUR),
    value: 10.4,
    solved_by: 'Luis',
    solved_note: 'Estaba mal cerrada',
  }),
  alert(4, {
    device_id: null,
    device_name: null,
    cause: 'power',
    place: 'Cocina',
    devices: [id(4), id(5)],
    metric: null,
    value: null,
    level: 'emergency',
    state: 'cleared',
    since: iso(START - 110 * HOUR),
    opened_at: iso(START - 110 * HOUR),
    cleared_at: iso(START - 108.5 * HOUR),
  }),
  alert(5, {
    device_id: id(3),
    device_name: 'Riego de la huerta',
    place: 'Huerta',
    metric: 'soil_moisture',
    unit: '%',
    value: 29.5,
    level: 'info',
    state: 'snoozed',
    snoozed_until: iso(START + 2 * HOUR),
    since: iso(START - 4 * HOUR),
    opened_at: iso(START - 4 * HOUR),
  }),
];
const stories = new Map(
  alerts.map((one) => [
    one.id,
    [
      { at: one.opened_at, kind: 'opened', says: 'se abrió: 8,6 °C desde hace 10 minutos' },
      ...(one.id === alerts[0].id
        ? [
            { at: iso(START - 9 * MINUTE), kind: 'raised', says: 'subió de advertencia a crítica: 10,1 °C' },
            { at: iso(START - 8 * MINUTE), kind: 'sent', says: 'se avisó por WhatsApp a Encargados' },
          ]
        : []),
      ...(one.acknowledged_at
        ? [{ at: one.acknowledged_at, kind: 'acknowledged', by: 'Ana', says: 'Ana la tomó' }]
        : []),
      ...(one.cleared_at ? [{ at: one.cleared_at, kind: 'cleared', says: 'volvió a estar bien' }] : []),
    ],
  ]),
);
const commands = [
  {
    id: 'c1',
    actuator: 'valve',
    level: 100,
    state: 'done',
    created_at: iso(START - 3 * HOUR),
    expires_at: iso(START - 3 * HOUR),
    max_on: 600,
    by: 'Ana',
    confirmed_at: iso(START - 3 * HOUR),
  },
  {
    id: 'c2',
    actuator: 'valve',
    level: 100,
    state: 'unconfirmed',
    created_at: iso(START - 26 * HOUR),
    expires_at: iso(START - 26 * HOUR),
    max_on: 600,
    by: 'riego automático',
  },
  {
    id: 'c3',
    actuator: 'valve',
    level: 100,
    state: 'expired',
    created_at: iso(START - 50 * HOUR),
    expires_at: iso(START - 50 * HOUR),
    max_on: 300,
    by: 'Ana',
  },
];
let dashboard: { rev: number; widgets: unknown[] } = { rev: 1, widgets: [] };

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a fake knows its shapes by heart
type Given = { path: string[]; query: URLSearchParams; body: any; text: string; rev: string | undefined };
// biome-ignore lint/suspicious/noExplicitAny: a fake knows its shapes by heart
type Answer = any;

const page = (items: unknown[]) => ({ items, next_cursor: null });

function answerDevices({ path, query, body, text, rev }: Given, method: string): Answer {
  const [, one, what, which] = path;
  if (one === undefined) {
    if (method === 'POST') {
      devices.push(
        base(devices.length + 1, body.name, body.place, {
          ...body,
          keys: [],
          status: { state: 'never', reason: 'todavía no se vinculó' },
        }),
      );
      return { id: devices.at(-1).id };
    }
    const q = query.get('q')?.toLowerCase();
    return page(
      devices
        .map(seen)
        .filter(
          (device) =>
            (!q || device.name.toLowerCase().includes(q)) &&
            (!query.get('state') || device.status.state === query.get('state')) &&
            (!query.get('place') || device.place === query.get('place')) &&
            (!query.get('tag') || device.tags.includes(query.get('tag'))),
        ),
    );
  }
  if (one === 'import')
    return {
      created: 2,
      updated: 1,
      problems:
        text.split('\n').length > 2
          ? [
              { line: 3, field: 'name', message: 'falta el nombre' },
              { line: 3, field: 'every', message: 'no es un número de segundos' },
            ]
          : [],
    };
  const device = devices.find((each) => each.id === one);
  if (device === undefined) throw new Refused(404, 'not_found');
  if (what === undefined) {
    if (method === 'PATCH') {
      if (Number(rev) !== device.rev) throw new Refused(409, 'revision_mismatch');
      Object.assign(device, body, { rev: device.rev + 1 });
    }
    if (method === 'DELETE') devices.splice(devices.indexOf(device), 1);
    return seen(device);
  }
  if (what === 'claim')
    return {
      code: 'FRIO-2345',
      expires_at: iso(Date.now() + DAY),
      link: 'https://tienda.example/claim#FRIO-2345',
    };
  if (what === 'keys' && method === 'POST') {
    device.keys.push({ id: `k${Date.now()}`, created_at: iso(Date.now()) });
    return {
      id: 'k9',
      org: 'tienda',
      device: one,
      username: `d/${one.slice(-4)}`,
      password: 'Vg3k-9xPq-71mZ-ttQe',
      topic_prefix: `op/1/tienda/${one.slice(-4)}`,
      mqtt: { host: 'mqtt.tienda.example', port: 8883 },
    };
  }
  if (what === 'keys') {
    device.keys = device.keys.filter((key: { id: string }) => key.id !== which);
    return {};
  }
  if (what === 'desired') {
    device.desired = { revision: device.desired.revision + 1, settings: body.settings };
    return { revision: device.desired.revision };
  }
  if (what === 'commands' && method === 'POST') {
    commands.unshift({
      id: `c${Date.now()}`,
      ...body,
      state: 'sent',
      created_at: iso(Date.now()),
      expires_at: iso(Date.now() + body.expires_in * 1000),
      by: 'Ana',
    });
    const [made] = commands;
    if (made) setTimeout(() => Object.assign(made, { state: 'done' }), 3000);
    return { id: made?.id };
  }
  if (what === 'commands') return page(one === id(3) ? commands : []);
  if (what === 'readings')
    return readings(
      one,
      query.get('metric') ?? '',
      Date.parse(query.get('from') ?? ''),
      Date.parse(query.get('to') ?? ''),
      Number(query.get('points') ?? 2000),
    );
  if (what === 'rule-preview') return episodes(one, body.rule, body.days);
  throw new Refused(404, 'not_found');
}

const OPEN = new Set(['active', 'acknowledged', 'latched', 'snoozed']);

function answerAlerts({ path, query, body }: Given): Answer {
  const [, one, what] = path;
  if (one === undefined) {
    const [state, level, device] = ['state', 'level', 'device'].map((name) => query.get(name));
    return page(
      alerts.filter(
        (each) =>
          (!state || (state === 'open' ? OPEN.has(each.state) : each.state === state)) &&
          (!level || each.level === level) &&
          (!device || each.device_id === device),
      ),
    );
  }
  const found = alerts.find((each) => each.id === one);
  if (found === undefined) throw new Refused(404, 'not_found');
  const story = stories.get(one) ?? [];
  const note = (kind: string, says: string) => story.push({ at: iso(Date.now()), kind, by: 'Ana', says });
  if (what === 'acknowledge') {
    Object.assign(found, { state: 'acknowledged', acknowledged_by: 'Ana', acknowledged_at: iso(Date.now()) });
    note('acknowledged', 'Ana la tomó');
  }
  if (what === 'snooze') {
    Object.assign(found, { state: 'snoozed', snoozed_until: iso(Date.now() + body.minutes * MINUTE) });
    note('snoozed', `Ana la pospuso ${body.minutes} minutos`);
  }
  if (what === 'solve') {
    Object.assign(found, { solved_by: 'Ana', solved_note: body.note });
    note('solved', `Ana la dio por resuelta${body.note ? `: ${body.note}` : ''}`);
  }
  if (what === 'note') note('note', body.note);
  if (what !== undefined) tell({ type: 'alert.changed', id: one });
  return { ...found, timeline: story };
}

function answerReport({ query }: Given): Answer {
  const rule = {
    metric: query.get('metric'),
    ...(query.get('above') ? { above: Number(query.get('above')) } : { below: Number(query.get('below')) }),
  };
  const device = query.get('device') ?? '';
  const found = episodes(device, rule, 7);
  const exposures = found.episodes.map((one) => ({
    ...one,
    minutes: ((one.until ? Date.parse(one.until) : Date.now()) - Date.parse(one.since)) / MINUTE,
  }));
  const minutes = exposures.map((one) => one.minutes);
  return {
    device,
    ...rule,
    exposures,
    cumulative_minutes: minutes.reduce((sum, one) => sum + one, 0),
    longest_minutes: Math.max(0, ...minutes),
    gaps: [{ since: iso(START - 33.2 * HOUR), until: iso(START - 30 * HOUR), minutes: 192 }],
    observed: found.observed,
    min: 2.3,
    avg: 3.9,
    max: 11.4,
    actions: [
      {
        alert_id: alerts[2].id,
        at: iso(START - 70 * HOUR),
        kind: 'solved',
        by: 'Luis',
        says: 'la dio por resuelta: estaba mal cerrada',
      },
    ],
  };
}

function answer(method: string, given: Given): Answer {
  const [kind] = given.path;
  if (kind === 'devices') return answerDevices(given, method);
  if (kind === 'devices.csv') return 'name,place,tags\nCámara de carnes,Depósito,frio;haccp\n';
  if (kind === 'alerts') return answerAlerts(given);
  if (kind === 'reports') return answerReport(given);
  if (kind === 'push')
    return given.path[1] === 'key'
      ? {
          public_key:
            'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U',
        }
      : { id: 's1' };
  if (method === 'PUT') {
    if (Number(given.rev) !== dashboard.rev) throw new Refused(409, 'revision_mismatch');
    dashboard = { rev: dashboard.rev + 1, widgets: given.body.widgets };
  }
  return dashboard;
}

const sockets = new Set<Socket>();

function tell(message: object): void {
  const text = Buffer.from(JSON.stringify(message));
  const head =
    text.length < 126
      ? Buffer.from([0x81, text.length])
      : Buffer.from([0x81, 126, text.length >> 8, text.length & 255]);
  for (const socket of sockets) socket.write(Buffer.concat([head, text]));
}

const MINE = /^\/api\/v1\/(devices|devices\.csv|alerts|reports|dashboard|push)(\/|\?|$)/;

/** Someone may store another arrangement from behind. */
export function touchDashboard(): void {
  dashboard = { ...dashboard, rev: dashboard.rev + 1 };
}

export async function startFake(behind: string): Promise<{ url: string; stop(): Promise<void> }> {
  const target = new URL(behind);
  const forward = (request: IncomingMessage, response: ServerResponse) => {
    const upstream = ask(
      {
        host: target.hostname,
        port: target.port,
        path: request.url,
        method: request.method,
        headers: request.headers,
      },
      (got) => {
        response.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(response);
      },
    );
    upstream.on('error', () => response.writeHead(502).end());
    request.pipe(upstream);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', behind);
    if (!MINE.test(request.url ?? '')) return forward(request, response);
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const isJson = request.headers['content-type']?.includes('json') === true;
      const path = url.pathname.replace('/api/v1/', '').split('/').map(decodeURIComponent);
      try {
        const rev = request.headers['if-match'];
        const given = {
          path,
          query: url.searchParams,
          body: isJson && text ? JSON.parse(text) : {},
          text,
          rev,
        };
        const got = answer(request.method ?? 'GET', given);
        response.writeHead(200, {
          'content-type': typeof got === 'string' ? 'text/csv' : 'application/json',
        });
        response.end(typeof got === 'string' ? got : JSON.stringify(got));
      } catch (thrown) {
        const { status, code } = thrown instanceof Refused ? thrown : { status: 500, code: 'internal' };
        response.writeHead(status, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify({ status, code, title: String(thrown) }));
      }
    });
  });
  server.on('upgrade', (request, socket) => {
    const key = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    sockets.add(socket as Socket);
    for (const end of ['close', 'error', 'end'] as const)
      socket.on(end, () => sockets.delete(socket as Socket));
  });
  const timer = setInterval(() => {
    const device = devices[0] && seen(devices[0]);
    tell({ type: 'device.changed', device_id: device.id, status: device.status, last: device.last });
  }, 2000);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
