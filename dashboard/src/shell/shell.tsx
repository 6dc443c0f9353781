// The frame around every page: where one can go, who one is, and whether the server still answers.

import {
  Alert,
  AppShell,
  Avatar,
  Burger,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  SegmentedControl,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLogout, IconPlugConnectedX, IconSelector } from '@tabler/icons-react';
import { onlineManager } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { signOut, useSession } from '../api/session.ts';
import { LANGUAGES, languageNow, speak } from '../i18n/index.ts';
import { useLost } from './lost.ts';
import { Mark } from './mark.tsx';
import { PAGES } from './pages.ts';
import classes from './shell.module.css';

export function Shell() {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const lost = useLost();
  const online = useSyncExternalStore(onlineManager.subscribe.bind(onlineManager), () => onlineManager.isOnline());
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu and begins at its top
  useEffect(() => {
    close();
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <AppShell
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <AppShell.Header hiddenFrom="sm" px="md">
        <Group h="100%" justify="space-between">
          <Mark />
          <Burger
            opened={open}
            onClick={toggle}
            size="sm"
            aria-label={t(open ? 'shell.closeMenu' : 'shell.openMenu')}
            aria-expanded={open}
          />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={classes.navbar ?? ''} aria-label={t('shell.navigation')}>
        <AppShell.Section visibleFrom="sm" px="xs" py="sm" mb="xs">
          <Mark />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea}>
          {PAGES.map(({ path, key, icon: Icon }) => {
            const active = path === '/' ? pathname === '/' : pathname.startsWith(path);
            return (
              <NavLink
                key={path}
                component={Link}
                to={path}
                label={t(`nav.${key}`)}
                leftSection={<Icon size={19} stroke={1.7} aria-hidden="true" />}
                active={active}
                aria-current={active ? 'page' : undefined}
                className={classes.link ?? ''}
              />
            );
          })}
        </AppShell.Section>
        <AppShell.Section>
          <Preferences />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main ?? ''}>
        {(lost || !online) && (
          <Alert
            color="orange"
            variant="light"
            icon={<IconPlugConnectedX />}
            title={t('state.lost')}
            mb="md"
            role="status"
          >
            {t('state.lostWords')}
          </Alert>
        )}
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Preferences() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { data } = useSession();
  const email = data?.user.email ?? '';
  return (
    <Menu position="top-start" width={260} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.user ?? ''} aria-label={t('shell.account', { email })}>
          <Avatar size={32} radius="xl" color="trail" name={email} aria-hidden="true" />
          <span className={classes.who}>
            <Text size="sm" fw={500} truncate>
              {email}
            </Text>
            <Text size="xs" c="dimmed">
              {data === undefined ? '' : t(`role.${data.user.role}`)}
            </Text>
          </span>
          <IconSelector size={16} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown p="xs">
        <Menu.Label>{t('shell.language')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('shell.language')}
          value={languageNow()}
          onChange={(value) => void speak(value === 'ru' ? 'ru' : 'en')}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Menu.Label mt="xs">{t('shell.theme')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('shell.theme')}
          value={colorScheme}
          onChange={(value) => setColorScheme(value === 'dark' ? 'dark' : value === 'light' ? 'light' : 'auto')}
          data={['light', 'dark', 'auto'].map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => void signOut()}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
