// The pages of the navigation, in its order.

import {
  IconDeviceMobileMessage,
  IconFilter,
  IconLayoutDashboard,
  IconMail,
  IconRoute,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react';

export const PAGES = [
  { path: '/', key: 'overview', icon: IconLayoutDashboard },
  { path: '/journeys', key: 'journeys', icon: IconRoute },
  { path: '/people', key: 'people', icon: IconUsers },
  { path: '/messages', key: 'messages', icon: IconMail },
  { path: '/sandbox', key: 'sandbox', icon: IconDeviceMobileMessage },
  { path: '/segments', key: 'segments', icon: IconFilter },
  { path: '/settings', key: 'settings', icon: IconSettings },
] as const;
