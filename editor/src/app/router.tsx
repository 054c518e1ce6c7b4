/**
 * Which address shows which page. Every page but signing in is its own chunk.
 *
 * Knows addresses and their search parameters; never what a page does.
 */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { anyDeviceQuery } from '@/api/any-device';
import { part } from '@/api/part';
import { SignInPage } from '@/pages/sign-in/SignInPage';
import { Bones, PageBones } from '@/ui/PageBones';
import { Frame } from './frame/Frame';
import { BareBones, BareTrouble, LostPage, TroublePage, TroublePart } from './frame/Trouble';
import { runsSearch, someText, textSearch, workflowSearch } from './search';
import { alertsSearch, devicesSearch, reportSearch } from './sensor-search';
import { whoIsThere } from './session/session';

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: LostPage,
  errorComponent: BareTrouble,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = textSearch(search, 'next');
    // Only a path of ours: an address from outside must not be where a sign-in leads.
    return next !== undefined && /^\/(?![/\\])/.test(next) ? { next } : {};
  },
  component: SignInPage,
});

/** Open to everybody: who sets a device up need not have an account. */
const claim = createRoute({
  getParentRoute: () => root,
  path: '/claim',
  component: lazyRouteComponent(() => part(() => import('@/pages/claim/ClaimPage')), 'ClaimPage'),
  pendingComponent: BareBones,
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ context, location }) => {
    if ((await whoIsThere(context.client)) === undefined) {
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    }
  },
  component: Frame,
  pendingComponent: BareBones,
  errorComponent: BareTrouble,
});

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: async ({ context }) => {
    // A shop with sensors begins with how they stand; any other with what it automates.
    const sensors = await context.client.ensureQueryData(anyDeviceQuery).catch(() => false);
    throw redirect({ to: sensors ? '/dashboard' : '/workflows' });
  },
});

const dashboard = createRoute({
  getParentRoute: () => frame,
  path: '/dashboard',
  component: lazyRouteComponent(() => part(() => import('@/pages/dashboard/DashboardPage')), 'DashboardPage'),
});

const devices = createRoute({
  getParentRoute: () => frame,
  path: '/devices',
  validateSearch: devicesSearch,
  component: lazyRouteComponent(() => part(() => import('@/pages/devices/DevicesPage')), 'DevicesPage'),
});

const newDevice = createRoute({
  getParentRoute: () => frame,
  path: '/devices/new',
  component: lazyRouteComponent(() => part(() => import('@/pages/devices/NewDevicePage')), 'NewDevicePage'),
});

const device = createRoute({
  getParentRoute: () => frame,
  path: '/devices/$deviceId',
  component: lazyRouteComponent(() => part(() => import('@/pages/devices/DevicePage')), 'DevicePage'),
});

const editDevice = createRoute({
  getParentRoute: () => frame,
  path: '/devices/$deviceId/edit',
  component: lazyRouteComponent(() => part(() => import('@/pages/devices/EditDevicePage')), 'EditDevicePage'),
});

const alerts = createRoute({
  getParentRoute: () => frame,
  path: '/alerts',
  validateSearch: alertsSearch,
  component: lazyRouteComponent(() => part(() => import('@/pages/alerts/AlertsPage')), 'AlertsPage'),
});

const alert = createRoute({
  getParentRoute: () => frame,
  path: '/alerts/$alertId',
  component: lazyRouteComponent(() => part(() => import('@/pages/alerts/AlertPage')), 'AlertPage'),
});

const coldChain = createRoute({
  getParentRoute: () => frame,
  path: '/reports/cold-chain',
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => part(() => import('@/pages/reports/ColdChainPage')), 'ColdChainPage'),
});

const workflows = createRoute({
  getParentRoute: () => frame,
  path: '/workflows',
  validateSearch: someText('q'),
  component: lazyRouteComponent(() => part(() => import('@/pages/workflows/WorkflowsPage')), 'WorkflowsPage'),
});

