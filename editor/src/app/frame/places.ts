/** The places of the navigation, in their order. Knows addresses and icons; never what is there. */
import {
  IconBolt,
  IconMessage2,
  IconPlayerPlay,
  IconPlug,
  IconRoute,
  IconSettings,
} from '@tabler/icons-react';

export const PLACES = [
  { to: '/workflows', name: 'workflows', icon: IconRoute, phone: true },
  { to: '/runs', name: 'runs', icon: IconPlayerPlay, phone: true },
  { to: '/messages', name: 'messages', icon: IconMessage2, phone: true },
  { to: '/events', name: 'events', icon: IconBolt, phone: false },
  { to: '/connections', name: 'connections', icon: IconPlug, phone: true },
  { to: '/settings', name: 'settings', icon: IconSettings, phone: false },
] as const;
