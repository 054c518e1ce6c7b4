/** The places of the navigation, in their order. Knows addresses and icons; never what is there. */
import {
  IconAlertTriangle,
  IconBolt,
  IconDeviceAnalytics,
  IconLayoutDashboard,
  IconMessage2,
  IconPlayerPlay,
  IconPlug,
  IconReportAnalytics,
  IconRoute,
  IconSettings,
} from '@tabler/icons-react';

/** On a phone there is room for four: `sensors` are there in shops that have any, `flows` in the others. */
export const PLACES = [
  { to: '/dashboard', name: 'dashboard', icon: IconLayoutDashboard, phone: 'sensors' },
  { to: '/alerts', name: 'alerts', icon: IconAlertTriangle, phone: 'sensors' },
  { to: '/devices', name: 'devices', icon: IconDeviceAnalytics, phone: 'sensors' },
  { to: '/workflows', name: 'workflows', icon: IconRoute, phone: 'always' },
  { to: '/runs', name: 'runs', icon: IconPlayerPlay, phone: 'flows' },
  { to: '/messages', name: 'messages', icon: IconMessage2, phone: 'flows' },
  { to: '/events', name: 'events', icon: IconBolt, phone: 'never' },
  { to: '/reports/cold-chain', name: 'reports', icon: IconReportAnalytics, phone: 'never' },
  { to: '/connections', name: 'connections', icon: IconPlug, phone: 'flows' },
  { to: '/settings', name: 'settings', icon: IconSettings, phone: 'never' },
] as const;

type Place = (typeof PLACES)[number];

/** Whether a place is in the bar of a phone. */
export function isInBar({ phone }: Place, hasSensors: boolean): boolean {
  return phone === 'always' || phone === (hasSensors ? 'sensors' : 'flows');
}