/** The editor of one workflow: everything under `pages/workflow` is one lazy chunk of its own. */
const workflow = createRoute({
  getParentRoute: () => frame,
  path: '/workflows/$workflowId',
  validateSearch: workflowSearch,
  component: lazyRouteComponent(() => part(() => import('@/pages/workflow')), 'WorkflowPage'),
});

const runs = createRoute({
  getParentRoute: () => frame,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => part(() => import('@/pages/runs/RunsPage')), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => frame,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => part(() => import('@/pages/runs/RunPage')), 'RunPage'),
});

const events = createRoute({
  getParentRoute: () => frame,
  path: '/events',
  validateSearch: someText('type'),
  component: lazyRouteComponent(() => part(() => import('@/pages/events/EventsPage')), 'EventsPage'),
});

const event = createRoute({
  getParentRoute: () => frame,
  path: '/events/$eventId',
  component: lazyRouteComponent(() => part(() => import('@/pages/events/EventPage')), 'EventPage'),
});

const messages = createRoute({
  getParentRoute: () => frame,
  path: '/messages',
  validateSearch: (search: Record<string, unknown>): { box?: 'sandbox' } =>
    search.box === 'sandbox' ? { box: 'sandbox' } : {},
  component: lazyRouteComponent(() => part(() => import('@/pages/messages/MessagesPage')), 'MessagesPage'),
});

const connections = createRoute({
  getParentRoute: () => frame,
  path: '/connections',
  component: lazyRouteComponent(
    () => part(() => import('@/pages/connections/ConnectionsPage')),
    'ConnectionsPage',
  ),
});

const newConnection = createRoute({
  getParentRoute: () => frame,
  path: '/connections/new/$connector',
  component: lazyRouteComponent(
    () => part(() => import('@/pages/connections/NewConnectionPage')),
    'NewConnectionPage',
  ),
});

const connection = createRoute({
  getParentRoute: () => frame,
  path: '/connections/$connectionId',
  component: lazyRouteComponent(
    () => part(() => import('@/pages/connections/ConnectionPage')),
    'ConnectionPage',
  ),
});

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => part(() => import('@/pages/settings/SettingsPage')), 'SettingsPage'),
});

/** The parts of a page that has its heading. */
const inside = { pendingComponent: Bones, errorComponent: TroublePart };

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(
    () => part(() => import('@/pages/settings/OrganisationPart')),
    'OrganisationPart',
  ),
  ...inside,
});

const members = createRoute({
  getParentRoute: () => settings,
  path: '/members',
  component: lazyRouteComponent(() => part(() => import('@/pages/settings/MembersPart')), 'MembersPart'),
  ...inside,
});

const notifications = createRoute({
  getParentRoute: () => settings,
  path: '/notifications',
  component: lazyRouteComponent(
    () => part(() => import('@/pages/settings/NotificationsPart')),
    'NotificationsPart',
  ),
  ...inside,
});

const keys = createRoute({
  getParentRoute: () => settings,
  path: '/keys',
  component: lazyRouteComponent(() => part(() => import('@/pages/settings/KeysPart')), 'KeysPart'),
  ...inside,
});

const audit = createRoute({
  getParentRoute: () => settings,
  path: '/audit',
  component: lazyRouteComponent(() => part(() => import('@/pages/settings/AuditPart')), 'AuditPart'),
  ...inside,
});

const tree = root.addChildren([
  signIn,
  claim,
  frame.addChildren([
    home,
    dashboard,
    devices,
    newDevice,
    device,
    editDevice,
    alerts,
    alert,
    coldChain,
    workflows,
    workflow,
    runs,
    run,
    events,
    event,
    messages,
    connections,
    newConnection,
    connection,
    settings.addChildren([settingsHome, members, notifications, keys, audit]),
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    defaultPendingComponent: PageBones,
    defaultErrorComponent: TroublePage,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
