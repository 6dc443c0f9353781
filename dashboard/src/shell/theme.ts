// The look of the whole dashboard: one accent, the system's own letters, quiet borders instead of shadows.

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const trail: MantineColorsTuple = [
  '#eef3ff',
  '#dbe4fb',
  '#b4c6f4',
  '#8aa6ee',
  '#678be8',
  '#4f79e4',
  '#3f6be0',
  '#2f5bd7',
  '#254fc0',
  '#1a43a8',
];

const dark: MantineColorsTuple = [
  '#d8dde3',
  '#b9c1ca',
  '#a3adb8',
  '#8f99a5',
  '#3a4048',
  '#30363d',
  '#202327',
  '#1a1c1f',
  '#141619',
  '#101215',
];

export const theme = createTheme({
  primaryColor: 'trail',
  primaryShade: { light: 7, dark: 6 },
  colors: { trail, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.1rem' }, h3: { fontSize: '1rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  // What is wider than the screen is scrolled by the keys too.
  components: { TableScrollContainer: { defaultProps: { tabIndex: 0 } } },
});

/** Colours by channel, the same on charts, cards and badges; read on light and on dark. */
export const CHANNEL_INK: Readonly<Record<string, string>> = { email: '#4f79e4', sms: '#2aa57f', push: '#e0912f' };
/** How messages fare: the further, the deeper. */
export const FARE_INK = { sent: '#a9b4c2', delivered: '#8aa6ee', opened: '#4f79e4', clicked: '#254fc0' } as const;

/** Quiet words that can still be read: 4.5 to 1 on either ground. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#586370',
    '--mantine-color-placeholder': '#66717e',
    '--mantine-color-orange-light': '#fff4e5',
    '--mantine-color-orange-light-color': '#7a4100',
    '--mantine-color-red-light': '#fdecec',
    '--mantine-color-red-light-color': '#a61b1b',
  },
  dark: {
    '--mantine-color-dimmed': '#a3adb8',
    '--mantine-color-placeholder': '#98a2ae',
    '--mantine-color-orange-light': '#33270f',
    '--mantine-color-orange-light-color': '#f3bd74',
    '--mantine-color-red-light': '#3d1c1c',
    '--mantine-color-red-light-color': '#ffa8a8',
    '--mantine-color-anchor': '#9db9ff',
  },
});
